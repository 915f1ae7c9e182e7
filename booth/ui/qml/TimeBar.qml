import QtQuick

// Shows when a screen leaves by itself.
Item {
    id: bar

    required property real share
    property string text

    implicitHeight: Theme.px(70)

    Words {
        anchors.horizontalCenter: parent.horizontalCenter
        color: Theme.mist
        size: 30
        text: bar.text
    }

    Rectangle {
        anchors.bottom: parent.bottom
        color: Theme.inkRaised
        height: Theme.px(12)
        radius: height / 2
        width: parent.width

        Rectangle {
            color: Theme.sun
            height: parent.height
            radius: height / 2
            width: Math.max(height, parent.width * bar.share)
        }
    }
}
