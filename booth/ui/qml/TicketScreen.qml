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

    Item {
        anchors.fill: parent
        objectName: "ticket-anywhere"

        TapHandler {
            onTapped: screen.visit.touch()
        }
    }

    PrintCard {
        id: card

        aspect: screen.visit.review.aspect
        picture: screen.visit.review.picture
        rotation: -3
        width: Theme.px(!Theme.portrait || !screen.visit.hasQr && !Theme.largeText ? 720 : 600) * Math.min(1, aspect)
        x: Theme.portrait ? (screen.width - width) / 2 : Theme.px(130)
        y: Theme.portrait ? Theme.px(80) : (screen.height - height) / 2
    }

    Column {
        id: words

        // Whatever is said, and however large, stays above the bar.
        readonly property real room: parent.height - (Theme.portrait ? y : Theme.px(16)) - Theme.px(84)

        scale: Math.min(1, room / Math.max(1, height))
        spacing: Theme.px(Theme.largeText || screen.visit.hasQr ? 20 : 30)
        transformOrigin: Item.Top
        width: Theme.portrait ? parent.width - Theme.px(120) : parent.width - x - Theme.px(90)
        x: Theme.portrait ? Theme.px(60) : card.x + card.width + Theme.px(110)
        y: Theme.portrait ? card.y + card.height + Theme.px(46) : Math.max(Theme.px(16), (parent.height - Theme.px(80) - height) / 2)

        Accent {
            horizontalAlignment: Text.AlignHCenter
            size: Theme.portrait ? 92 : 76
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
            height: Theme.px(screen.visit.hasQr ? 400 : 330)
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
                        color: Theme.perforation
                        height: Theme.px(4)
                        width: Theme.px(14)
                    }
                }
            }

            Words {
                anchors.horizontalCenter: parent.horizontalCenter
                color: Theme.pen
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
                height: parent.height - Theme.px(screen.visit.hasQr ? 170 : 90)
                horizontalAlignment: Text.AlignHCenter
                objectName: "code"
                size: 190
                text: screen.visit.ticketCode
                verticalAlignment: Text.AlignVCenter
                width: (qr.visible ? qr.x : parent.width) - Theme.px(60)
                wrapMode: Text.NoWrap
                x: Theme.px(30)
                y: Theme.px(88)
            }

            Words {
                color: Theme.pen
                fontSizeMode: Text.HorizontalFit
                horizontalAlignment: Text.AlignHCenter
                size: 34
                text: screen.t["ticket.scan"]
                visible: qr.visible
                width: qr.x - Theme.px(60)
                wrapMode: Text.NoWrap
                x: Theme.px(30)
                y: parent.height - height - Theme.px(34)
            }

            PictureItem {
                id: qr

                Accessible.name: screen.t["ticket.scan"]
                Accessible.role: Accessible.Graphic
                height: width
                objectName: "qr"
                picture: screen.visit.qr
                visible: screen.visit.hasQr
                width: Theme.px(276)
                x: stub.width - width - Theme.px(40)
                y: Theme.px(104)
            }
        }

        Words {
            font.weight: Font.DemiBold
            horizontalAlignment: Text.AlignHCenter
            objectName: "ahead"
            size: screen.visit.printsLater ? 42 : 48
            text: screen.visit.printsLater ? screen.t["sorry.printer"] : screen.visit.aheadText
            visible: !screen.keeping
            width: parent.width
        }

        Row {
            anchors.horizontalCenter: parent.horizontalCenter
            spacing: Theme.px(18)
            visible: !screen.keeping && !screen.visit.printsLater && screen.visit.waitText !== ""

            Icon {
                anchors.verticalCenter: parent.verticalCenter
                height: Theme.px(52)
                name: "clock"
                tint: Theme.sun
                width: height
            }

            Words {
                anchors.verticalCenter: parent.verticalCenter
                color: Theme.sun
                font.weight: Font.DemiBold
                objectName: "wait"
                size: 44
                text: screen.visit.waitText
                width: Math.min(implicitWidth, words.width - Theme.px(80))
            }
        }

        Words {
            color: Theme.mist
            horizontalAlignment: Text.AlignHCenter
            size: 40
            text: screen.t["ticket.pickup"]
            visible: !screen.keeping
            width: parent.width
        }

        // Nobody is shown to others unasked: the box is empty, and a visit is over without a look at it.
        Grid {
            anchors.horizontalCenter: parent.horizontalCenter
            columnSpacing: Theme.px(20)
            columns: Theme.portrait ? 1 : 2
            horizontalItemAlignment: Grid.AlignHCenter
            rowSpacing: words.spacing + Theme.px(8)
            verticalItemAlignment: Grid.AlignVCenter
            visible: !screen.keeping

            TickBox {
                id: gallery

                label: screen.t[ticked ? "ticket.gallery.shown" : "ticket.gallery.ask"]
                note: screen.t[ticked ? "ticket.gallery.out" : "ticket.gallery.who"]
                objectName: "gallery"
                ticked: screen.visit.inGallery
                visible: screen.visit.hasGallery
                width: Theme.portrait ? stub.width : stub.width - done.width - Theme.px(20)

                onTapped: screen.visit.showInGallery(!ticked)
            }

            QuietButton {
                id: done

                icon: "check"
                label: screen.t["ticket.done"]
                objectName: "done"
                width: Theme.px(Theme.portrait || !gallery.visible ? 420 : 270)

                onTapped: screen.visit.touch()
            }
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
            duration: Theme.span(600)
            easing.overshoot: 1.4
            easing.type: Easing.OutBack
            from: 0.8
            property: "scale"
            target: stub
            to: 1
        }

        NumberAnimation {
            duration: Theme.span(300)
            from: 0
            property: "opacity"
            target: stub
            to: 1
        }
    }
}
