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
        visible: page.panel.findings.length > 0 || page.panel.stillToDo.length > 0
        width: parent.width

        Repeater {
            model: page.panel.findings

            PanelFinding {
                required property var modelData

                found: modelData
                width: parent?.width ?? 0
            }
        }

        // What is still to come, so that whoever stands beside it knows how long to stay.
        Repeater {
            model: page.panel.stillToDo

            Row {
                id: coming

                required property var modelData

                height: Theme.px(60)
                spacing: Theme.px(20)

                Rectangle {
                    anchors.verticalCenter: parent.verticalCenter
                    border.color: coming.modelData.now ? Theme.sun : Theme.inkLine
                    border.width: Math.max(1, Theme.px(coming.modelData.now ? 6 : 3))
                    color: "transparent"
                    height: width
                    radius: width / 2
                    width: Theme.px(52)
                }

                Words {
                    anchors.verticalCenter: parent.verticalCenter
                    color: coming.modelData.now ? Theme.sun : Theme.mist
                    font.weight: coming.modelData.now ? Font.DemiBold : Font.Normal
                    size: 32
                    text: coming.modelData.thing
                    wrapMode: Text.NoWrap
                }
            }
        }
    }
}
