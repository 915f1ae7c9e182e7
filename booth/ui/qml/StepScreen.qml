import QtQuick
import Booth.Items

// One step of the visit; it fades in and out and is deaf while it does not stand.
Item {
    id: screen

    required property VisitModel visit
    property string step
    property bool current: visit.step === step
    property real presence: current ? 1 : 0
    readonly property var t: visit.texts

    enabled: current
    opacity: Theme.stepped(presence)
    visible: opacity > 0

    Behavior on presence {
        NumberAnimation {
            duration: Theme.calm
            easing.type: Easing.OutCubic
        }
    }
}
