pragma ComponentBehavior: Bound

import QtQuick
import Booth.Items

// The picture comes up by itself, as on instant film, from what is already there: the photograph, then the
// guests alone, then their scene.
StepScreen {
    id: screen

    property int word: 1
    readonly property real veil: visit.hasPhoto ? 0 : visit.hasCutOut ? 0.18 : visit.hasRaw ? 0.55 : 0.97

    objectName: "developing"
    step: "developing"

    onCurrentChanged: {
        if (!current)
            return;
        word = 1;
        rise.restart();
    }

    Rectangle {
        anchors.fill: parent
        color: Theme.night
        opacity: 0.87
    }

    Timer {
        interval: 2400
        repeat: true
        running: screen.current

        onTriggered: screen.word = screen.word % 4 + 1
    }

    component Layer: PictureItem {
        property bool shown: false

        anchors.fill: parent
        opacity: shown ? 1 : 0
        visible: opacity > 0

        Behavior on opacity {
            NumberAnimation {
                duration: Theme.calm
                easing.type: Easing.InOutQuad
            }
        }
    }

    PrintCard {
        id: card

        property real settled: Theme.portrait ? Theme.px(260) : (screen.height - height) / 2

        aspect: screen.visit.hasPhoto ? screen.visit.review.aspect : 1
        border: Theme.px(34)
        foot: Theme.px(150)
        width: Theme.px(Theme.portrait ? 900 : 720)
        x: Theme.portrait ? (screen.width - width) / 2 : Theme.px(150)
        y: settled

        Layer {
            picture: screen.visit.raw
            shown: screen.visit.hasRaw
        }

        Layer {
            picture: screen.visit.cutOut
            shown: screen.visit.hasCutOut
        }

        Layer {
            picture: screen.visit.review.picture
            shown: screen.visit.hasPhoto
        }

        Rectangle {
            id: emulsion

            anchors.fill: parent
            color: Theme.film
            opacity: screen.veil

            Behavior on opacity {
                NumberAnimation {
                    duration: Theme.span(700)
                    easing.type: Easing.OutQuad
                }
            }
        }

        Rectangle {
            id: shimmer

            height: parent.height
            visible: !screen.visit.hasPhoto && !Theme.still
            width: parent.width * 0.5
            x: pulse.phase * (parent.width + width) - width

            gradient: Gradient {
                orientation: Gradient.Horizontal

                GradientStop {
                    color: "#00fff1d6"
                    position: 0
                }

                GradientStop {
                    color: "#4dfff1d6"
                    position: 0.5
                }

                GradientStop {
                    color: "#00fff1d6"
                    position: 1
                }
            }
        }

        Pulse {
            id: pulse

            period: 1700
            running: screen.current && !Theme.still
        }
    }

    Accent {
        color: Theme.pen
        fontSizeMode: Text.Fit
        height: Theme.px(110)
        horizontalAlignment: Text.AlignHCenter
        size: 58
        text: screen.t["developing.accent"]
        verticalAlignment: Text.AlignVCenter
        width: card.width
        x: card.x
        y: card.y + card.height - Theme.px(136)
    }

    Column {
        spacing: Theme.px(40)
        width: Theme.portrait ? parent.width - Theme.px(120) : parent.width - x - Theme.px(90)
        x: Theme.portrait ? Theme.px(60) : card.x + card.width + Theme.px(90)
        y: Theme.portrait ? card.settled + card.height + Theme.px(110) : (parent.height - height) / 2

        Words {
            id: kind

            font.weight: Font.DemiBold
            horizontalAlignment: Theme.portrait ? Text.AlignHCenter : Text.AlignLeft
            size: Theme.portrait ? 52 : 64
            text: screen.t["developing.words." + screen.word]
            width: parent.width

            onTextChanged: appear.restart()

            NumberAnimation {
                id: appear

                duration: 420
                from: 0
                property: "opacity"
                target: kind
                to: 1
            }
        }

        Row {
            spacing: Theme.px(22)
            x: Theme.portrait ? (parent.width - width) / 2 : 0

            Repeater {
                model: 4

                Rectangle {
                    id: dot

                    required property int index

                    color: index < screen.word ? Theme.sun : Theme.inkLine
                    height: Theme.px(18)
                    radius: height / 2
                    width: index === screen.word - 1 ? Theme.px(54) : height

                    Behavior on width {
                        NumberAnimation {
                            duration: Theme.calm
                            easing.type: Easing.OutCubic
                        }
                    }
                }
            }
        }
    }

    NumberAnimation {
        id: rise

        duration: Theme.span(900)
        easing.type: Easing.OutCubic
        from: -card.height
        property: "y"
        target: card
        to: card.settled
    }
}
