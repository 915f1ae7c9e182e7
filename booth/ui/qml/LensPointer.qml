pragma ComponentBehavior: Bound

import QtQuick

// Light that runs towards the lens: eyes follow it there.
Item {
    id: pointer

    property bool running: false
    readonly property int turn: ({"top": 0, "right": 90, "bottom": 180, "left": 270})[Theme.lens]

    height: Theme.px(150)
    rotation: turn
    width: Theme.px(110)

    Repeater {
        model: 3

        Icon {
            id: arrow

            required property int index

            height: Theme.px(84)
            name: "chevron"
            opacity: Theme.still ? 1 : 0.15
            tint: Theme.sun
            width: height
            x: (pointer.width - width) / 2
            y: (2 - index) * Theme.px(38) - Theme.px(6)

            SequentialAnimation on opacity {
                loops: Animation.Infinite
                running: pointer.running && !Theme.still

                PauseAnimation {
                    duration: arrow.index * 160
                }

                NumberAnimation {
                    duration: 160
                    to: 1
                }

                NumberAnimation {
                    duration: 420
                    to: 0.15
                }

                PauseAnimation {
                    duration: (2 - arrow.index) * 160
                }
            }
        }
    }
}
