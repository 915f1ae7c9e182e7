import QtQuick

// Something else that one may do.
Pressable {
    id: button

    property string icon
    property string note
    property real size: 38
    property bool bare: false
    property color tint: Theme.paper

    implicitHeight: Theme.target(128)

    Rectangle {
        anchors.fill: parent
        border.color: Theme.inkLine
        border.width: Math.max(1, Theme.px(2))
        color: button.down ? Theme.inkLine : Theme.inkRaised
        radius: height / 2
        visible: !button.bare
    }

    Row {
        anchors.centerIn: parent
        spacing: Theme.px(20)

        Icon {
            anchors.verticalCenter: parent.verticalCenter
            height: Theme.px(button.size * 1.3)
            name: button.icon
            tint: button.tint
            visible: button.icon !== ""
            width: height
        }

        Column {
            anchors.verticalCenter: parent.verticalCenter

            Words {
                color: button.tint
                font.weight: Font.DemiBold
                fontSizeMode: Text.HorizontalFit
                verticalAlignment: Text.AlignVCenter
                minimumPixelSize: Math.max(1, Math.round(Theme.px(20)))
                size: button.size
                text: button.label
                width: Math.min(implicitWidth, button.width - Theme.px(button.icon ? button.size * 1.3 + 76 : 56))
                wrapMode: Text.NoWrap
            }

            Words {
                color: Theme.mist
                fontSizeMode: Text.HorizontalFit
                verticalAlignment: Text.AlignVCenter
                minimumPixelSize: Math.max(1, Math.round(Theme.px(18)))
                size: 28
                width: Math.min(implicitWidth, button.width - Theme.px(button.icon ? button.size * 1.3 + 76 : 56))
                text: button.note
                visible: button.note !== ""
                wrapMode: Text.NoWrap
            }
        }
    }
}
