import QtQuick

// More or fewer of something.
Rectangle {
    id: stepper

    required property int value
    required property int most
    property string text
    property string lessLabel
    property string moreLabel

    signal chosen(int value)

    border.color: Theme.inkLine
    border.width: Math.max(1, Theme.px(2))
    color: Theme.ink
    implicitHeight: Theme.target(128)
    radius: height / 2

    RoundButton {
        height: parent.height
        icon: "minus"
        label: stepper.lessLabel
        objectName: "fewer"
        pressable: stepper.value > 1
        width: height

        onTapped: stepper.chosen(stepper.value - 1)
    }

    Words {
        anchors.centerIn: parent
        font.weight: Font.DemiBold
        fontSizeMode: Text.HorizontalFit
        verticalAlignment: Text.AlignVCenter
        horizontalAlignment: Text.AlignHCenter
        size: 38
        text: stepper.text
        width: parent.width - 2 * parent.height - Theme.px(16)
        wrapMode: Text.NoWrap
    }

    RoundButton {
        anchors.right: parent.right
        height: parent.height
        icon: "plus"
        label: stepper.moreLabel
        objectName: "more"
        pressable: stepper.value < stepper.most
        width: height

        onTapped: stepper.chosen(stepper.value + 1)
    }
}
