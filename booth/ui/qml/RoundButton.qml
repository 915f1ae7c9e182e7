import QtQuick

// A round button with an icon.
Pressable {
    id: button

    property string icon

    implicitHeight: Theme.target(128)
    implicitWidth: Theme.target(128)

    Rectangle {
        anchors.fill: parent
        border.color: Theme.inkLine
        border.width: Math.max(1, Theme.px(2))
        color: button.down ? Theme.inkLine : Theme.inkRaised
        radius: height / 2
    }

    Icon {
        anchors.centerIn: parent
        height: parent.height * 0.44
        name: button.icon
        width: height
    }
}
