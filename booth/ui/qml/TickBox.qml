import QtQuick

// A yes that nobody gives by accident: empty until it is touched, and empty again after another touch.
Pressable {
    id: box

    property bool ticked: false
    property string note

    Accessible.checkable: true
    Accessible.checked: ticked
    Accessible.description: note
    Accessible.role: Accessible.CheckBox
    implicitHeight: Math.max(Theme.target(112), words.height + Theme.px(32))

    Rectangle {
        anchors.fill: parent
        border.color: box.ticked ? Theme.leaf : Theme.inkLine
        border.width: Math.max(1, Theme.px(box.ticked ? 4 : 2))
        color: box.down ? Theme.inkLine : Theme.ink
        radius: Theme.px(36)
    }

    Rectangle {
        id: square

        anchors.verticalCenter: parent.verticalCenter
        border.color: box.ticked ? Theme.leaf : Theme.mist
        border.width: Math.max(1, Theme.px(4))
        color: box.ticked ? Theme.leaf : "transparent"
        height: width
        radius: Theme.px(14)
        width: Theme.px(60)
        x: Theme.px(32)

        Icon {
            anchors.centerIn: parent
            height: Theme.px(44)
            name: "check"
            tint: Theme.night
            visible: box.ticked
            width: height
        }
    }

    Column {
        id: words

        anchors.verticalCenter: parent.verticalCenter
        spacing: Theme.px(2)
        width: parent.width - x - Theme.px(28)
        x: square.x + square.width + Theme.px(28)

        Words {
            font.weight: Font.DemiBold
            size: 38
            text: box.label
            width: parent.width
        }

        Words {
            color: Theme.mist
            size: 28
            text: box.note
            visible: text !== ""
            width: parent.width
        }
    }
}
