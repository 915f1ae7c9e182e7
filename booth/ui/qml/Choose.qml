pragma ComponentBehavior: Bound

import QtQuick

// Where to stand.
StepScreen {
    id: screen

    required property Item mirror

    objectName: "choose"
    step: "choose"

    Rectangle {
        id: fade

        // Dark enough where the words begin.
        readonly property real words: heading.y / height

        height: screen.mirror.height
        width: Theme.portrait ? screen.width : screen.mirror.width

        gradient: Gradient {
            GradientStop {
                color: "#260f0b1c"
                position: Math.max(0, fade.words - 0.2)
            }

            GradientStop {
                color: "#cc0f0b1c"
                position: Math.min(0.9, fade.words)
            }

            GradientStop {
                color: Theme.night
                position: 1
            }
        }
    }

    Column {
        id: heading

        spacing: Theme.px(4)
        width: Theme.portrait ? Theme.px(880) : screen.mirror.width - Theme.px(96)
        x: Theme.px(Theme.portrait ? 60 : 48)
        y: (Theme.portrait ? screen.mirror.height : screen.height - Theme.px(230)) - height - Theme.px(24)

        Accent {
            size: 46
            text: screen.t["choose.hint"]
            width: parent.width
        }

        Words {
            font.weight: Font.ExtraBold
            lineHeight: 1
            fontSizeMode: Text.Fit
            height: Math.min(implicitHeight, Theme.px(Theme.portrait ? 190 : 420))
            size: Theme.portrait ? 80 : 72
            text: screen.t["choose.title"]
            width: parent.width
            wrapMode: Text.WordWrap
        }
    }

    GridView {
        id: grid

        readonly property int columns: Theme.portrait ? 2 : 3
        // The backdrops on screen: only these are composed with the guests in them.
        readonly property var within: {
            const rows = Math.max(0, Math.floor((contentY - originY) / cellHeight));
            const first = rows * columns, end = Math.ceil((contentY - originY + height) / cellHeight) * columns;
            return screen.visit.backdrops.slice(first, end);
        }

        anchors.bottom: parent.bottom
        anchors.bottomMargin: Theme.portrait ? bar.height : 0
        anchors.left: parent.left
        anchors.leftMargin: Theme.portrait ? Theme.px(24) : screen.mirror.width + Theme.px(24)
        anchors.right: parent.right
        anchors.rightMargin: Theme.px(24)
        anchors.top: parent.top
        anchors.topMargin: Theme.portrait ? screen.mirror.height + Theme.px(8) : 0
        bottomMargin: Theme.px(24)
        boundsBehavior: Flickable.DragOverBounds
        cellHeight: Theme.portrait ? cellWidth * 0.94 : cellWidth
        cellWidth: Math.floor(width / columns)
        clip: true
        model: screen.visit.backdrops
        objectName: "tiles"
        reuseItems: true
        topMargin: Theme.px(Theme.portrait ? 0 : 24)

        onMovementStarted: screen.visit.touch()
        onWithinChanged: screen.visit.tiles.show(within)
        Component.onCompleted: screen.visit.tiles.show(within)

        delegate: Item {
            id: cell

            required property string modelData

            height: grid.cellHeight
            width: grid.cellWidth

            LiveTile {
                anchors.fill: parent
                anchors.margins: Theme.px(12)
                feed: screen.visit.tiles
                key: cell.modelData
                label: screen.visit.titles[cell.modelData] ?? ""
                objectName: "tile-" + cell.modelData

                onTapped: screen.visit.chooseBackdrop(cell.modelData)
            }
        }
    }

    // The list goes on below: its lower edge fades, and what stands under it is touched by itself.
    Rectangle {
        anchors.bottom: bar.top
        height: Theme.px(90)
        visible: Theme.portrait
        width: parent.width

        gradient: Gradient {
            GradientStop {
                color: "#000f0b1c"
                position: 0
            }

            GradientStop {
                color: Theme.night
                position: 1
            }
        }
    }

    Item {
        id: bar

        anchors.bottom: parent.bottom
        height: back.height + Theme.px(72)
        width: parent.width
    }

    QuietButton {
        id: back

        anchors.bottom: parent.bottom
        anchors.bottomMargin: Theme.px(44)
        icon: "back"
        label: screen.t["common.back"]
        objectName: "choose-back"
        width: Theme.px(320)
        x: Theme.portrait ? (parent.width - width) / 2 : Theme.px(48)

        onTapped: screen.visit.goBack()
    }
}
