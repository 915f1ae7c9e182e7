pragma ComponentBehavior: Bound

import QtQuick
import Booth.Items

// Ten large keys before the panel.
Item {
    id: lock

    required property PanelModel panel
    readonly property var p: panel.texts
    readonly property real key: Theme.px(Theme.portrait ? 190 : 150)

    objectName: "pin"

    Column {
        anchors.centerIn: parent
        spacing: Theme.px(Theme.portrait ? 44 : 26)
        width: 3 * lock.key + 2 * Theme.px(24)

        Column {
            spacing: Theme.px(6)
            width: parent.width

            Words {
                font.weight: Font.ExtraBold
                horizontalAlignment: Text.AlignHCenter
                size: 64
                text: lock.p["pin.title"]
                width: parent.width
            }

            Words {
                anchors.horizontalCenter: parent.horizontalCenter
                color: lock.panel.pinText === "" ? Theme.mist : Theme.alarm
                horizontalAlignment: Text.AlignHCenter
                objectName: "pin-text"
                size: 32
                text: lock.panel.pinText === "" ? lock.p["pin.hint"] : lock.panel.pinText
                width: Math.min(lock.width - Theme.px(80), Theme.px(900))
            }
        }

        Row {
            anchors.horizontalCenter: parent.horizontalCenter
            height: Theme.px(36)
            spacing: Theme.px(22)

            Repeater {
                model: Math.max(4, lock.panel.typed)

                Rectangle {
                    required property int index

                    anchors.verticalCenter: parent.verticalCenter
                    border.color: Theme.mist
                    border.width: Math.max(1, Theme.px(3))
                    color: index < lock.panel.typed ? Theme.sun : "transparent"
                    height: width
                    radius: width / 2
                    width: Theme.px(28)
                }
            }
        }

        Grid {
            columns: 3
            spacing: Theme.px(24)

            Repeater {
                model: ["1", "2", "3", "4", "5", "6", "7", "8", "9", "erase", "0", "enter"]

                Pressable {
                    id: digit

                    required property string modelData
                    readonly property bool isDigit: modelData.length === 1

                    height: lock.key * (Theme.portrait ? 1 : 0.82)
                    label: isDigit ? modelData : lock.p["pin." + modelData]
                    objectName: "pin-" + modelData
                    width: lock.key

                    onTapped: {
                        if (isDigit)
                            lock.panel.typePin(modelData);
                        else if (modelData === "erase")
                            lock.panel.erasePin();
                        else
                            lock.panel.enterPin();
                    }

                    Rectangle {
                        anchors.fill: parent
                        border.color: Theme.inkLine
                        border.width: digit.modelData === "enter" ? 0 : Math.max(1, Theme.px(2))
                        color: digit.modelData === "enter" ? Theme.sun : digit.down ? Theme.inkLine : Theme.inkRaised
                        radius: Theme.px(36)
                    }

                    Words {
                        anchors.centerIn: parent
                        font.weight: Font.DemiBold
                        size: 64
                        text: digit.isDigit ? digit.modelData : ""
                    }

                    Icon {
                        anchors.centerIn: parent
                        height: Theme.px(64)
                        name: digit.isDigit ? "" : digit.modelData === "erase" ? "erase" : "check"
                        tint: digit.modelData === "enter" ? Theme.dusk : Theme.paper
                        width: height
                    }
                }
            }
        }
    }
}
