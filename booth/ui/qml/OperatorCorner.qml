pragma ComponentBehavior: Bound

import QtQuick
import Booth.Items

// A small lamp for whoever looks after the booth; held for three seconds it tells everything. Only a fault is
// put into words on the guests' screen.
Item {
    id: corner

    required property LampModel lamp
    property bool quiet: false
    readonly property color tint: lamp.level === "fault" ? Theme.alarm : lamp.level === "warning" ? Theme.sun : Theme.mist

    anchors.fill: parent

    Rectangle {
        color: "#cc0f0b1c"
        height: Theme.px(60)
        objectName: "lamp"
        radius: height / 2
        visible: !corner.quiet && corner.lamp.level !== ""
        width: line.visible ? line.x + line.width + Theme.px(24) : sign.x * 2 + sign.width
        x: Theme.portrait ? Theme.px(24) : parent.width - width - Theme.px(24)
        y: Theme.px(24)

        Icon {
            id: sign

            anchors.verticalCenter: parent.verticalCenter
            height: Theme.px(36)
            name: corner.lamp.level === "info" ? "info" : "alert"
            tint: corner.tint
            width: height
            x: Theme.px(20)
        }

        Words {
            id: line

            anchors.verticalCenter: parent.verticalCenter
            color: corner.tint
            elide: Text.ElideRight
            size: 26
            text: corner.lamp.line
            visible: corner.lamp.level === "fault"
            width: Math.min(implicitWidth, Theme.px(560))
            wrapMode: Text.NoWrap
            x: sign.x + sign.width + Theme.px(14)
        }
    }

    MouseArea {
        height: Theme.px(140)
        objectName: "operator-corner"
        pressAndHoldInterval: 3000
        width: Theme.px(140)
        x: Theme.portrait ? 0 : parent.width - width

        onPressAndHold: panel.open = true
    }

    Rectangle {
        id: panel

        property bool open: false

        anchors.fill: parent
        color: Theme.night
        objectName: "notices"
        visible: open

        MouseArea {
            anchors.fill: parent
        }

        Timer {
            interval: 60000
            running: panel.open

            onTriggered: panel.open = false
        }

        Words {
            id: title

            font.weight: Font.ExtraBold
            size: 64
            text: corner.lamp.items.length > 0 ? "For the operator" : "All well"
            x: Theme.px(60)
            y: Theme.px(60)
        }

        Words {
            id: method

            color: Theme.mist
            size: 34
            text: corner.lamp.method
            x: Theme.px(60)
            y: title.y + title.height + Theme.px(8)
        }

        ListView {
            anchors.bottom: close.top
            anchors.bottomMargin: Theme.px(30)
            anchors.left: parent.left
            anchors.leftMargin: Theme.px(60)
            anchors.right: parent.right
            anchors.rightMargin: Theme.px(60)
            anchors.top: method.bottom
            anchors.topMargin: Theme.px(40)
            clip: true
            model: corner.lamp.items
            spacing: Theme.px(24)

            delegate: Rectangle {
                id: note

                required property var modelData

                border.color: Theme.inkLine
                border.width: Math.max(1, Theme.px(2))
                color: Theme.ink
                height: lines.implicitHeight + Theme.px(56)
                radius: Theme.px(28)
                width: ListView.view.width

                Icon {
                    height: Theme.px(56)
                    name: note.modelData.level === "info" ? "info" : "alert"
                    tint: note.modelData.level === "fault" ? Theme.alarm : note.modelData.level === "warning" ? Theme.sun : Theme.mist
                    width: height
                    x: Theme.px(28)
                    y: Theme.px(28)
                }

                Column {
                    id: lines

                    spacing: Theme.px(8)
                    width: parent.width - x - Theme.px(28)
                    x: Theme.px(112)
                    y: Theme.px(28)

                    Words {
                        font.weight: Font.DemiBold
                        size: 36
                        text: note.modelData.text
                        width: parent.width
                    }

                    Words {
                        color: Theme.mist
                        size: 32
                        text: note.modelData.remedy
                        visible: text !== ""
                        width: parent.width
                    }
                }
            }
        }

        QuietButton {
            id: close

            anchors.bottom: parent.bottom
            anchors.bottomMargin: Theme.px(60)
            anchors.horizontalCenter: parent.horizontalCenter
            icon: "cross"
            label: "Close"
            objectName: "close-notices"
            width: Theme.px(420)

            onTapped: panel.open = false
        }
    }
}
