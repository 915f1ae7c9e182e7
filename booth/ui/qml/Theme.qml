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

    // Settings of the screen: its size in inches, what is written larger, and whether things move to please.
    property real diagonal: 21.5
    property bool largeText: false
    property bool still: false
    property string lens: "top"
    // Whether the processor draws the screen, for want of a graphics card.
    property bool frugal: false
    readonly property real textScale: largeText ? 1.25 : 1
    readonly property real finger: 15 / 25.4 * Math.hypot(windowWidth, windowHeight) / diagonal

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
    readonly property color pen: "#6b4a33"
    readonly property color perforation: "#bfa98f"
    readonly property color emberShade: "#a8452f"
    readonly property color film: "#3a2b26"

    readonly property string sans: "Outfit"
    readonly property string script: "Pacifico"

    readonly property real margin: px(36)
    readonly property real radius: px(40)
    readonly property int quick: span(140)
    readonly property int calm: span(380)

    function px(length: real): real {
        return length * unit;
    }

    // How long a movement lasts, in ms. Without a graphics card each of its steps costs the mirror a picture.
    function span(duration: int): int {
        return still ? 0 : frugal ? 0.4 * duration : duration;
    }

    // How much of something is seen while it comes or goes; without a graphics card in few steps.
    function stepped(share: real): real {
        return frugal ? Math.round(3 * share) / 3 : share;
    }

    // What a finger touches: never under 15 mm.
    function target(length: real): real {
        return Math.max(px(length), finger);
    }
}
