import QtQuick
import Booth.Items

// A small lamp for whoever looks after the booth; held for three seconds it opens the panel. Only a fault is put
// into words on the guests' screen.
Item {
    id: corner

    required property LampModel lamp
    required property PanelModel panel
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

        onPressAndHold: corner.panel.knock()
    }

    Panel {
        anchors.fill: parent
        panel: corner.panel
    }
}
