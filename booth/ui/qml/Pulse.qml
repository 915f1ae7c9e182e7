import QtQuick

// A phase that runs from 0 to 1, over and over. Without a graphics card it goes in larger steps: each is drawn by
// the processor, which has guests to cut out.
QtObject {
    id: pulse

    property bool running: false
    property int period: 1800
    property real time: 0
    readonly property int steps: Theme.frugal ? Math.ceil(period / 70) : 0
    readonly property real phase: !running ? 0 : steps ? Math.floor(time * steps) / steps : time

    readonly property NumberAnimation beat: NumberAnimation {
        duration: pulse.period
        from: 0
        loops: Animation.Infinite
        property: "time"
        running: pulse.running
        target: pulse
        to: 1
    }
}
