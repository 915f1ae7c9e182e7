import QtQuick
import Booth.Items

Rectangle {
    id: root

    required property VisitModel visit
    required property LampModel lamp
    required property PanelModel panel
    readonly property string step: visit.step
    readonly property rect stage: stageOf(step)

    // Where the mirror stands: it is one and the same from screen to screen.
    function stageOf(step: string): rect {
        const px = Theme.px, w = width, h = height;
        if (step === "attract")
            return Theme.portrait ? Qt.rect(0, 0, w, h * 0.7) : Qt.rect(w - h, 0, h, h);
        if (step === "choose")
            return Theme.portrait ? Qt.rect(0, 0, w, h * 0.24) : Qt.rect(0, 0, w * 0.3, h);
        if (step === "countdown")
            return countingStage();
        if (step === "pose") {
            const side = px(1008);
            return Theme.portrait ? Qt.rect((w - side) / 2, px(148), side, side)
                                  : Qt.rect(px(36), (h - side) / 2, side, side);
        }
        if (step === "developing")
            return Qt.rect(0, 0, w, h);
        return Qt.rect(0, 0, w, h);
    }

    // While it counts down the ring has the lens's side of the screen, and the mirror the other.
    function countingStage(): rect {
        const px = Theme.px, w = width, h = height, lens = Theme.lens;
        if (Theme.portrait) {
            const side = px(1008);
            return Qt.rect((w - side) / 2, lens === "top" ? px(540) : px(148), side, side);
        }
        if (lens === "left" || lens === "right") {
            const side = px(1008);
            return Qt.rect(lens === "left" ? w - side - px(36) : px(36), (h - side) / 2, side, side);
        }
        const side = px(760);
        return Qt.rect((w - side) / 2, lens === "top" ? px(290) : px(30), side, side);
    }

    color: Theme.night

    Binding {
        property: "windowWidth"
        target: Theme
        value: root.width
    }

    Binding {
        property: "windowHeight"
        target: Theme
        value: root.height
    }

    Binding {
        property: "diagonal"
        target: Theme
        value: root.visit.look.diagonal
    }

    Binding {
        property: "largeText"
        target: Theme
        value: root.visit.look.largeText
    }

    Binding {
        property: "still"
        target: Theme
        value: root.visit.look.reducedMotion
    }

    Binding {
        property: "frugal"
        target: Theme
        value: root.GraphicsInfo.api === GraphicsInfo.Software
    }

    Binding {
        property: "lens"
        target: Theme
        value: root.visit.look.lens
    }

    Glow {
        anchors.horizontalCenter: parent.horizontalCenter
        anchors.verticalCenter: parent.bottom
        anchors.verticalCenterOffset: -Theme.px(120)
        height: Theme.px(1500)
        visible: !["attract", "choose", "developing"].includes(root.step)
        width: Theme.px(1900)
    }

    MirrorItem {
        id: mirror

        readonly property bool near: root.step === "pose" || root.step === "countdown"
        property real presence: shown ? 1 : 0
        readonly property bool shown: ["attract", "choose", "pose", "countdown", "developing"].includes(root.step)

        feed: root.visit.feed
        height: root.stage.height
        objectName: "mirror"
        opacity: Theme.stepped(presence)
        radius: near ? Theme.radius : 0
        upper: root.step === "choose" && Theme.portrait ? 0.14 : 0.42
        visible: opacity > 0
        width: root.stage.width
        x: root.stage.x
        y: root.stage.y

        Behavior on presence {
            NumberAnimation {
                duration: Theme.calm
            }
        }

        Behavior on x {
            enabled: mirror.near

            NumberAnimation {
                duration: Theme.calm
                easing.type: Easing.OutCubic
            }
        }

        Behavior on y {
            enabled: mirror.near

            NumberAnimation {
                duration: Theme.calm
                easing.type: Easing.OutCubic
            }
        }
    }

    Attract {
        anchors.fill: parent
        mirror: mirror
        visit: root.visit
    }

    Choose {
        anchors.fill: parent
        mirror: mirror
        visit: root.visit
    }

    Pose {
        anchors.fill: parent
        mirror: mirror
        visit: root.visit
    }

    Countdown {
        anchors.fill: parent
        mirror: mirror
        visit: root.visit
    }

    Developing {
        anchors.fill: parent
        visit: root.visit
    }

    Review {
        anchors.fill: parent
        visit: root.visit
    }

    TicketScreen {
        anchors.fill: parent
        visit: root.visit
    }

    Sorry {
        anchors.fill: parent
        visit: root.visit
    }

    // The flash: the screen itself lights the guests.
    Rectangle {
        anchors.fill: parent
        color: "white"
        opacity: root.visit.flash ? 1 : 0
        visible: opacity > 0

        Behavior on opacity {
            NumberAnimation {
                duration: root.visit.flash ? 60 : 520
                easing.type: Easing.OutQuad
            }
        }
    }

    OperatorCorner {
        lamp: root.lamp
        panel: root.panel
        quiet: root.step !== "attract"
    }
}
