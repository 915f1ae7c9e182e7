import QtQuick
import Booth.Items

// The button that takes the photo.
Pressable {
    id: shutter

    implicitHeight: Theme.px(300)
    implicitWidth: Theme.px(300)

    Rectangle {
        id: halo

        anchors.centerIn: parent
        border.color: Theme.sun
        border.width: Theme.px(4)
        color: "transparent"
        height: parent.height
        radius: height / 2
        width: height

        SequentialAnimation {
            loops: Animation.Infinite
            running: shutter.visible && !Theme.still

            ParallelAnimation {
                NumberAnimation {
                    duration: 1500
                    easing.type: Easing.OutCubic
                    from: 0.9
                    property: "scale"
                    target: halo
                    to: 1.16
                }

                NumberAnimation {
                    duration: 1500
                    from: 0.9
                    property: "opacity"
                    target: halo
                    to: 0
                }
            }

            PauseAnimation {
                duration: 300
            }
        }
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
