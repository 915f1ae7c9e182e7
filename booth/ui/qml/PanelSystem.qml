pragma ComponentBehavior: Bound

import QtQuick
import Booth.Items

// Disk, configuration, the log, and the two ways to stop.
PanelPage {
    id: page

    objectName: "page-system"

    Flow {
        spacing: page.gap
        width: parent.width

        PanelCard {
            title: page.p["system.disk"]
            width: Theme.portrait ? page.width : (page.width - page.gap) / 2

            Words {
                font.weight: Font.DemiBold
                size: 32
                text: page.panel.system.disk ?? ""
                width: parent.width
            }
        }

        PanelCard {
            title: page.p["system.config"]
            width: Theme.portrait ? page.width : (page.width - page.gap) / 2

            Words {
                elide: Text.ElideMiddle
                font.weight: Font.DemiBold
                size: 28
                text: page.panel.system.file ?? ""
                width: parent.width
                wrapMode: Text.NoWrap
            }

            Words {
                color: page.panel.system.pending === true ? Theme.sun : Theme.mist
                size: 28
                text: page.panel.system.config ?? ""
                width: parent.width
            }
        }
    }

    Row {
        spacing: page.gap
        width: parent.width

        PanelButton {
            icon: "again"
            label: page.p["system.restart"]
            objectName: "restart"
            sure: page.p["system.sure"]
            width: (parent.width - page.gap) / 2

            onPressed: page.panel.restart()
        }

        PanelButton {
            grave: true
            icon: "power"
            label: page.p["system.leave"]
            objectName: "end-booth"
            sure: page.p["system.sure"]
            width: (parent.width - page.gap) / 2

            onPressed: page.panel.endBooth()
        }
    }

    PanelCard {
        title: page.p["system.log"]
        width: parent.width

        ListView {
            id: lines

            clip: true
            height: Theme.px(Theme.portrait ? 900 : 480)
            model: page.panel.log
            width: parent.width

            delegate: Text {
                required property string modelData

                color: modelData.includes(" ERROR ") || modelData.includes(" CRITICAL ") ? Theme.alarm : modelData.includes(" WARNING ") ? Theme.sun : Theme.mist
                font.family: "monospace"
                font.pixelSize: Math.max(1, Math.round(Theme.px(22)))
                text: modelData
                textFormat: Text.PlainText
                width: ListView.view.width
                wrapMode: Text.Wrap
            }

            onCountChanged: Qt.callLater(positionViewAtEnd)
        }
    }
}
