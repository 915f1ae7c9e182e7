pragma ComponentBehavior: Bound

import QtQuick

// Whoever passes by already sees himself in another world.
StepScreen {
    id: screen

    required property Item mirror

    // As large as fits on one line, or else on two.
    function nameSize(): real {
        const line = panel.width / Theme.unit / (0.6 * visit.eventName.length);
        if (!isFinite(line))
            return 96;
        return line >= 80 ? Math.min(124, line) : Math.max(64, Math.min(96, line * 1.7));
    }

    objectName: "attract"
    step: "attract"

    // A fade from the mirror into the ink, dark enough where the words begin, wherever that is.
    Rectangle {
        id: fade

        readonly property real begins: panel.y + panel.height * (1 - panel.scale) - Theme.px(260)

        height: screen.mirror.height - y
        visible: Theme.portrait
        width: screen.width
        y: Math.max(0, Math.min(screen.mirror.height * 0.6, begins))

        gradient: Gradient {
            GradientStop {
                color: "#000f0b1c"
                position: 0
            }

            GradientStop {
                color: "#d90f0b1c"
                position: Math.min(0.9, (fade.begins + Theme.px(260) - fade.y) / fade.height)
            }

            GradientStop {
                color: Theme.night
                position: 1
            }
        }
    }

    Rectangle {
        height: screen.height
        visible: !Theme.portrait
        width: Theme.px(200)
        x: screen.mirror.x

        gradient: Gradient {
            orientation: Gradient.Horizontal

            GradientStop {
                color: Theme.night
                position: 0
            }

            GradientStop {
                color: "#000f0b1c"
                position: 1
            }
        }
    }

    Glow {
        anchors.horizontalCenter: parent.horizontalCenter
        anchors.horizontalCenterOffset: Theme.portrait ? 0 : -screen.width * 0.28
        anchors.verticalCenter: parent.bottom
        anchors.verticalCenterOffset: -Theme.px(300)
        height: Theme.px(1100)
        width: Theme.px(1700)
    }

    Item {
        anchors.fill: parent
        objectName: "anywhere"

        TapHandler {
            onTapped: screen.visit.touch()
        }
    }

    // Pictures that may be shown, one after the other.
    PrintCard {
        id: shown

        property int turn: 0

        aspect: screen.visit.album.aspect
        opacity: screen.visit.album.isThere ? 1 : 0
        picture: screen.visit.album.picture
        rotation: turn % 2 ? 4 : -4
        visible: opacity > 0 && screen.visit.album.isThere
        width: Theme.px(Theme.portrait ? 330 : 250) * Math.min(1, aspect)
        // Below the faces that the mirror shows, and above the words.
        x: Theme.portrait ? (turn % 2 ? screen.width - width - Theme.px(50) : Theme.px(50)) : screen.mirror.x + Theme.px(turn % 2 ? 36 : 60)
        y: Theme.portrait ? Math.min(Theme.px(760), fade.begins + Theme.px(220) - height) : screen.height - height - Theme.px(70)

        Connections {
            function onChanged(): void {
                shown.turn += 1;
                arrive.restart();
            }

            target: screen.visit.album
        }

        ParallelAnimation {
            id: arrive

            NumberAnimation {
                duration: Theme.span(700)
                easing.overshoot: 1.3
                easing.type: Easing.OutBack
                from: 1.25
                property: "scale"
                target: shown
                to: 1
            }

            NumberAnimation {
                duration: Theme.calm
                from: 0
                property: "opacity"
                target: shown
                to: 1
            }
        }
    }

    Column {
        id: panel

        // Long words in large letters push it up to the upper edge, and no further.
        readonly property real room: parent.height - anchors.bottomMargin - Theme.px(Theme.portrait ? 110 : 36)

        anchors.bottom: parent.bottom
        anchors.bottomMargin: Theme.px(Theme.portrait ? 64 : Theme.largeText ? 48 : 84)
        scale: Math.min(1, room / Math.max(1, height))
        spacing: Theme.px(Theme.portrait || !Theme.largeText ? 44 : 36)
        transformOrigin: Theme.portrait ? Item.Bottom : Item.BottomLeft
        width: Theme.portrait ? parent.width - 2 * Theme.px(64) : Theme.px(780)
        x: Theme.portrait ? (parent.width - width) / 2 : Theme.px(64)

        Column {
            spacing: Theme.px(4)
            width: parent.width

            Accent {
                horizontalAlignment: Theme.portrait ? Text.AlignHCenter : Text.AlignLeft
                fontSizeMode: Text.HorizontalFit
                minimumPixelSize: Math.max(1, Math.round(Theme.px(40)))
                size: 54
                wrapMode: Text.NoWrap
                text: screen.visit.closed ? screen.t["closed.accent"] : screen.t["attract.accent"]
                width: parent.width
            }

            Words {
                font.weight: Font.ExtraBold
                horizontalAlignment: Theme.portrait ? Text.AlignHCenter : Text.AlignLeft
                lineHeight: 0.98
                maximumLineCount: 3
                size: screen.nameSize()
                text: screen.visit.eventName
                width: parent.width
            }
        }

        Item {
            height: Theme.px(200)
            visible: !screen.visit.closed
            width: parent.width

            Rectangle {
                id: ripple

                readonly property real reach: Theme.px(40) * (1 - Math.pow(1 - pulse.phase, 3))

                anchors.centerIn: start
                border.color: Theme.sun
                border.width: Theme.px(5)
                color: "transparent"
                height: start.height + 2 * reach
                opacity: 0.9 * (1 - pulse.phase)
                radius: height / 2
                width: start.width + 2 * reach
            }

            Pulse {
                id: pulse

                period: 1900
                running: screen.current && !Theme.still
            }

            PrimaryButton {
                id: start

                anchors.centerIn: parent
                height: Theme.px(184)
                icon: "touch"
                label: screen.t["attract.start"]
                objectName: "start"
                // letters that grow are drawn anew at every size
                scale: Theme.frugal ? 1 : 1 + 0.0125 * (1 - Math.cos(2 * Math.PI * pulse.phase))
                size: 62
                width: parent.width - Theme.px(40)

                onTapped: screen.visit.touch()
            }
        }

        Rectangle {
            border.color: Theme.inkLine
            border.width: Math.max(1, Theme.px(2))
            color: Theme.ink
            height: closedText.implicitHeight + Theme.px(72)
            objectName: "closed"
            radius: Theme.radius
            visible: screen.visit.closed
            width: parent.width

            Icon {
                id: sign

                anchors.left: parent.left
                anchors.leftMargin: Theme.px(40)
                anchors.verticalCenter: parent.verticalCenter
                height: Theme.px(96)
                name: "closed"
                tint: Theme.sun
                width: height
            }

            Column {
                id: closedText

                anchors.left: sign.right
                anchors.leftMargin: Theme.px(36)
                anchors.right: parent.right
                anchors.rightMargin: Theme.px(40)
                anchors.verticalCenter: parent.verticalCenter
                spacing: Theme.px(8)

                Words {
                    font.weight: Font.DemiBold
                    size: 44
                    text: screen.t["closed.title"]
                    width: parent.width
                }

                Words {
                    color: Theme.mist
                    size: 36
                    text: screen.visit.closedText
                    width: parent.width
                }
            }
        }

        Grid {
            columns: 3
            spacing: Theme.px(20)
            visible: screen.visit.languages.length > 1

            Repeater {
                model: screen.visit.languages

                Chip {
                    required property var modelData

                    chosen: screen.visit.language === modelData.code
                    label: modelData.name
                    objectName: "language-" + modelData.code
                    width: (panel.width - Theme.px(40)) / 3

                    onTapped: screen.visit.chooseLanguage(modelData.code)
                }
            }
        }
    }

    Words {
        anchors.horizontalCenter: parent.horizontalCenter
        anchors.horizontalCenterOffset: Theme.portrait ? 0 : (screen.mirror.x) / 2
        color: Theme.mist
        size: 40
        text: screen.t["attract.waking"]
        visible: !screen.visit.feed.live
        y: screen.height * 0.3
    }
}
