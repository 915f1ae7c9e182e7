import QtQuick

Image {
    property string name
    property color tint: Theme.paper

    fillMode: Image.PreserveAspectFit
    smooth: true
    source: name ? "image://icon/" + name + "/" + tint.toString().slice(-6) : ""
    sourceSize.height: Math.max(1, Math.round(height))
    sourceSize.width: Math.max(1, Math.round(width))
}
