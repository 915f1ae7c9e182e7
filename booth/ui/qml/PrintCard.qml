import QtQuick
import Booth.Items

// A photo on paper.
Item {
    id: card

    property alias picture: sheet.picture
    property real border: Theme.px(26)
    property real foot: border
    // Width over height of the picture.
    property real aspect: 1
    readonly property real inside: (width - 2 * border) / aspect
    default property alias over: image.data

    height: inside + border + foot

    Rectangle {
        anchors.fill: parent
        anchors.margins: -Theme.px(3)
        anchors.topMargin: Theme.px(10)
        anchors.bottomMargin: -Theme.px(14)
        antialiasing: true
        color: "#66000000"
        radius: Theme.px(22)
    }

    PrintItem {
        id: sheet

        anchors.fill: parent
        border: card.border
        paper: Theme.paper
        radius: Theme.px(18)
    }

    Item {
        id: image

        clip: true
        height: card.inside
        width: card.width - 2 * card.border
        x: card.border
        y: card.border
    }
}
