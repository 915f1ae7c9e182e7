import QtQuick

// A raised area of the panel; whoever uses it puts a column in.
Rectangle {
    id: card

    property string title
    property real inset: Theme.px(32)
    default property alias content: column.data

    color: Theme.ink
    implicitHeight: column.implicitHeight + 2 * inset
    radius: Theme.px(28)

    Column {
        id: column

        spacing: Theme.px(16)
        width: card.width - 2 * card.inset
        x: card.inset
        y: card.inset

        Words {
            color: Theme.mist
            font.weight: Font.DemiBold
            size: 28
            text: card.title
            visible: text !== ""
            width: parent.width
        }
    }
}
