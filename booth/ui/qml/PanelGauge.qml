import QtQuick

// A value as a bar, and in words: nothing is said by colour alone.
Column {
    id: gauge

    property string label
    property string text
    property real share: 0
    property bool good: true

    spacing: Theme.px(8)

    Words {
        size: 30
        text: gauge.label + ": " + gauge.text
        width: parent.width
    }

    Rectangle {
        color: Theme.inkRaised
        height: Theme.px(18)
        radius: height / 2
        width: parent.width

        Rectangle {
            color: gauge.good ? Theme.leaf : Theme.sun
            height: parent.height
            radius: height / 2
            width: Math.max(height, parent.width * Math.max(0, Math.min(1, gauge.share)))

            Behavior on width {
                NumberAnimation {
                    duration: Theme.calm
                }
            }
        }
    }
}
