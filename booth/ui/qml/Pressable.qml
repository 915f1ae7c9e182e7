import QtQuick

// Whatever a finger can press: it gives way at once, and speaks to a screen reader. Each finger is heard by
// itself, so that a hand that leans on the screen does not make the rest of it deaf.
Item {
    id: pressable

    property string label
    property bool pressable: true
    // In a list a finger that moves scrolls; elsewhere it may slip, as long as it ends on the button.
    property bool inList: false
    readonly property bool down: area.pressed
    default property alias content: face.data

    signal tapped

    Accessible.focusable: true
    Accessible.name: label
    Accessible.onPressAction: if (pressable.pressable) tapped()
    Accessible.role: Accessible.Button
    opacity: pressable ? 1 : 0.45

    Item {
        id: face

        height: parent.height
        // without a graphics card a move costs little, another size much
        scale: pressable.down && !Theme.frugal ? 0.955 : 1
        width: parent.width
        y: pressable.down && Theme.frugal ? Math.round(Theme.px(6)) : 0

        Behavior on scale {
            NumberAnimation {
                duration: Theme.quick
                easing.type: Easing.OutCubic
            }
        }
    }

    TapHandler {
        id: area

        enabled: pressable.pressable
        gesturePolicy: pressable.inList ? TapHandler.DragThreshold : TapHandler.ReleaseWithinBounds

        onTapped: pressable.tapped()
    }
}
