import QtQuick

// A fine line and the warm light round the mirror.
Item {
    id: frame

    required property Item mirror

    height: mirror.height
    width: mirror.width
    x: mirror.x
    y: mirror.y

    Rectangle {
        anchors.fill: parent
        anchors.margins: -Theme.px(3)
        border.color: "#66ffc25c"
        border.width: Theme.px(3)
        color: "transparent"
        radius: Theme.radius + Theme.px(3)
    }
}
