pragma ComponentBehavior: Bound

import QtQuick
import Booth.Items

// What the camera sees, with lines to aim it by; sharpness, light, the clean plate, and which camera.
PanelPage {
    id: page

    property bool guide: true
    readonly property real side: Theme.portrait ? Math.min(width, Theme.px(780)) : Theme.px(700)
    readonly property var seen: panel.seen
    readonly property var plate: panel.plate

    objectName: "page-camera"

    Flow {
        spacing: page.gap
        width: parent.width

        Item {
            height: page.side
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
                }

                PanelGuide {
                    anchors.fill: parent
                    visible: page.guide && !page.panel.plateShown
                }

                Rectangle {
                    anchors.bottom: parent.bottom
                    color: "#cc0f0b1c"
                    height: order.implicitHeight + Theme.px(40)
                    visible: order.text !== ""
                    width: parent.width

                    Words {
                        id: order

                        anchors.centerIn: parent
                        color: Theme.sun
                        font.weight: Font.DemiBold
                        horizontalAlignment: Text.AlignHCenter
                        objectName: "plate-order"
                        size: 44
                        text: page.panel.task === "plate" ? page.panel.taskText : ""
                        width: parent.width - Theme.px(48)
                    }
                }
            }
        }

        Column {
            spacing: page.gap
            width: Theme.portrait ? page.width : page.width - page.side - page.gap

            Row {
                spacing: page.gap
                width: parent.width

                PanelButton {
                    label: page.p["camera.guide"]
                    warm: page.guide
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

            PanelCard {
                title: page.p["camera.source"]
                width: parent.width

                Words {
                    font.weight: Font.DemiBold
                    size: 30
                    text: (page.panel.camera.state ?? "") + " · " + (page.panel.camera.facts ?? "")
                    width: parent.width
                }

                PanelGauge {
                    good: page.seen.sharp
                    label: page.p["camera.sharpness"]
                    share: page.seen.sharpness / 100
                    text: page.seen.sharpness + " · " + page.seen.sharpnessText
                    width: parent.width
                }

                Words {
                    color: page.seen.lit ? Theme.leaf : Theme.sun
                    size: 30
                    text: page.p["camera.light"] + ": " + page.seen.lightText
                    visible: page.seen.lightText !== ""
                    width: parent.width
                }
            }

            PanelCard {
                id: light

                readonly property var exposure: page.panel.exposure
                readonly property bool live: page.panel.camera.live === true

                title: page.p["camera.exposure"]
                width: parent.width

                Item {
                    height: Math.max(amount.height, darker.visible ? darker.height : 0)
                    width: parent.width

                    Words {
                        id: amount

                        anchors.verticalCenter: parent.verticalCenter
                        font.weight: Font.DemiBold
                        objectName: "exposure"
                        size: light.exposure.auto ? 30 : 44
                        text: light.exposure.text
                        width: (darker.visible ? darker.x : parent.width) - Theme.px(20)
                    }

                    RoundButton {
                        id: darker

                        anchors.right: brighter.left
                        anchors.rightMargin: Theme.px(16)
                        height: Theme.px(96)
                        icon: "minus"
                        label: page.p["camera.exposure.shorter"]
                        objectName: "darker"
                        pressable: light.live
                        visible: light.exposure.there
                        width: height

                        onTapped: page.panel.exposeBy(-1)
                    }

                    RoundButton {
                        id: brighter

                        anchors.right: parent.right
                        height: Theme.px(96)
                        icon: "plus"
                        label: page.p["camera.exposure.longer"]
                        objectName: "brighter"
                        pressable: light.live
                        visible: light.exposure.there
                        width: height

                        onTapped: page.panel.exposeBy(1)
                    }
                }

                Row {
                    spacing: Theme.px(16)
                    visible: light.exposure.there
                    width: parent.width

                    PanelButton {
                        label: page.p["camera.exposure.self"]
                        objectName: "expose-itself"
                        pressable: light.live && !light.exposure.auto
                        size: 28
                        width: (parent.width - parent.spacing) / 2

                        onPressed: page.panel.exposeItself()
                    }

                    PanelButton {
                        label: page.p["camera.exposure.keep"]
                        objectName: "keep-exposure"
                        size: 28
                        width: (parent.width - parent.spacing) / 2

                        onPressed: page.panel.keepExposure()
                    }
                }
            }

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

            PanelCard {
                title: page.p["camera.choose"]
                visible: page.panel.cameras.length > 1
                width: parent.width

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
}
