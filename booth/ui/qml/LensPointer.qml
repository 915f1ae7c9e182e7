pragma ComponentBehavior: Bound

import QtQuick

// Light that runs towards the lens: eyes follow it there.
Item {
    id: pointer

    property bool running: false
    readonly property int turn: ({"top": 0, "right": 90, "bottom": 180, "left": 270})[Theme.lens]

    // Shares of the pulse in which an arrow lights up and goes out.
    readonly property real rise: 0.18
    readonly property real fall: 0.46

    function lit(since: real): real {
        return since < 0 ? 0 : since < rise ? since / rise : Math.max(0, 1 - (since - rise) / fall);
    }

    height: Theme.px(150)
    rotation: turn
    width: Theme.px(110)

    Pulse {
        id: pulse

        period: 900
        running: pointer.running && !Theme.still
    }

    Repeater {
        model: 3

        Icon {
            id: arrow

            required property int index

            height: Theme.px(84)
            name: "chevron"
            opacity: Theme.still ? 1 : 0.15 + 0.85 * pointer.lit(pulse.phase - arrow.index * pointer.rise)
            tint: Theme.sun
            width: height
            x: (pointer.width - width) / 2
            y: (2 - index) * Theme.px(38) - Theme.px(6)
        }
    }
}
