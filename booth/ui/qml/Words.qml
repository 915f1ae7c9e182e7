import QtQuick

// A line or paragraph in the house's type.
Text {
    property real size: 36

    color: Theme.paper
    font.family: Theme.sans
    font.pixelSize: Math.max(1, Math.round(Theme.px(size) * Theme.textScale))
    textFormat: Text.PlainText
    wrapMode: Text.Wrap
}
