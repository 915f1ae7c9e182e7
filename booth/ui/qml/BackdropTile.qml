import QtQuick
import Booth.Items

// A backdrop to touch.
Pressable {
    id: tile

    property alias picture: image.picture
    property bool chosen: false
    property bool titled: true
    property real corner: Theme.px(titled ? 36 : 26)

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

    PictureItem {
        id: image

        anchors.fill: parent
        radius: tile.corner
    }

    Rectangle {
        anchors.bottom: parent.bottom
        anchors.bottomMargin: Theme.px(20)
        anchors.left: parent.left
        anchors.leftMargin: Theme.px(20)
        color: "#d90f0b1c"
        height: Theme.px(68)
        radius: height / 2
        visible: tile.titled
        width: Math.min(tile.width - Theme.px(40), title.implicitWidth + Theme.px(52))

        Words {
            id: title

            anchors.centerIn: parent
            font.weight: Font.DemiBold
            fontSizeMode: Text.HorizontalFit
            verticalAlignment: Text.AlignVCenter
            minimumPixelSize: Math.max(1, Math.round(Theme.px(22)))
            size: 34
            text: tile.label
            width: Math.min(implicitWidth, parent.width - Theme.px(40))
            wrapMode: Text.NoWrap
        }
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
