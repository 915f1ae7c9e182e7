import QtQuick
import Booth.Items

// A small backdrop to touch.
Pressable {
    id: tile

    required property TileFeed feed
    property alias key: image.key
    property bool chosen: false
    readonly property real corner: Theme.px(26)

    inList: true
    Accessible.checkable: true
    Accessible.checked: chosen

    Rectangle {
        anchors.fill: parent
        anchors.margins: -Theme.px(8)
        border.color: Theme.sun
        border.width: Theme.px(6)
        color: "transparent"
        radius: tile.corner + Theme.px(8)
        visible: tile.chosen
    }

    TileItem {
        id: image

        anchors.fill: parent
        feed: tile.feed
        radius: tile.corner
    }

    Rectangle {
        anchors.right: parent.right
        anchors.rightMargin: -Theme.px(6)
        anchors.top: parent.top
        anchors.topMargin: -Theme.px(6)
        color: Theme.sun
        height: Theme.px(48)
        radius: height / 2
        visible: tile.chosen
        width: height

        Icon {
            anchors.centerIn: parent
            height: Theme.px(32)
            name: "check"
            tint: Theme.dusk
            width: height
        }
    }
}
