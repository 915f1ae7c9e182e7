pragma ComponentBehavior: Bound

import QtQuick
import Booth.Items

// The guest's receipt: a code in huge letters.
StepScreen {
    id: screen

    readonly property bool keeping: visit.step === "keeping"

    current: visit.step === "ticket" || keeping
    objectName: "ticket"

    onKeepingChanged: if (!keeping && current) handOver.restart()

    MouseArea {
        anchors.fill: parent
        objectName: "ticket-anywhere"

        onClicked: screen.visit.touch()
    }

    PrintCard {
        id: card

        picture: screen.visit.photo
        rotation: -3
        width: Theme.px(Theme.portrait ? 660 : 720)
        x: Theme.portrait ? (screen.width - width) / 2 : Theme.px(130)
        y: Theme.portrait ? Theme.px(110) : (screen.height - height) / 2
    }

    Column {
        id: words

        spacing: Theme.px(36)
        width: Theme.portrait ? parent.width - Theme.px(120) : parent.width - x - Theme.px(90)
        x: Theme.portrait ? Theme.px(60) : card.x + card.width + Theme.px(110)
        y: Theme.portrait ? card.y + card.height + Theme.px(56) : (parent.height - height) / 2

        Accent {
            horizontalAlignment: Text.AlignHCenter
            size: 92
            text: screen.t["ticket.accent"]
            width: parent.width
        }

        Words {
            horizontalAlignment: Text.AlignHCenter
            size: 48
            text: screen.t["ticket.keeping"]
            visible: screen.keeping
            width: parent.width
        }

        Item {
            id: stub

            anchors.horizontalCenter: parent.horizontalCenter
            height: Theme.px(330)
            visible: !screen.keeping
            width: Math.min(parent.width, Theme.px(860))

            Rectangle {
                anchors.fill: parent
                color: Theme.paper
                radius: Theme.radius
            }

            Repeater {
                model: 2

                Rectangle {
                    required property int index

                    color: Theme.night
                    height: Theme.px(64)
                    radius: height / 2
                    width: height
                    x: index === 0 ? -width / 2 : stub.width - width / 2
                    y: Theme.px(84) - height / 2
                }
            }

            Row {
                anchors.horizontalCenter: parent.horizontalCenter
                spacing: Theme.px(14)
                y: Theme.px(84) - Theme.px(2)

                Repeater {
                    model: Math.max(0, Math.floor((stub.width - Theme.px(100)) / Theme.px(28)))

                    Rectangle {
                        color: "#bfa98f"
                        height: Theme.px(4)
                        width: Theme.px(14)
                    }
                }
            }

            Words {
                anchors.horizontalCenter: parent.horizontalCenter
                color: "#6b4a33"
                font.weight: Font.DemiBold
                size: 36
                text: screen.t["ticket.title"]
                y: Theme.px(20)
            }

            Words {
                color: Theme.dusk
                font.letterSpacing: Theme.px(10)
                font.weight: Font.ExtraBold
                fontSizeMode: Text.HorizontalFit
                height: parent.height - Theme.px(90)
                horizontalAlignment: Text.AlignHCenter
                objectName: "code"
                size: 190
                text: screen.visit.ticketCode
                verticalAlignment: Text.AlignVCenter
                width: parent.width - Theme.px(60)
                wrapMode: Text.NoWrap
                x: Theme.px(30)
                y: Theme.px(88)
            }
        }

        Words {
            font.weight: Font.DemiBold
            horizontalAlignment: Text.AlignHCenter
            size: 48
            text: screen.visit.aheadText
            visible: !screen.keeping
            width: parent.width
        }

        Words {
            color: Theme.mist
            horizontalAlignment: Text.AlignHCenter
            size: 40
            text: screen.t["ticket.pickup"]
            visible: !screen.keeping
            width: parent.width
        }

        QuietButton {
            anchors.horizontalCenter: parent.horizontalCenter
            icon: "check"
            label: screen.t["ticket.done"]
            objectName: "done"
            visible: !screen.keeping
            width: Theme.px(420)

            onTapped: screen.visit.touch()
        }
    }

    TimeBar {
        anchors.bottom: parent.bottom
        anchors.bottomMargin: Theme.px(40)
        anchors.horizontalCenter: parent.horizontalCenter
        height: Theme.px(12)
        share: screen.visit.shareLeft
        visible: !screen.keeping
        width: Theme.px(760)
    }

    ParallelAnimation {
        id: handOver

        NumberAnimation {
            duration: 600
            easing.overshoot: 1.4
            easing.type: Easing.OutBack
            from: 0.8
            property: "scale"
            target: stub
            to: 1
        }

        NumberAnimation {
            duration: 300
            from: 0
            property: "opacity"
            target: stub
            to: 1
        }
    }
}
