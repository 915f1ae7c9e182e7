pragma ComponentBehavior: Bound

import QtQuick
import Booth.Items

// The operator's panel over everything: the PIN, then its pages.
Rectangle {
    id: root

    required property PanelModel panel
    readonly property var p: panel.texts
    readonly property real rail: Theme.portrait ? 0 : Theme.px(260)
    readonly property real head: Theme.px(132)
    readonly property real foot: Theme.portrait && panel.full ? Theme.px(168) : 0
    readonly property var icons: ({
            state: "pulse",
            camera: "camera",
            prints: "printer",
            event: "box",
            figures: "bars",
            rehearsal: "checklist",
            system: "gear"
        })

    color: Theme.night
    objectName: "panel"
    visible: panel.open

    // Nothing below hears a touch.
    MouseArea {
        anchors.fill: parent
    }

    Words {
        font.weight: Font.ExtraBold
        size: 52
        text: root.p["title"]
        x: Theme.px(48)
        y: (root.head - height) / 2
    }

    PanelButton {
        anchors.right: parent.right
        anchors.rightMargin: Theme.px(36)
        icon: "cross"
        label: root.p["close"]
        objectName: "close-notices"
        pressable: root.panel.task === ""
        size: 30
        y: (root.head - height) / 2

        onPressed: root.panel.close()
    }

    Loader {
        active: root.panel.open && !root.panel.admitted
        anchors.fill: parent
        anchors.topMargin: root.head

        sourceComponent: PanelPin {
            panel: root.panel
        }
    }

    Loader {
        active: root.panel.open && root.panel.admitted
        anchors.bottom: parent.bottom
        anchors.bottomMargin: root.foot
        anchors.left: parent.left
        anchors.leftMargin: root.rail + Theme.px(36)
        anchors.right: parent.right
        anchors.rightMargin: Theme.px(36)
        anchors.top: parent.top
        anchors.topMargin: root.head
        sourceComponent: root.panel.page === "camera" ? camera : root.panel.page === "prints" ? prints : root.panel.page === "event" ? event : root.panel.page === "figures" ? figures : root.panel.page === "rehearsal" ? rehearsal : root.panel.page === "system" ? system : overview
    }

    Component {
        id: overview

        PanelState {
            panel: root.panel
        }
    }

    Component {
        id: camera

        PanelCamera {
            panel: root.panel
        }
    }

    Component {
        id: prints

        PanelPrints {
            panel: root.panel
        }
    }

    Component {
        id: event

        PanelEvent {
            panel: root.panel
        }
    }

    Component {
        id: figures

        PanelFigures {
            panel: root.panel
        }
    }

    Component {
        id: rehearsal

        PanelRehearsal {
            panel: root.panel
        }
    }

    Component {
        id: system

        PanelSystem {
            panel: root.panel
        }
    }

    Rectangle {
        color: Theme.ink
        height: Theme.portrait ? root.foot : parent.height - root.head
        visible: root.panel.admitted && root.panel.full
        width: Theme.portrait ? parent.width : root.rail
        y: Theme.portrait ? parent.height - height : root.head

        Grid {
            id: tabs

            readonly property real across: Theme.portrait ? parent.width / root.panel.pages.length : parent.width
            readonly property real down: Theme.portrait ? parent.height : Theme.px(128)

            columns: Theme.portrait ? root.panel.pages.length : 1
            rows: Theme.portrait ? 1 : root.panel.pages.length

            Repeater {
                model: root.panel.pages

                Pressable {
                    id: tab

                    required property string modelData
                    readonly property bool chosen: root.panel.page === modelData

                    Accessible.role: Accessible.PageTab
                    height: tabs.down
                    label: root.p["nav." + modelData]
                    objectName: "tab-" + modelData
                    width: tabs.across

                    onTapped: root.panel.turnTo(modelData)

                    Rectangle {
                        anchors.fill: parent
                        anchors.margins: Theme.px(10)
                        color: tab.chosen ? Theme.inkRaised : "transparent"
                        radius: Theme.px(24)
                    }

                    Column {
                        anchors.centerIn: parent
                        spacing: Theme.px(8)

                        Icon {
                            anchors.horizontalCenter: parent.horizontalCenter
                            height: Theme.px(48)
                            name: root.icons[tab.modelData]
                            tint: tab.chosen ? Theme.sun : Theme.mist
                            width: height
                        }

                        Words {
                            anchors.horizontalCenter: parent.horizontalCenter
                            color: tab.chosen ? Theme.sun : Theme.mist
                            font.weight: tab.chosen ? Font.DemiBold : Font.Normal
                            size: 26
                            text: tab.label
                            wrapMode: Text.NoWrap
                        }
                    }
                }
            }
        }
    }

    Rectangle {
        anchors.bottom: parent.bottom
        anchors.bottomMargin: root.foot + Theme.px(28)
        anchors.horizontalCenter: parent.horizontalCenter
        anchors.horizontalCenterOffset: root.rail / 2
        border.color: Theme.sun
        border.width: Math.max(1, Theme.px(2))
        color: Theme.inkRaised
        height: said.implicitHeight + Theme.px(44)
        radius: Theme.px(28)
        visible: root.panel.said !== "" && root.panel.admitted
        width: Math.min(parent.width - root.rail - Theme.px(72), said.implicitWidth + Theme.px(72))

        Words {
            id: said

            anchors.centerIn: parent
            horizontalAlignment: Text.AlignHCenter
            objectName: "said"
            size: 32
            text: root.panel.said
            width: Math.min(implicitWidth, root.width - root.rail - Theme.px(144))
        }
    }
}
