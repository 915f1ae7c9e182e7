pragma ComponentBehavior: Bound

import QtQuick
import Booth.Items

// The packs in the operator's folder: touched, one is looked over and its pictures drawn; then it can be used.
PanelPage {
    id: page

    readonly property PacksModel packs: panel.packs

    objectName: "page-event"

    component PackRow: Pressable {
        id: row

        property string note
        property bool looked: false
        property bool used: false

        inList: true
        implicitHeight: Math.max(Theme.px(112), words.height + Theme.px(36))

        Rectangle {
            anchors.fill: parent
            border.color: row.looked ? Theme.sun : Theme.inkLine
            border.width: Math.max(1, Theme.px(row.looked ? 4 : 2))
            color: row.down ? Theme.inkLine : Theme.inkRaised
            radius: Theme.px(28)
        }

        Icon {
            id: sign

            anchors.verticalCenter: parent.verticalCenter
            height: Theme.px(48)
            name: "box"
            tint: row.used ? Theme.leaf : Theme.mist
            width: height
            x: Theme.px(28)
        }

        Column {
            id: words

            anchors.verticalCenter: parent.verticalCenter
            width: (badge.visible ? badge.x : parent.width) - x - Theme.px(20)
            x: sign.x + sign.width + Theme.px(24)

            Words {
                elide: Text.ElideRight
                font.weight: Font.DemiBold
                size: 34
                text: row.label
                width: parent.width
                wrapMode: Text.NoWrap
            }

            Words {
                color: Theme.mist
                elide: Text.ElideMiddle
                size: 26
                text: row.note
                width: parent.width
                wrapMode: Text.NoWrap
            }
        }

        Row {
            id: badge

            anchors.right: parent.right
            anchors.rightMargin: Theme.px(28)
            anchors.verticalCenter: parent.verticalCenter
            spacing: Theme.px(10)
            visible: row.used

            Icon {
                anchors.verticalCenter: parent.verticalCenter
                height: Theme.px(36)
                name: "check"
                tint: Theme.leaf
                width: height
            }

            Words {
                color: Theme.leaf
                font.weight: Font.DemiBold
                size: 28
                text: page.p["packs.used"]
                wrapMode: Text.NoWrap
            }
        }
    }

    Flow {
        spacing: page.gap
        width: parent.width

        PanelCard {
            id: list

            title: page.p["packs.title"] + (page.packs.folder ? " · " + page.packs.folder : "")
            width: Theme.portrait ? page.width : (page.width - page.gap) * 0.4

            Words {
                size: 30
                text: page.packs.hint
                visible: text !== ""
                width: parent.width
            }

            Repeater {
                model: page.packs.found

                PackRow {
                    required property var modelData

                    label: modelData.name
                    looked: modelData.looked
                    note: modelData.file
                    objectName: "pack-" + modelData.name
                    used: modelData.used
                    width: parent?.width ?? 0

                    onTapped: page.packs.look(modelData.path)
                }
            }

            PackRow {
                label: page.packs.elsewhere
                pressable: false
                used: true
                visible: label !== ""
                width: parent.width
            }

            PanelButton {
                icon: page.packs.used === "" ? "check" : "cross"
                label: page.p["packs.none"]
                objectName: "pack-none"
                pressable: page.packs.used !== ""
                size: 28
                sure: page.p["system.sure"]
                width: parent.width

                onPressed: page.packs.useNone()
            }

            PanelButton {
                icon: "again"
                label: page.p["packs.again"]
                objectName: "packs-again"
                size: 28
                visible: page.packs.folder !== ""
                width: parent.width

                onPressed: page.packs.refresh()
            }
        }

        PanelCard {
            title: page.packs.name
            visible: page.packs.name !== ""
            width: Theme.portrait ? page.width : page.width - list.width - page.gap

            Words {
                color: page.packs.drawing ? Theme.mist : page.packs.good ? Theme.leaf : Theme.alarm
                font.weight: Font.DemiBold
                objectName: "pack-verdict"
                size: 34
                text: page.packs.verdict
                width: parent.width
            }

            Repeater {
                model: page.packs.findings

                PanelFinding {
                    required property var modelData

                    found: modelData
                    width: parent?.width ?? 0
                }
            }

            PanelButton {
                icon: "check"
                label: page.p["packs.use"]
                objectName: "use-pack"
                visible: page.packs.good
                warm: true
                width: parent.width

                onPressed: page.packs.use()
            }

            PictureItem {
                Accessible.name: page.packs.name
                Accessible.role: Accessible.Graphic
                height: page.packs.aspect > 0 ? width / page.packs.aspect : 0
                objectName: "pack-sheet"
                picture: page.packs.sheet
                radius: Theme.px(20)
                visible: page.packs.aspect > 0
                width: parent.width
            }
        }
    }
}
