import QtQuick
import Booth.Items

// One page of the panel: a column that can be pushed up and down.
Flickable {
    id: page

    required property PanelModel panel
    readonly property var p: panel.texts
    readonly property real gap: Theme.px(24)
    default property alias content: column.data

    boundsBehavior: Flickable.StopAtBounds
    clip: true
    contentHeight: column.implicitHeight + Theme.px(48)
    flickableDirection: Flickable.VerticalFlick

    Column {
        id: column

        spacing: page.gap
        width: page.width
    }
}
