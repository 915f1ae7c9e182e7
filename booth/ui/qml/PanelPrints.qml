pragma ComponentBehavior: Bound

import QtQuick
import Booth.Items

// Printers, what is left in them, and every sheet with what may be done about it.
PanelPage {
    id: page

    objectName: "page-prints"

    Repeater {
        model: page.panel.printers

        PanelCard {
            id: printer

            required property var modelData

            title: page.p["prints.printer"]
            width: parent?.width ?? 0

            Words {
                font.weight: Font.DemiBold
                size: 34
                text: printer.modelData.name + " · " + printer.modelData.text
                width: parent.width
            }

            Words {
                color: Theme.alarm
                font.weight: Font.DemiBold
                size: 32
                text: printer.modelData.trouble
                visible: text !== ""
                width: parent.width
            }

            Words {
                size: 30
                text: printer.modelData.remedy
                visible: text !== ""
                width: parent.width
            }

            Words {
                color: printer.modelData.few ? Theme.alarm : Theme.mist
                size: 30
                text: printer.modelData.facts
                width: parent.width
            }

            Flow {
                spacing: Theme.px(16)
                width: parent.width

                PanelButton {
                    label: printer.modelData.resting ? page.p["prints.serve"] : page.p["prints.rest"]
                    objectName: "rest-" + printer.modelData.name
                    size: 28
                    warm: printer.modelData.resting

                    onPressed: page.panel.restPrinter(printer.modelData.name, !printer.modelData.resting)
                }

                Repeater {
                    model: [200, 400, 700]

                    PanelButton {
                        required property int modelData

                        label: page.p["prints.load"].replace("{count}", modelData)
                        size: 28

                        onPressed: page.panel.loadPrinter(printer.modelData.name, modelData)
                    }
                }
            }
        }
    }

    PanelButton {
        icon: "printer"
        label: page.p["prints.test"]
        objectName: "test-print"
        width: parent.width

        onPressed: page.panel.testPrint()
    }

    PanelCard {
        title: page.p["prints.queue"] + " · " + page.panel.waiting
        width: parent.width

        Words {
            color: Theme.mist
            size: 30
            text: page.p["prints.empty"]
            visible: page.panel.queue.length === 0
            width: parent.width
        }

        Repeater {
            model: page.panel.queue

            PanelSheet {
                required property var modelData

                page: page
                sheet: modelData
                width: parent?.width ?? 0
            }
        }
    }
}
