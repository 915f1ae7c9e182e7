import QtQuick

// Kind words, and what happens next.
StepScreen {
    id: screen

    objectName: "sorry"
    step: "sorry"

    Pulse {
        id: pulse

        period: 2800
        running: screen.current && !Theme.still
    }

    Column {
        anchors.centerIn: parent
        anchors.verticalCenterOffset: Theme.px(Theme.portrait ? 60 : -16)
        // However long and large the words are, they stay above the bar.
        scale: Math.min(1, (parent.height - Theme.px(150)) / Math.max(1, height))
        spacing: Theme.px(Theme.portrait ? 56 : 36)
        width: Math.min(parent.width - Theme.px(140), Theme.px(1100))

        Icon {
            anchors.horizontalCenter: parent.horizontalCenter
            height: Theme.px(Theme.portrait ? 260 : 200)
            name: "sorry"
            rotation: 5 * Math.sin(2 * Math.PI * pulse.phase)
            tint: Theme.sun
            width: height
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
