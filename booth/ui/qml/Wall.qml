pragma ComponentBehavior: Bound

import QtQuick
import Booth.Items

// The second screen: codes in letters that can be read from across the room.
Rectangle {
    id: root

    required property WallModel wall
    readonly property real em: Math.min(width, height) / 100
    // Few codes are written larger: they are read from further away.
    readonly property real cell: {
        const tickets = wall.groups.reduce((sum, group) => sum + group.tickets.length, 0);
        return em * (tickets <= 2 ? 1.7 : tickets <= 4 ? 1.25 : 1);
    }

    color: Theme.night

    Binding {
        property: "windowWidth"
        target: Theme
        value: root.width
    }

    Binding {
        property: "windowHeight"
        target: Theme
        value: root.height
    }

    Glow {
        anchors.horizontalCenter: parent.horizontalCenter
        anchors.verticalCenter: parent.top
        height: root.height * 1.2
        width: root.width
    }

    Words {
        id: eventName

        anchors.horizontalCenter: parent.horizontalCenter
        anchors.top: parent.top
        anchors.topMargin: 4 * root.em
        color: Theme.sun
        font.family: Theme.script
        font.pixelSize: 5 * root.em
        text: root.wall.event_name
    }

    // As large as it goes: many codes shrink together.
    Column {
        readonly property real room: root.height - eventName.y - eventName.height - 6 * root.em

        scale: Math.min(1, room / Math.max(1, height))
        spacing: 5 * root.em
        transformOrigin: Item.Top
        width: (parent.width - 8 * root.em)
        x: 4 * root.em
        y: eventName.y + eventName.height + 2 * root.em + Math.max(0, (room - height) / 2)

        Repeater {
            model: root.wall.groups

            Column {
                id: group

                required property var modelData

                spacing: 2.4 * root.em
                width: parent.width

                Words {
                    color: Theme.mist
                    font.pixelSize: 4 * root.em
                    font.weight: Font.DemiBold
                    horizontalAlignment: Text.AlignHCenter
                    text: group.modelData.title
                    width: parent.width
                }

                Flow {
                    id: codes

                    readonly property int across: Math.max(1, Math.min(group.modelData.tickets.length,
                        Math.floor((group.width + spacing) / (38 * root.cell + spacing))))

                    anchors.horizontalCenter: parent.horizontalCenter
                    spacing: 2 * root.em
                    width: Math.ceil(across * 38 * root.cell + (across - 1) * spacing) + 1

                    Repeater {
                        model: group.modelData.tickets

                        Rectangle {
                            id: ticket

                            required property var modelData
                            readonly property bool plain: group.modelData.kind === "printing"
                            readonly property color ink: plain ? Theme.paper : Theme.night

                            color: plain ? Theme.inkRaised : group.modelData.kind === "ready" ? Theme.leaf : Theme.alarm
                            height: (ticket.modelData.place ? 19 : 15) * root.cell
                            radius: 3 * root.cell
                            width: 38 * root.cell

                            Column {
                                anchors.centerIn: parent

                                Words {
                                    anchors.horizontalCenter: parent.horizontalCenter
                                    color: ticket.ink
                                    font.letterSpacing: 0.5 * root.cell
                                    font.pixelSize: 11 * root.cell
                                    font.weight: Font.ExtraBold
                                    text: ticket.modelData.code
                                }

                                Words {
                                    anchors.horizontalCenter: parent.horizontalCenter
                                    color: ticket.ink
                                    font.pixelSize: 3 * root.cell
                                    text: ticket.modelData.place
                                    visible: ticket.modelData.place
                                }
                            }
                        }
                    }
                }
            }
        }

        Words {
            font.pixelSize: 6 * root.em
            horizontalAlignment: Text.AlignHCenter
            text: root.wall.nothing
            visible: root.wall.groups.length === 0
            width: parent.width
        }
    }
}
