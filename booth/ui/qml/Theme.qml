pragma Singleton
import QtQuick

// The look, in one place. Lengths are in pixels of the design (1080x1920 or 1920x1080) and scale with the window.
QtObject {
    id: theme

    property real windowWidth: 1080
    property real windowHeight: 1920
    readonly property bool portrait: windowHeight >= windowWidth
    readonly property real unit: portrait ? Math.min(windowWidth / 1080, windowHeight / 1920)
                                          : Math.min(windowWidth / 1920, windowHeight / 1080)

    readonly property color night: "#0f0b1c"
    readonly property color ink: "#1a1430"
    readonly property color inkRaised: "#2a2148"
    readonly property color inkLine: "#46396f"
    readonly property color paper: "#fff6ea"
    readonly property color paperShade: "#eadccb"
    readonly property color mist: "#cfc4e6"
    readonly property color sun: "#ffc25c"
    readonly property color ember: "#ff8a5b"
    readonly property color dusk: "#231338"
    readonly property color leaf: "#8fe3b6"
    readonly property color alarm: "#ff9b8f"

    readonly property string sans: "Outfit"
    readonly property string script: "Pacifico"

    readonly property real margin: px(36)
    readonly property real radius: px(40)
    readonly property int quick: 140
    readonly property int calm: 380

    function px(length: real): real {
        return length * unit;
    }
}
