import QtQuick
import Booth.Items

// The one thing to do on a screen.
Pressable {
    id: button

    property string icon
    property real size: 56

    implicitHeight: Theme.target(172)

    Rectangle {
        anchors.fill: parent
        anchors.topMargin: Theme.px(10)
        color: Theme.emberShade
        radius: height / 2
    }

    WarmItem {
        anchors.bottomMargin: Theme.px(10)
        anchors.fill: parent
        radius: height / 2
        tone: Theme.sun
        toneEnd: Theme.ember
    }

    Row {
        anchors.centerIn: parent
        anchors.verticalCenterOffset: -Theme.px(5)
        spacing: Theme.px(24)

        Icon {
            anchors.verticalCenter: parent.verticalCenter
            height: Theme.px(button.size * 1.25)
            name: button.icon
            tint: Theme.dusk
            visible: button.icon !== ""
            width: height
        }

        Words {
            anchors.verticalCenter: parent.verticalCenter
            color: Theme.dusk
            font.weight: Font.DemiBold
            size: button.size
            text: button.label
            width: Math.min(implicitWidth, button.width - Theme.px(button.icon ? 190 : 100))
            horizontalAlignment: Text.AlignHCenter
            fontSizeMode: Text.HorizontalFit
            verticalAlignment: Text.AlignVCenter
            minimumPixelSize: Math.max(1, Math.round(Theme.px(30)))
            wrapMode: Text.NoWrap
        }
    }
}
