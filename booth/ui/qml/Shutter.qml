import QtQuick
import Booth.Items

// The button that takes the photo.
Pressable {
    id: shutter

    implicitHeight: Theme.px(300)
    implicitWidth: Theme.px(300)

    Rectangle {
        id: halo

        readonly property real grown: Math.min(1, 1.2 * pulse.phase)

        anchors.centerIn: parent
        border.color: Theme.sun
        border.width: Theme.px(4)
        color: "transparent"
        height: parent.height
        opacity: 0.9 * (1 - grown)
        radius: height / 2
        scale: 0.9 + 0.26 * (1 - Math.pow(1 - grown, 3))
        width: height
    }

    Pulse {
        id: pulse

        running: shutter.visible && !Theme.still
    }

    Rectangle {
        anchors.fill: parent
        anchors.margins: Theme.px(14)
        border.color: Theme.paper
        border.width: Theme.px(12)
        color: Theme.night
        radius: height / 2
    }

    WarmItem {
        anchors.fill: parent
        anchors.margins: Theme.px(38)
        radius: height / 2
        tone: Theme.sun
        toneEnd: Theme.ember
        upright: true
    }

    Icon {
        anchors.centerIn: parent
        height: parent.height * 0.34
        name: "camera"
        tint: Theme.dusk
        width: height
    }
}
