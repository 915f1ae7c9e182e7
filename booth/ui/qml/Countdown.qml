import QtQuick
import QtQuick.Shapes

// Three, two, one. The ring stands at the side of the lens, so that who watches it looks into the camera, and
// no face is covered.
StepScreen {
    id: screen

    required property Item mirror
    readonly property int count: visit.count
    readonly property bool stacked: Theme.portrait || Theme.lens === "top" || Theme.lens === "bottom"
    // Where the mirror leaves room: above, below, left or right of it.
    readonly property rect room: {
        const m = mirror;
        if (stacked)
            return Theme.lens === "top" ? Qt.rect(0, 0, width, m.y) : Qt.rect(0, m.y + m.height, width, height - m.y - m.height);
        return Theme.lens === "left" ? Qt.rect(0, 0, m.x, height) : Qt.rect(m.x + m.width, 0, width - m.x - m.width, height);
    }

    objectName: "countdown"
    step: "countdown"

    onCountChanged: if (current) beat.restart()
    onCurrentChanged: if (current) beat.restart()

    MirrorFrame {
        mirror: screen.mirror
    }

    Item {
        id: dial

        // Degrees of the ring that are left.
        property real degrees: 360
        readonly property bool isTop: screen.stacked && Theme.lens === "top"

        height: Math.min(Theme.px(500), screen.stacked ? screen.room.height - Theme.px(isTop ? 60 : 120) : screen.room.width - Theme.px(120))
        width: height
        x: screen.room.x + (screen.room.width - width) / 2
        y: screen.stacked ? screen.room.y + Theme.px(isTop ? 34 : 44) : screen.room.y + (screen.room.height - height) / 2

        Rectangle {
            anchors.fill: parent
            border.color: Theme.inkRaised
            border.width: dial.width * 0.056
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
                strokeWidth: dial.width * 0.056

                PathAngleArc {
                    centerX: dial.width / 2
                    centerY: dial.height / 2
                    radiusX: dial.width * 0.472
                    radiusY: radiusX
                    // It closes at the side of the lens.
                    startAngle: ({"top": -90, "right": 0, "bottom": 90, "left": 180})[Theme.lens]
                    sweepAngle: Theme.frugal ? 24 * Math.ceil(dial.degrees / 24) : dial.degrees
                }
            }
        }

        Text {
            id: number

            anchors.centerIn: parent
            color: Theme.paper
            font.family: Theme.sans
            font.pixelSize: Math.max(1, Math.round(dial.height * 0.64))
            font.weight: Font.ExtraBold
            objectName: "count"
            text: screen.count
        }
    }

    LensPointer {
        id: before

        running: screen.current
        x: screen.stacked ? dial.x - width - Theme.px(70) : screen.room.x + (screen.room.width - width) / 2
        y: screen.stacked ? dial.y + (dial.height - height) / 2 : dial.y - height - Theme.px(40)
    }

    LensPointer {
        running: screen.current
        x: screen.stacked ? dial.x + dial.width + Theme.px(70) : before.x
        y: screen.stacked ? before.y : dial.y + dial.height + Theme.px(40)
    }

    // Beside the mirror, where the ring is not.
    Column {
        id: words

        readonly property rect place: {
            const m = screen.mirror;
            if (!screen.stacked)
                return Qt.rect(screen.room.x, 0, screen.room.width, dial.y - Theme.px(190));
            if (!Theme.portrait)
                return Qt.rect(0, m.y, m.x, m.height);
            return Theme.lens === "top" ? Qt.rect(0, m.y + m.height, screen.width, screen.height - m.y - m.height) : Qt.rect(0, 0, screen.width, m.y);
        }

        spacing: Theme.px(6)
        width: place.width - Theme.px(80)
        x: place.x + Theme.px(40)
        y: place.y + (place.height - height) / 2

        Accent {
            horizontalAlignment: Text.AlignHCenter
            size: Math.max(1, Math.min(96, words.place.height / (Theme.unit || 1) * 0.42))
            fontSizeMode: Text.HorizontalFit
            minimumPixelSize: Math.max(1, Math.round(Theme.px(40)))
            wrapMode: Text.NoWrap
            text: screen.t[screen.visit.isNextShot ? "countdown.next" : "countdown.accent"]
            width: parent.width
        }

        Words {
            color: Theme.mist
            horizontalAlignment: Text.AlignHCenter
            size: 44
            text: screen.visit.shotText || screen.t["countdown.look"]
            visible: words.place.height > Theme.px(170)
            width: parent.width
        }
    }

    ParallelAnimation {
        id: beat

        NumberAnimation {
            duration: 1000
            from: 360
            property: "degrees"
            target: dial
            to: 0
        }

        NumberAnimation {
            duration: Theme.span(420)
            easing.overshoot: 2.2
            easing.type: Easing.OutBack
            from: Theme.frugal ? 1 : 1.45
            property: "scale"
            target: number
            to: 1
        }

        NumberAnimation {
            duration: Theme.span(220)
            from: 0.2
            property: "opacity"
            target: number
            to: 1
        }
    }
}
