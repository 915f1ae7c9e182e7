pragma ComponentBehavior: Bound

import QtQuick
import Booth.Items

// What the camera sees stays in view while its light, the clean plate and the cameras at hand are gone through.
Item {
    id: page

    required property PanelModel panel
    readonly property var p: panel.texts
    readonly property real gap: Theme.px(24)
    property bool guide: true
    readonly property real side: Theme.portrait ? Math.min(width, Theme.px(700)) : Math.min(height - buttons.height - 2 * gap, Theme.px(780))
    readonly property var seen: panel.seen
    readonly property var plate: panel.plate

    objectName: "page-camera"

    Item {
        id: eye

        height: page.side + page.gap + buttons.height
        width: Theme.portrait ? page.width : page.side

        Rectangle {
            id: frame

            anchors.horizontalCenter: parent.horizontalCenter
            clip: true
            color: Theme.ink
            height: width
            width: page.side

            PictureItem {
                anchors.fill: parent
                objectName: "camera-view"
                picture: page.panel.view
                radius: Theme.px(20)
            }

            PanelGuide {
                anchors.fill: parent
                visible: page.guide && !page.panel.plateShown
            }

            // How sharp and how well lit, where the eye is while a hand turns lens and lamps.
            Rectangle {
                anchors.bottom: parent.bottom
                color: "#d90f0b1c"
                height: below.height + Theme.px(36)
                visible: !page.panel.plateShown
                width: parent.width

                Column {
                    id: below

                    anchors.centerIn: parent
                    spacing: Theme.px(10)
                    width: parent.width - Theme.px(56)

                    Words {
                        color: Theme.sun
                        font.weight: Font.DemiBold
                        horizontalAlignment: Text.AlignHCenter
                        objectName: "plate-order"
                        size: 44
                        text: page.panel.task === "plate" ? page.panel.taskText : ""
                        visible: text !== ""
                        width: parent.width
                    }

                    PanelGauge {
                        good: page.seen.sharp
                        label: page.p["camera.sharpness"]
                        share: page.seen.sharpness / 100
                        text: page.seen.sharpness + " · " + page.seen.sharpnessText
                        visible: page.panel.task !== "plate"
                        width: parent.width
                    }

                    Words {
                        color: page.seen.lit ? Theme.leaf : Theme.sun
                        font.weight: Font.DemiBold
                        size: 30
                        text: page.p["camera.light"] + ": " + page.seen.lightText
                        visible: page.seen.lightText !== "" && page.panel.task !== "plate"
                        width: parent.width
                    }
                }
            }
        }

        Row {
            id: buttons

            anchors.bottom: parent.bottom
            spacing: page.gap
            width: parent.width

            PanelButton {
                icon: page.guide ? "check" : ""
                label: page.p["camera.guide"]
                objectName: "guide"
                size: 28
                width: (parent.width - page.gap) / 2

                onPressed: page.guide = !page.guide
            }

            PanelButton {
                icon: "plate"
                label: page.panel.plateShown ? page.p["camera.see.live"] : page.p["camera.see.plate"]
                objectName: "see-plate"
                pressable: page.plate.there === true
                size: 28
                width: (parent.width - page.gap) / 2

                onPressed: page.panel.lookAtPlate(!page.panel.plateShown)
            }
        }
    }

    PanelPage {
        anchors.bottom: parent.bottom
        anchors.left: Theme.portrait ? parent.left : eye.right
        anchors.leftMargin: Theme.portrait ? 0 : page.gap
        anchors.right: parent.right
        anchors.top: Theme.portrait ? eye.bottom : parent.top
        anchors.topMargin: Theme.portrait ? page.gap : 0
        panel: page.panel

        PanelCard {
            title: page.p["plate.title"]
            width: parent.width

            Words {
                size: 30
                text: page.plate.text ?? ""
                width: parent.width
            }

            Words {
                color: page.plate.fits === true ? Theme.leaf : Theme.sun
                size: 30
                text: page.plate.drift ?? ""
                visible: text !== ""
                width: parent.width
            }

            PanelButton {
                icon: "plate"
                label: page.p["plate.take"]
                objectName: "take-plate"
                pressable: page.panel.task === ""
                warm: page.plate.there === false
                width: parent.width

                onPressed: page.panel.takePlate()
            }
        }

        PanelExposure {
            panel: page.panel
            width: parent.width
        }

        PanelCard {
            title: page.p["camera.source"]
            width: parent.width

            Words {
                font.weight: Font.DemiBold
                size: 30
                text: (page.panel.camera.state ?? "") + " · " + (page.panel.camera.facts ?? "")
                width: parent.width
            }

            Words {
                color: Theme.mist
                size: 28
                text: page.p["camera.choose"]
                visible: page.panel.cameras.length > 1
                width: parent.width
            }

            Repeater {
                model: page.panel.cameras

                PanelButton {
                    required property var modelData

                    icon: modelData.used ? "check" : "camera"
                    label: modelData.label
                    size: 26
                    width: parent?.width ?? 0

                    onPressed: page.panel.chooseCamera(modelData.source)
                }
            }
        }
    }
}
