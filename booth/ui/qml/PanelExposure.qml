import QtQuick
import Booth.Items

// For how long the camera lets light in: by eye, a step at a time, or as the camera decides.
PanelCard {
    id: card

    required property PanelModel panel
    readonly property var exposure: panel.exposure
    readonly property bool live: panel.camera.live === true
    readonly property real key: Theme.px(96)

    title: panel.texts["camera.exposure"]

    Item {
        height: Math.max(amount.height, darker.visible ? card.key : 0)
        width: parent.width

        Words {
            id: amount

            anchors.verticalCenter: parent.verticalCenter
            font.weight: Font.DemiBold
            objectName: "exposure"
            size: card.exposure.auto ? 30 : 44
            text: card.exposure.text
            width: (darker.visible ? darker.x : parent.width) - Theme.px(20)
        }

        RoundButton {
            id: darker

            anchors.right: brighter.left
            anchors.rightMargin: Theme.px(16)
            height: card.key
            icon: "minus"
            label: card.panel.texts["camera.exposure.shorter"]
            objectName: "darker"
            pressable: card.live
            visible: card.exposure.there
            width: card.key

            onTapped: card.panel.exposeBy(-1)
        }

        RoundButton {
            id: brighter

            anchors.right: parent.right
            height: card.key
            icon: "plus"
            label: card.panel.texts["camera.exposure.longer"]
            objectName: "brighter"
            pressable: card.live
            visible: card.exposure.there
            width: card.key

            onTapped: card.panel.exposeBy(1)
        }
    }

    Row {
        spacing: Theme.px(16)
        visible: card.exposure.there
        width: parent.width

        PanelButton {
            label: card.panel.texts["camera.exposure.self"]
            objectName: "expose-itself"
            pressable: card.live && !card.exposure.auto
            size: 28
            width: (parent.width - parent.spacing) / 2

            onPressed: card.panel.exposeItself()
        }

        PanelButton {
            label: card.panel.texts["camera.exposure.keep"]
            objectName: "keep-exposure"
            size: 28
            width: (parent.width - parent.spacing) / 2

            onPressed: card.panel.keepExposure()
        }
    }
}
