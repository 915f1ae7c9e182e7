pragma ComponentBehavior: Bound

import QtQuick
import Booth.Items

// The one big state, the figures of the evening, the sign on the door, and everything there is to know.
PanelPage {
    id: page

    readonly property var state_: panel.state
    readonly property color tint: state_.level === "fault" ? Theme.alarm : state_.level === "well" ? Theme.leaf : Theme.sun

    objectName: "notices"

    PanelCard {
        border.color: page.tint
        border.width: Math.max(1, Theme.px(3))
        width: parent.width

        Row {
            spacing: Theme.px(32)
            width: parent.width

            Rectangle {
                id: badge

                color: page.tint
                height: width
                radius: width / 2
                width: Theme.px(132)

                Icon {
                    anchors.centerIn: parent
                    height: Theme.px(76)
                    name: page.state_.level === "well" ? "check" : page.state_.level === "closed" ? "closed" : "alert"
                    tint: Theme.night
                    width: height
                }
            }

            Column {
                anchors.verticalCenter: parent.verticalCenter
                spacing: Theme.px(4)
                width: parent.width - badge.width - Theme.px(32)

                Words {
                    color: page.tint
                    font.weight: Font.ExtraBold
                    objectName: "big-state"
                    size: 68
                    text: page.state_.title
                    width: parent.width
                }

                Words {
                    font.weight: Font.DemiBold
                    size: 34
                    text: page.state_.text
                    width: parent.width
                }

                Words {
                    color: Theme.mist
                    size: 32
                    text: page.state_.remedy
                    visible: text !== ""
                    width: parent.width
                }

                Words {
                    color: Theme.mist
                    size: 28
                    text: page.state_.more
                    visible: text !== ""
                    width: parent.width
                }
            }
        }
    }

    PanelCard {
        color: "#3a2414"
        visible: page.panel.unset
        width: parent.width

        Words {
            color: Theme.sun
            size: 30
            text: page.p["unset"]
            width: parent.width
        }
    }

    Grid {
        readonly property int across: Theme.portrait ? 2 : 4

        columns: across
        spacing: page.gap
        visible: page.panel.full
        width: parent.width

        Repeater {
            model: page.panel.figures

            Rectangle {
                id: figure

                required property var modelData

                color: Theme.ink
                height: Theme.px(204)
                radius: Theme.px(28)
                width: (page.width - (Theme.portrait ? 1 : 3) * page.gap) / (Theme.portrait ? 2 : 4)

                Column {
                    anchors.verticalCenter: parent.verticalCenter
                    width: parent.width - Theme.px(56)
                    x: Theme.px(28)

                    Words {
                        color: Theme.sun
                        font.weight: Font.ExtraBold
                        lineHeight: 0.95
                        size: 76
                        text: figure.modelData.value
                        wrapMode: Text.NoWrap
                    }

                    Words {
                        font.weight: Font.DemiBold
                        fontSizeMode: Text.HorizontalFit
                        minimumPixelSize: Math.max(1, Math.round(Theme.px(20)))
                        size: 30
                        text: figure.modelData.label
                        width: parent.width
                        wrapMode: Text.NoWrap
                    }

                    Words {
                        color: Theme.mist
                        fontSizeMode: Text.HorizontalFit
                        minimumPixelSize: Math.max(1, Math.round(Theme.px(20)))
                        size: 26
                        text: figure.modelData.note
                        width: parent.width
                        wrapMode: Text.NoWrap
                    }
                }
            }
        }
    }

    PanelButton {
        icon: page.state_.closed ? "touch" : "closed"
        label: page.state_.closed ? page.p["state.sign.in"] : page.p["state.sign.out"]
        objectName: "sign"
        size: 36
        height: Theme.px(116)
        visible: page.panel.full
        warm: page.state_.closed
        width: parent.width

        onPressed: page.panel.showSign(!page.state_.closed)
    }

    PanelCard {
        title: page.p["state.notes"]
        width: parent.width

        Words {
            color: Theme.mist
            size: 30
            text: page.p["state.nothing"]
            visible: page.panel.notes.length === 0
            width: parent.width
        }

        Repeater {
            model: page.panel.notes

            Row {
                id: note

                required property var modelData

                spacing: Theme.px(20)
                width: parent?.width ?? 0

                Icon {
                    id: sign

                    height: Theme.px(44)
                    name: note.modelData.level === "info" ? "info" : "alert"
                    tint: note.modelData.level === "fault" ? Theme.alarm : note.modelData.level === "warning" ? Theme.sun : Theme.mist
                    width: height
                }

                Column {
                    bottomPadding: Theme.px(12)
                    width: note.width - sign.width - note.spacing

                    Words {
                        font.weight: Font.DemiBold
                        size: 30
                        text: note.modelData.text
                        width: parent.width
                    }

                    Words {
                        color: Theme.mist
                        size: 28
                        text: note.modelData.remedy
                        visible: text !== ""
                        width: parent.width
                    }
                }
            }
        }
    }
}
