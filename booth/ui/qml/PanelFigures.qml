pragma ComponentBehavior: Bound

import QtQuick
import Booth.Items

// The evening in figures: by day, by backdrop, and how fast.
PanelPage {
    id: page

    objectName: "page-figures"

    PanelCard {
        title: page.p["figures.method"]
        width: parent.width

        Words {
            font.weight: Font.DemiBold
            size: 32
            text: page.panel.method.name ?? ""
            width: parent.width
        }

        Words {
            color: Theme.mist
            size: 30
            text: page.panel.method.seconds ?? ""
            width: parent.width
        }
    }

    Flow {
        spacing: page.gap
        width: parent.width

        PanelCard {
            title: page.p["figures.backdrops"]
            width: Theme.portrait ? page.width : (page.width - page.gap) / 2

            Words {
                color: Theme.mist
                size: 30
                text: page.p["figures.none"]
                visible: page.panel.bars.length === 0
                width: parent.width
            }

            Repeater {
                model: page.panel.bars

                PanelBar {
                    required property var modelData

                    label: modelData.label
                    share: modelData.share
                    text: modelData.count
                    width: parent?.width ?? 0
                }
            }
        }

        PanelCard {
            title: page.p["figures.days"]
            width: Theme.portrait ? page.width : (page.width - page.gap) / 2

            Words {
                color: Theme.mist
                size: 30
                text: page.p["figures.none"]
                visible: page.panel.days.length === 0
                width: parent.width
            }

            Repeater {
                model: page.panel.days

                PanelBar {
                    required property var modelData

                    label: modelData.label
                    share: modelData.share
                    text: modelData.text
                    width: parent?.width ?? 0
                }
            }
        }
    }
}
