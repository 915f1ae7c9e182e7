import QtQuick
import Booth.Items

// The picture, and what to do with it.
StepScreen {
    id: screen

    readonly property real side: Theme.px(Theme.portrait ? 1008 : 884)

    objectName: "review"
    step: "review"

    onCurrentChanged: {
        sure.stop();
        if (current)
            arrive.restart();
    }

    Item {
        id: frame

        height: screen.side
        width: screen.side
        x: Theme.portrait ? (screen.width - width) / 2 : Theme.px(48)
        y: Theme.px(Theme.portrait ? 40 : 48)

        PictureItem {
            anchors.fill: parent
            objectName: "photo"
            picture: screen.visit.photo
            radius: Theme.radius
        }

        Rectangle {
            anchors.fill: parent
            color: Theme.night
            opacity: screen.visit.settled ? 0 : 0.5
            radius: Theme.radius

            Behavior on opacity {
                NumberAnimation {
                    duration: Theme.quick
                }
            }
        }

        MirrorFrame {
            mirror: frame
            x: 0
            y: 0
        }
    }

    TimeBar {
        share: screen.visit.shareLeft
        text: screen.t[screen.visit.keepsItself ? "review.keeps_itself" : "review.goes_itself"].replace("{seconds}", screen.visit.secondsLeft)
        width: Theme.portrait ? Theme.px(760) : screen.side
        x: Theme.portrait ? (parent.width - width) / 2 : frame.x
        y: Theme.portrait ? parent.height - height - Theme.px(40) : frame.y + frame.height + Theme.px(34)
    }

    Item {
        id: side

        height: parent.height - y
        width: Theme.portrait ? parent.width : parent.width - x
        x: Theme.portrait ? 0 : frame.x + frame.width + Theme.px(12)
        y: Theme.portrait ? frame.y + frame.height : 0

        Words {
            id: heading

            font.weight: Font.ExtraBold
            size: 66
            text: screen.t["review.title"]
            visible: !Theme.portrait
            width: parent.width - Theme.px(72)
            x: Theme.px(36)
            y: Theme.px(44)
        }

        BackdropStrip {
            id: strip

            room: row.y - y - Theme.px(28)
            rowTile: Theme.px(156)
            visible: screen.visible && screen.visit.backdrops.length > 1
            visit: screen.visit
            width: parent.width - (Theme.portrait ? 0 : Theme.px(72))
            wraps: !Theme.portrait
            x: Theme.portrait ? 0 : Theme.px(36)
            y: Theme.portrait ? Theme.px(20) : heading.y + heading.height + Theme.px(24)
        }

        Item {
            id: row

            height: Theme.px(128)
            width: parent.width - Theme.px(72)
            x: Theme.px(36)
            y: keep.y - height - Theme.px(32)

            Stepper {
                id: copies

                lessLabel: screen.t["review.fewer"]
                moreLabel: screen.t["review.more"]
                most: screen.visit.maxCopies
                text: screen.visit.copiesText
                value: screen.visit.copies
                visible: screen.visit.maxCopies > 1
                width: visible ? (parent.width - Theme.px(24)) / 2 : 0

                onChosen: value => screen.visit.chooseCopies(value)
            }

            QuietButton {
                anchors.right: parent.right
                height: parent.height
                icon: "again"
                label: screen.t["review.again"]
                note: screen.visit.retakesText
                objectName: "again"
                pressable: screen.visit.retakesLeft > 0
                width: parent.width - (copies.visible ? copies.width + Theme.px(24) : 0)

                onTapped: screen.visit.retake()
            }
        }

        PrimaryButton {
            id: keep

            height: Theme.px(180)
            icon: "check"
            label: screen.t["review.keep"]
            objectName: "keep"
            width: parent.width - Theme.px(72)
            x: Theme.px(36)
            y: discard.y - height - Theme.px(20)

            onTapped: screen.visit.keep()
        }

        QuietButton {
            id: discard

            anchors.horizontalCenter: parent.horizontalCenter
            bare: true
            height: Theme.px(96)
            icon: "bin"
            label: screen.t[sure.running ? "review.sure" : "review.discard"]
            objectName: "discard"
            size: 34
            tint: sure.running ? Theme.alarm : Theme.mist
            width: Theme.px(620)
            y: parent.height - height - Theme.px(Theme.portrait ? 140 : 32)

            onTapped: sure.running ? screen.visit.discard() : sure.restart()
        }
    }

    Timer {
        id: sure

        interval: 3000
    }

    NumberAnimation {
        id: arrive

        duration: 520
        easing.overshoot: 1.1
        easing.type: Easing.OutBack
        from: 0.9
        property: "scale"
        target: frame
        to: 1
    }
}
