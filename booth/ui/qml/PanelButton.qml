import QtQuick

// A button of the panel. What cannot be taken back is asked twice: `sure` is what it says in between.
Pressable {
    id: button

    property string icon
    property string sure
    property bool warm: false
    property bool grave: false
    property real size: 32
    property bool armed: false
    readonly property color tint: warm ? Theme.dusk : grave || armed ? Theme.alarm : Theme.paper

    signal pressed

    implicitHeight: Theme.px(96)
    implicitWidth: line.implicitWidth + Theme.px(64)

    onTapped: {
        if (sure === "" || armed) {
            armed = false;
            pressed();
        } else {
            armed = true;
        }
    }

    Timer {
        interval: 4000
        running: button.armed

        onTriggered: button.armed = false
    }

    Rectangle {
        anchors.fill: parent
        border.color: button.armed ? Theme.alarm : Theme.inkLine
        border.width: button.warm ? 0 : Math.max(1, Theme.px(2))
        color: button.warm ? (button.down ? Theme.ember : Theme.sun) : button.down ? Theme.inkLine : Theme.inkRaised
        radius: height / 2
    }

    Row {
        id: line

        anchors.centerIn: parent
        spacing: Theme.px(16)

        Icon {
            anchors.verticalCenter: parent.verticalCenter
            height: Theme.px(button.size * 1.25)
            name: button.icon
            tint: button.tint
            visible: button.icon !== ""
            width: height
        }

        Words {
            anchors.verticalCenter: parent.verticalCenter
            color: button.tint
            font.weight: Font.DemiBold
            size: button.size
            text: button.armed ? button.sure : button.label
            wrapMode: Text.NoWrap
        }
    }
}
