import QtQuick

// One bar of a chart, with its name before and its value behind.
Item {
    id: bar

    property string label
    property string text
    property real share: 0

    implicitHeight: Theme.px(76)

    Words {
        id: name

        elide: Text.ElideRight
        size: 28
        text: bar.label
        width: parent.width - value.width - Theme.px(20)
        wrapMode: Text.NoWrap
    }

    Words {
        id: value

        anchors.right: parent.right
        font.weight: Font.DemiBold
        size: 28
        text: bar.text
        wrapMode: Text.NoWrap
    }

    Rectangle {
        color: Theme.inkRaised
        height: Theme.px(20)
        radius: height / 2
        width: parent.width
        y: name.height + Theme.px(6)

        Rectangle {
            color: Theme.sun
            height: parent.height
            radius: height / 2
            width: Math.max(height, parent.width * bar.share)
        }
    }
}
