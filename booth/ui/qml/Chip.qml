import QtQuick

// A language by its own name.
Pressable {
    id: chip

    property bool chosen: false

    Accessible.checkable: true
    Accessible.checked: chosen
    implicitHeight: Theme.target(84)

    Rectangle {
        anchors.fill: parent
        border.color: chip.chosen ? Theme.sun : Theme.inkLine
        border.width: Theme.px(chip.chosen ? 4 : 2)
        color: chip.down ? Theme.inkLine : Theme.ink
        radius: height / 2
    }

    Words {
        anchors.centerIn: parent
        color: chip.chosen ? Theme.sun : Theme.paper
        font.underline: chip.chosen
        font.weight: chip.chosen ? Font.DemiBold : Font.Normal
        fontSizeMode: Text.HorizontalFit
        verticalAlignment: Text.AlignVCenter
        horizontalAlignment: Text.AlignHCenter
        minimumPixelSize: Math.max(1, Math.round(Theme.px(20)))
        size: 32
        text: chip.label
        width: parent.width - Theme.px(36)
        wrapMode: Text.NoWrap
    }
}
