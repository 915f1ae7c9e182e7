import QtQuick

// Kind words, and what happens next.
StepScreen {
    id: screen

    objectName: "sorry"
    step: "sorry"

    Column {
        anchors.centerIn: parent
        anchors.verticalCenterOffset: Theme.portrait ? Theme.px(60) : 0
        spacing: Theme.px(Theme.portrait ? 56 : 36)
        width: Math.min(parent.width - Theme.px(140), Theme.px(1100))

        Icon {
            anchors.horizontalCenter: parent.horizontalCenter
            height: Theme.px(Theme.portrait ? 260 : 200)
            name: "sorry"
            tint: Theme.sun
            width: height

            SequentialAnimation on rotation {
                loops: Animation.Infinite
                running: screen.current && !Theme.still

                NumberAnimation {
                    duration: 1400
                    easing.type: Easing.InOutSine
                    from: -5
                    to: 5
                }

                NumberAnimation {
                    duration: 1400
                    easing.type: Easing.InOutSine
                    from: 5
                    to: -5
                }
            }
        }

        Accent {
            horizontalAlignment: Text.AlignHCenter
            size: 96
            text: screen.t["sorry.accent"]
            width: parent.width
        }

        Words {
            font.weight: Font.DemiBold
            horizontalAlignment: Text.AlignHCenter
            lineHeight: 1.15
            objectName: "apology"
            size: 54
            text: screen.visit.sorryText
            width: parent.width
        }

        PrimaryButton {
            anchors.horizontalCenter: parent.horizontalCenter
            label: screen.visit.sorryOffer
            objectName: "go-on"
            width: Math.min(parent.width, Theme.px(640))

            onTapped: screen.visit.touch()
        }
    }

    TimeBar {
        anchors.bottom: parent.bottom
        anchors.bottomMargin: Theme.px(40)
        anchors.horizontalCenter: parent.horizontalCenter
        height: Theme.px(12)
        share: screen.visit.shareLeft
        width: Theme.px(760)
    }
}
