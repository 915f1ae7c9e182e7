import QtQuick

// Soft warm light, drawn once at its size: without a graphics card every change of a screen scales it anew.
Image {
    asynchronous: true
    source: "glow.svg"
    sourceSize.height: Math.round(height)
    sourceSize.width: Math.round(width)
}
