pragma ComponentBehavior: Bound

import QtQuick
import Booth.Items

// A row (or, beside the picture, a grid) of small backdrops to switch between.
Item {
    id: strip

    required property VisitModel visit
    property bool wraps: false
    // The height of a grid; a row is as high as its tiles.
    property real room: 0
    property real rowTile: Theme.px(172)
    readonly property real tileSize: wraps ? fitting(room) : rowTile

    // The side of tiles of which rows fill a height, with a bit of one more to show that there is more.
    function fitting(height: real): real {
        const rows = Math.max(1, Math.round(height / Theme.px(200))) + 0.22;
        return Math.max(Theme.px(120), Math.min(Theme.px(220), height / rows - Theme.px(24)));
    }

    function showChosen(): void {
        for (let i = 0; i < visit.backdrops.length; i++)
            if (visit.backdrops[i] === visit.backdropId)
                grid.positionViewAtIndex(i, GridView.Contain);
    }

    height: wraps ? room : rowTile + Theme.px(24)

    onVisibleChanged: if (visible) showChosen()

    GridView {
        id: grid

        anchors.fill: parent
        anchors.leftMargin: strip.wraps ? 0 : Theme.margin - Theme.px(12)
        boundsBehavior: Flickable.DragOverBounds
        cellHeight: strip.tileSize + Theme.px(24)
        cellWidth: strip.wraps ? width / Math.max(1, Math.floor(width / (strip.tileSize + Theme.px(24)))) : strip.tileSize + Theme.px(24)
        clip: strip.wraps
        flow: strip.wraps ? GridView.FlowLeftToRight : GridView.FlowTopToBottom
        model: strip.visit.backdrops
        reuseItems: true

        delegate: Item {
            id: cell

            required property string modelData

            height: grid.cellHeight
            width: grid.cellWidth

            BackdropTile {
                anchors.centerIn: parent
                chosen: strip.visit.backdropId === cell.modelData
                feed: strip.visit.tiles
                height: strip.tileSize
                key: cell.modelData
                label: strip.visit.titles[cell.modelData] ?? ""
                objectName: "small-" + cell.modelData
                width: strip.tileSize

                onTapped: strip.visit.chooseBackdrop(cell.modelData)
            }
        }
    }
}
