import QtQuick

// A kind word on the mirror: what would make a better picture.
Rectangle {
    id: chip

    // How wide it may be.
    required property real room
    property string text
    property string shown

    color: "#e60f0b1c"
    height: words.height + Theme.px(40)
    opacity: text ? 1 : 0
    radius: Math.min(height / 2, Theme.px(56))
    visible: opacity > 0
    width: words.width + sign.width + Theme.px(92)

    Accessible.name: shown
    Accessible.role: Accessible.AlertMessage

    // The last words stay while the chip fades.
    onTextChanged: if (text) shown = text

    Behavior on opacity {
        NumberAnimation {
            duration: Theme.calm
        }
    }

    Icon {
        id: sign

        anchors.left: parent.left
        anchors.leftMargin: Theme.px(34)
        anchors.verticalCenter: parent.verticalCenter
        height: Theme.px(60)
        name: "hint"
        tint: Theme.sun
        width: height
    }

    Words {
        id: words

        anchors.left: sign.right
        anchors.leftMargin: Theme.px(20)
        anchors.verticalCenter: parent.verticalCenter
        font.weight: Font.DemiBold
        objectName: "hint"
        size: 42
        text: chip.shown
        width: Math.min(implicitWidth, chip.room - sign.width - Theme.px(92))
    }
}
