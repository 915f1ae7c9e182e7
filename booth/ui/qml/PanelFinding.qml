import QtQuick

// One thing that was looked at: its lamp, what was found, and what helps.
Row {
    id: finding

    required property var found
    readonly property string lamp: found.lamp
    readonly property color tint: lamp === "green" ? Theme.leaf : lamp === "red" ? Theme.alarm : Theme.sun

    spacing: Theme.px(20)

    Rectangle {
        id: sign

        color: finding.tint
        height: width
        radius: width / 2
        width: Theme.px(52)

        Icon {
            anchors.centerIn: parent
            height: Theme.px(32)
            name: finding.lamp === "green" ? "check" : finding.lamp === "red" ? "cross" : "alert"
            tint: Theme.night
            width: height
        }
    }

    Column {
        bottomPadding: Theme.px(10)
        width: finding.width - sign.width - finding.spacing

        Words {
            color: finding.tint
            font.weight: Font.DemiBold
            size: 32
            text: finding.found.thing
            width: parent.width
        }

        Words {
            size: 28
            text: finding.found.found
            width: parent.width
            wrapMode: Text.WrapAtWordBoundaryOrAnywhere
        }

        Words {
            color: Theme.mist
            size: 28
            text: finding.found.remedy
            visible: text !== ""
            width: parent.width
        }
    }
}
