import QtQuick

// A language by its own name.
Pressable {
    id: chip

    property bool chosen: false

    Accessible.checkable: true
    Accessible.checked: chosen
    implicitHeight: Theme.px(84)

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
        size: 32
        text: chip.label
        wrapMode: Text.NoWrap
    }
}
