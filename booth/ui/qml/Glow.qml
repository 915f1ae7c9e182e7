import QtQuick

// Soft warm light.
Image {
    fillMode: Image.Stretch
    source: "glow.svg"
    sourceSize.height: 512
    sourceSize.width: 512
}
