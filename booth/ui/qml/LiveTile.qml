import QtQuick
import Booth.Items

// A backdrop to touch, in which the guests already stand.
Pressable {
    id: tile

    required property TileFeed feed
    property alias key: image.key

    inList: true

    TileItem {
        id: image

        anchors.fill: parent
        feed: tile.feed
        radius: Theme.px(36)
        upper: 0.3
    }

    Rectangle {
        anchors.bottom: parent.bottom
        anchors.bottomMargin: Theme.px(20)
        anchors.left: parent.left
        anchors.leftMargin: Theme.px(20)
        color: "#d90f0b1c"
        height: Theme.px(68) * Math.sqrt(Theme.textScale)
        radius: height / 2
        width: Math.min(tile.width - Theme.px(40), title.implicitWidth + Theme.px(52))

        Words {
            id: title

            anchors.centerIn: parent
            font.weight: Font.DemiBold
            fontSizeMode: Text.HorizontalFit
            minimumPixelSize: Math.max(1, Math.round(Theme.px(22)))
            size: 36
            text: tile.label
            width: Math.min(implicitWidth, parent.width - Theme.px(40))
            wrapMode: Text.NoWrap
        }
    }
}
