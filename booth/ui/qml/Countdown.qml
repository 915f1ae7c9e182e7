import QtQuick
import QtQuick.Shapes

// Three, two, one. The number stands where the shutter was, so that no face is covered.
StepScreen {
    id: screen

    required property Item mirror
    readonly property int count: visit.count

    objectName: "countdown"
    step: "countdown"

    onCountChanged: if (current) beat.restart()
    onCurrentChanged: if (current) beat.restart()

    MirrorFrame {
        mirror: screen.mirror
    }

    Item {
        id: side

        height: parent.height
        width: Theme.portrait ? parent.width : parent.width - x
        x: Theme.portrait ? 0 : screen.mirror.x + screen.mirror.width

        Accent {
            anchors.horizontalCenter: parent.horizontalCenter
            horizontalAlignment: Text.AlignHCenter
            size: Theme.portrait ? 84 : 110
            text: screen.t["countdown.accent"]
            width: parent.width
            y: Theme.portrait ? (screen.mirror.y - height) / 2 : Theme.px(120)
        }

        Item {
            id: dial

            anchors.horizontalCenter: parent.horizontalCenter
            height: Theme.px(500)
            width: height
            y: Theme.portrait ? screen.mirror.y + screen.mirror.height + Theme.px(70) : (parent.height - height) / 2 + Theme.px(20)

            Rectangle {
                anchors.fill: parent
                border.color: Theme.inkRaised
                border.width: Theme.px(28)
                color: Theme.ink
                radius: height / 2
            }

            Shape {
                anchors.fill: parent
                preferredRendererType: Shape.CurveRenderer

                ShapePath {
                    capStyle: ShapePath.RoundCap
                    fillColor: "transparent"
                    strokeColor: Theme.sun
                    strokeWidth: Theme.px(28)

                    PathAngleArc {
                        id: arc

                        centerX: dial.width / 2
                        centerY: dial.height / 2
                        radiusX: dial.width / 2 - Theme.px(14)
                        radiusY: radiusX
                        startAngle: -90
                        sweepAngle: 360
                    }
                }
            }

            Words {
                id: number

                anchors.centerIn: parent
                color: Theme.paper
                font.weight: Font.ExtraBold
                objectName: "count"
                size: 320
                text: screen.count
            }
        }

        Words {
            anchors.horizontalCenter: parent.horizontalCenter
            color: Theme.mist
            horizontalAlignment: Text.AlignHCenter
            size: 46
            text: screen.t["countdown.look"]
            width: parent.width
            y: dial.y + dial.height + Theme.px(40)
        }
    }

    ParallelAnimation {
        id: beat

        NumberAnimation {
            duration: 1000
            from: 360
            property: "sweepAngle"
            target: arc
            to: 0
        }

        NumberAnimation {
            duration: 420
            easing.overshoot: 2.2
            easing.type: Easing.OutBack
            from: 1.45
            property: "scale"
            target: number
            to: 1
        }

        NumberAnimation {
            duration: 220
            from: 0.2
            property: "opacity"
            target: number
            to: 1
        }
    }
}
