pragma ComponentBehavior: Bound

import QtQuick

// Lines to aim a camera by: thirds, the middle, and where heads and feet of a group look right.
Item {
    id: guide

    Repeater {
        model: [1 / 3, 2 / 3]

        Item {
            id: third

            required property real modelData

            anchors.fill: parent

            Rectangle {
                color: "#66ffffff"
                height: parent.height
                width: Math.max(1, Theme.px(2))
                x: parent.width * third.modelData
            }

            Rectangle {
                color: "#66ffffff"
                height: Math.max(1, Theme.px(2))
                width: parent.width
                y: parent.height * third.modelData
            }
        }
    }

    // Heads belong between these two, with air above for hats and hands.
    Rectangle {
        border.color: Theme.sun
        border.width: Math.max(1, Theme.px(3))
        color: "transparent"
        height: parent.height * 0.3
        radius: Theme.px(20)
        width: parent.width * 0.8
        x: parent.width * 0.1
        y: parent.height * 0.14
    }

    Rectangle {
        color: Theme.sun
        height: Math.max(1, Theme.px(3))
        width: parent.width * 0.06
        x: (parent.width - width) / 2
        y: parent.height / 2
    }

    Rectangle {
        color: Theme.sun
        height: parent.height * 0.06
        width: Math.max(1, Theme.px(3))
        x: parent.width / 2
        y: (parent.height - height) / 2
    }
}
