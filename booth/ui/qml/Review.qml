import QtQuick
import Booth.Items

// The picture, and what to do with it.
StepScreen {
    id: screen

    readonly property real side: Theme.px(Theme.portrait ? 1008 : 884)
    readonly property real aspect: visit.review.aspect
    readonly property bool isSquare: Math.abs(aspect - 1) < 0.01
    readonly property string ending: {
        if (!visit.keepsItself)
            return "review.goes_itself";
        return visit.printsLater ? "review.keeps_later" : "review.keeps_itself";
    }
    readonly property real away: Theme.px(Theme.portrait ? 28 : 40)

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
        y: screen.away

        PhotoTable {
            id: table

            anchors.centerIn: parent
            height: screen.aspect > 1 ? screen.side / screen.aspect : screen.side
            visit: screen.visit
            width: screen.aspect > 1 ? screen.side : screen.side * screen.aspect
        }

        MirrorFrame {
            mirror: table
        }
    }

    TimeBar {
        share: screen.visit.shareLeft
        text: screen.t[screen.ending].replace("{seconds}", screen.visit.secondsLeft)
        width: Theme.portrait ? Theme.px(760) : screen.side
        x: Theme.portrait ? (parent.width - width) / 2 : frame.x
        y: Theme.portrait ? parent.height - height - Theme.px(36) : parent.height - height - Theme.px(40)
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
            fontSizeMode: Text.HorizontalFit
            maximumLineCount: 1
            size: 62
            text: screen.t["review.title"]
            visible: !Theme.portrait
            width: parent.width - Theme.px(72)
            x: Theme.px(36)
            y: Theme.px(36)
        }

        BackdropStrip {
            id: strip

            room: tools.y - y - Theme.px(20)
            rowTile: Theme.target(152)
            visible: screen.visible && screen.visit.backdrops.length > 1
            visit: screen.visit
            width: parent.width - (Theme.portrait ? 0 : Theme.px(72))
            wraps: !Theme.portrait
            x: Theme.portrait ? 0 : Theme.px(36)
            y: Theme.portrait ? Theme.px(14) : heading.y + heading.height + Theme.px(12)
        }

        // Smaller, larger, and back: for whom the picture is out of reach.
        Item {
            id: tools

            readonly property bool shown: screen.visit.review.movable

            height: Theme.target(92)
            width: parent.width - Theme.px(72)
            x: Theme.px(36)
            y: row.y - height - Theme.px(22)

            RoundButton {
                id: smaller

                height: parent.height
                icon: "smaller"
                label: screen.t["review.smaller"]
                objectName: "smaller"
                visible: tools.shown
                width: height

                onTapped: screen.visit.review.resize(0.9)
            }

            RoundButton {
                id: larger

                height: parent.height
                icon: "larger"
                label: screen.t["review.larger"]
                objectName: "larger"
                visible: tools.shown
                width: height
                x: width + Theme.px(16)

                onTapped: screen.visit.review.resize(1.1)
            }

            Words {
                anchors.verticalCenter: parent.verticalCenter
                color: Theme.mist
                fontSizeMode: Text.Fit
                height: parent.height
                horizontalAlignment: tools.shown ? Text.AlignLeft : Text.AlignHCenter
                maximumLineCount: 2
                minimumPixelSize: Math.max(1, Math.round(Theme.px(22)))
                objectName: "review-hint"
                size: 32
                text: {
                    const v = screen.visit;
                    if (v.framedHint)
                        return v.framedHint;
                    if (v.leftOutText)
                        return v.leftOutText;
                    if (v.review.isChanged)
                        return "";
                    if (v.printsLater)
                        return screen.t["sorry.printer"];
                    return v.review.hasPeople ? screen.t["review.people"] : screen.t[v.review.movable ? "review.move" : "review.swipe"];
                }
                verticalAlignment: Text.AlignVCenter
                width: parent.width - x - (back.visible ? back.width + Theme.px(20) : 0)
                x: tools.shown ? larger.x + larger.width + Theme.px(28) : 0
            }

            QuietButton {
                id: back

                anchors.right: parent.right
                height: parent.height
                icon: "reset"
                label: screen.t[screen.visit.review.leftOut > 0 ? "review.bring_back" : "review.reset"]
                objectName: "reset"
                size: 32
                visible: tools.shown && screen.visit.review.isChanged
                width: Theme.px(330)

                onTapped: screen.visit.review.leftOut > 0 ? screen.visit.review.bringBack() : screen.visit.review.reset()
            }
        }

        Item {
            id: row

            height: Theme.target(120)
            width: parent.width - Theme.px(72)
            x: Theme.px(36)
            y: keep.y - height - Theme.px(26)

            Stepper {
                id: copies

                height: parent.height
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

            height: Theme.target(172)
            icon: "check"
            label: screen.t[screen.visit.printsLater ? "review.keep_later" : "review.keep"]
            objectName: "keep"
            width: parent.width - Theme.px(72)
            x: Theme.px(36)
            y: discard.y - height - Theme.px(14)

            onTapped: screen.visit.keep()
        }

        QuietButton {
            id: discard

            anchors.horizontalCenter: parent.horizontalCenter
            bare: true
            height: Theme.target(88)
            icon: "bin"
            label: screen.t[sure.running ? "review.sure" : "review.discard"]
            objectName: "discard"
            size: 34
            tint: sure.running ? Theme.alarm : Theme.mist
            width: Theme.px(620)
            y: parent.height - height - Theme.px(Theme.portrait ? 130 : 24)

            onTapped: sure.running ? screen.visit.discard() : sure.restart()
        }
    }

    Timer {
        id: sure

        interval: 3000
    }

    NumberAnimation {
        id: arrive

        duration: Theme.span(520)
        easing.overshoot: 1.1
        easing.type: Easing.OutBack
        from: 0.9
        property: "scale"
        target: frame
        to: 1
    }
}
