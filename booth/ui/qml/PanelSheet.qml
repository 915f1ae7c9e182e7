import QtQuick

// One sheet of the queue: whose, how far, and what may be done.
Item {
    id: row

    required property PanelPage page
    required property var sheet
    readonly property color tint: sheet.level === "fault" ? Theme.alarm : sheet.level === "warning" || sheet.held ? Theme.sun : sheet.level === "done" ? Theme.mist : Theme.leaf

    implicitHeight: Math.max(text.height, Theme.px(88)) + Theme.px(28)

    Rectangle {
        color: Theme.inkLine
        height: Math.max(1, Theme.px(1))
        width: parent.width
    }

    Words {
        id: code

        anchors.verticalCenter: parent.verticalCenter
        font.weight: Font.ExtraBold
        size: 40
        text: row.sheet.code
        width: Theme.px(150)
        wrapMode: Text.NoWrap
    }

    Column {
        id: text

        anchors.verticalCenter: parent.verticalCenter
        width: buttons.x - x - Theme.px(16)
        x: code.width + Theme.px(16)

        Words {
            color: row.tint
            font.weight: Font.DemiBold
            size: 30
            text: row.sheet.state
            width: parent.width
        }

        Words {
            color: Theme.mist
            size: 26
            text: row.sheet.why !== "" ? row.sheet.when + " · " + row.sheet.why : row.sheet.when
            width: parent.width
        }
    }

    Row {
        id: buttons

        anchors.right: parent.right
        anchors.verticalCenter: parent.verticalCenter
        height: Theme.px(88)
        spacing: Theme.px(14)

        PanelButton {
            height: parent.height
            label: row.page.p["prints.came"]
            objectName: "came-" + row.sheet.code
            size: 28
            visible: row.sheet.uncertain
            warm: true

            onPressed: row.page.panel.itCameOut(row.sheet.job)
        }

        PanelButton {
            height: parent.height
            label: row.sheet.held ? row.page.p["prints.release"] : row.page.p["prints.hold"]
            objectName: "hold-" + row.sheet.code
            size: 28
            visible: row.sheet.waits

            onPressed: row.page.panel.holdSheet(row.sheet.job, !row.sheet.held)
        }

        PanelButton {
            height: parent.height
            label: row.page.p["prints.cancel"]
            objectName: "cancel-" + row.sheet.code
            size: 28
            sure: row.page.p["prints.sure"]
            visible: row.sheet.open

            onPressed: row.page.panel.cancelSheet(row.sheet.job)
        }

        PanelButton {
            height: parent.height
            label: row.page.p["prints.again"]
            objectName: "again-" + row.sheet.code
            size: 28
            sure: row.page.p["prints.sure"]
            visible: row.sheet.ended

            onPressed: row.page.panel.printAgain(row.sheet.job)
        }
    }
}
