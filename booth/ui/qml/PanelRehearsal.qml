pragma ComponentBehavior: Bound

import QtQuick
import Booth.Items

// Everything that an event needs, tried once, on one page of green and red.
PanelPage {
    id: page

    readonly property bool running: panel.task === "rehearsal"

    objectName: "page-rehearsal"

    PanelCard {
        title: page.p["rehearsal.title"]
        width: parent.width

        Words {
            color: page.running || page.panel.verdict !== "" ? Theme.paper : Theme.mist
            font.weight: page.panel.verdict !== "" ? Font.ExtraBold : Font.Normal
            objectName: "verdict"
            size: page.panel.verdict !== "" ? 52 : 32
            text: page.running ? page.panel.taskText : page.panel.verdict !== "" ? page.panel.verdict : page.p["rehearsal.hint"]
            width: parent.width
        }

        Words {
            color: Theme.mist
            elide: Text.ElideMiddle
            size: 26
            text: page.panel.pageFile
            visible: text !== ""
            width: parent.width
            wrapMode: Text.NoWrap
        }

        PanelButton {
            icon: page.running ? "cross" : "checklist"
            label: page.running ? page.p["rehearsal.stop"] : page.panel.verdict !== "" ? page.p["rehearsal.again"] : page.p["rehearsal.start"]
            objectName: "rehearse"
            pressable: page.running || page.panel.task === ""
            warm: !page.running
            width: parent.width

            onPressed: {
                if (page.running)
                    page.panel.stopTask();
                else
                    page.panel.rehearse();
            }
        }
    }

    Rectangle {
        color: Theme.sun
        height: order.implicitHeight + Theme.px(72)
        radius: Theme.px(28)
        visible: page.panel.order !== ""
        width: parent.width

        Words {
            id: order

            anchors.centerIn: parent
            color: Theme.dusk
            font.weight: Font.ExtraBold
            horizontalAlignment: Text.AlignHCenter
            size: 56
            text: page.panel.order
            width: parent.width - Theme.px(64)
        }
    }

    PanelCard {
        visible: page.panel.findings.length > 0
        width: parent.width

        Repeater {
            model: page.panel.findings

            Row {
                id: finding

                required property var modelData
                readonly property string lamp: modelData.lamp
                readonly property color tint: lamp === "green" ? Theme.leaf : lamp === "red" ? Theme.alarm : Theme.sun

                spacing: Theme.px(20)
                width: parent?.width ?? 0

                Rectangle {
                    id: lampSign

                    color: finding.tint
                    height: width
                    radius: width / 2
                    width: Theme.px(52)

                    Icon {
                        anchors.centerIn: parent
                        height: Theme.px(32)
                        name: finding.lamp === "green" ? "check" : finding.lamp === "red" ? "cross" : "alert"
                        tint: Theme.night
                        width: height
                    }
                }

                Column {
                    bottomPadding: Theme.px(10)
                    width: finding.width - lampSign.width - finding.spacing

                    Words {
                        color: finding.tint
                        font.weight: Font.DemiBold
                        size: 32
                        text: finding.modelData.thing
                        width: parent.width
                    }

                    Words {
                        size: 28
                        text: finding.modelData.found
                        width: parent.width
                    }

                    Words {
                        color: Theme.mist
                        size: 28
                        text: finding.modelData.remedy
                        visible: text !== ""
                        width: parent.width
                    }
                }
            }
        }
    }
}
