import QtQuick

// Find your spot, then press.
StepScreen {
    id: screen

    required property Item mirror

    objectName: "pose"
    step: "pose"

    MirrorFrame {
        mirror: screen.mirror
    }

    HintChip {
        anchors.horizontalCenter: parent.horizontalCenter
        anchors.horizontalCenterOffset: screen.mirror.x + screen.mirror.width / 2 - screen.width / 2
        room: screen.mirror.width - Theme.px(48)
        text: screen.visit.hint
        y: screen.mirror.y + screen.mirror.height - height - Theme.px(36)
    }

    Item {
        id: side

        height: Theme.portrait ? parent.height : screen.mirror.height
        width: Theme.portrait ? parent.width : parent.width - x - Theme.px(36)
        x: Theme.portrait ? 0 : screen.mirror.x + screen.mirror.width + Theme.px(36)
        y: Theme.portrait ? 0 : screen.mirror.y

        Column {
            id: heading

            width: parent.width - Theme.px(96)
            x: Theme.px(48)
            y: Theme.portrait ? (screen.mirror.y - height) / 2 : Theme.px(8)

            Words {
                font.weight: Font.ExtraBold
                horizontalAlignment: Theme.portrait ? Text.AlignHCenter : Text.AlignLeft
                size: 66
                text: screen.visit.backdropTitle
                width: parent.width
                fontSizeMode: Text.HorizontalFit
                maximumLineCount: 1
            }

            Words {
                color: Theme.mist
                horizontalAlignment: Text.AlignLeft
                size: 38
                text: screen.t["pose.title"]
                visible: !Theme.portrait
                width: parent.width
            }
        }

        BackdropStrip {
            room: hint.y - y - Theme.px(20)
            visible: screen.visible && screen.visit.backdrops.length > 1
            visit: screen.visit
            width: parent.width - (Theme.portrait ? 0 : Theme.px(72))
            wraps: !Theme.portrait
            x: Theme.portrait ? 0 : Theme.px(36)
            y: Theme.portrait ? screen.mirror.y + screen.mirror.height + Theme.px(22) : heading.y + heading.height + Theme.px(28)
        }

        Words {
            id: hint

            anchors.horizontalCenter: parent.horizontalCenter
            color: Theme.mist
            horizontalAlignment: Text.AlignHCenter
            size: 38
            text: screen.visit.shots > 1 ? screen.visit.stripText : screen.t["pose.hint"]
            width: parent.width - Theme.px(96)
            y: controls.y - height - Theme.px(Theme.portrait ? 44 : 26)
        }

        Item {
            id: controls

            anchors.bottom: parent.bottom
            anchors.bottomMargin: Theme.px(Theme.portrait ? 84 : 0)
            height: Theme.px(300)
            width: parent.width

            RoundButton {
                anchors.left: parent.left
                anchors.leftMargin: Theme.px(Theme.portrait ? 84 : 48)
                anchors.verticalCenter: parent.verticalCenter
                icon: "back"
                label: screen.t["common.back"]
                objectName: "pose-back"

                onTapped: screen.visit.goBack()
            }

            Shutter {
                anchors.centerIn: parent
                label: screen.t["pose.shutter"]
                objectName: "shutter"

                onTapped: screen.visit.pressShutter()
            }
        }
    }
}
