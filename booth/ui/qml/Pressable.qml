import QtQuick

// Whatever a finger can press: it gives way at once, and speaks to a screen reader.
Item {
    id: pressable

    property string label
    property bool pressable: true
    readonly property bool down: area.pressed && area.containsMouse
    default property alias content: face.data

    signal tapped

    Accessible.focusable: true
    Accessible.name: label
    Accessible.onPressAction: tapped()
    Accessible.role: Accessible.Button
    opacity: pressable ? 1 : 0.45

    Item {
        id: face

        anchors.fill: parent
        scale: pressable.down ? 0.955 : 1

        Behavior on scale {
            NumberAnimation {
                duration: Theme.quick
                easing.type: Easing.OutCubic
            }
        }
    }

    MouseArea {
        id: area

        anchors.fill: parent
        enabled: pressable.pressable

        onClicked: pressable.tapped()
    }
}
