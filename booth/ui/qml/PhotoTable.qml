import QtQuick
import Booth.Items

// The finished photo under fingers: on the guests they move and resize them, beside them they swipe the
// scenery away, and a tap sends somebody out or brings him back.
Item {
    id: table

    required property VisitModel visit
    readonly property ReviewModel review: visit.review
    readonly property real gap: Theme.px(48)
    // Where the photo is while the scenery is swiped.
    property real offset: 0
    property int leaving: 0

    clip: true

    function settle(): void {
        if (leaving) {
            review.swipe(leaving);
            leaving = 0;
        }
        offset = 0;
    }

    PictureItem {
        height: table.height
        picture: table.review.previousPicture
        radius: Theme.radius
        visible: table.offset > 0
        width: table.width
        x: table.offset - table.width - table.gap
    }

    PictureItem {
        height: table.height
        picture: table.review.nextPicture
        radius: Theme.radius
        visible: table.offset < 0
        width: table.width
        x: table.offset + table.width + table.gap
    }

    PictureItem {
        id: photo

        height: table.height
        objectName: "photo"
        picture: table.review.picture
        radius: Theme.radius
        width: table.width
        x: table.offset

        Accessible.name: table.visit.backdropTitle
        Accessible.role: Accessible.Graphic
    }

    Rectangle {
        id: ripple

        border.color: Theme.sun
        border.width: Theme.px(6)
        color: "transparent"
        height: width
        opacity: 0
        radius: width / 2
        width: Theme.px(150)

        ParallelAnimation {
            id: rippling

            NumberAnimation {
                duration: Theme.span(420)
                easing.type: Easing.OutCubic
                from: 0.3
                property: "scale"
                target: ripple
                to: 1
            }

            NumberAnimation {
                duration: 420
                from: 1
                property: "opacity"
                target: ripple
                to: 0
            }
        }
    }

    NumberAnimation {
        id: glide

        duration: Theme.span(190)
        easing.type: Easing.OutCubic
        property: "offset"
        target: table

        onFinished: table.settle()
    }

    PinchHandler {
        id: pinch

        property point begin

        enabled: table.review.movable && !glide.running
        target: null

        onActiveChanged: {
            if (!active)
                return;
            begin = Qt.point(centroid.position.x, centroid.position.y);
            table.review.take();
        }
        onCentroidChanged: table.pinched()
        onActiveScaleChanged: table.pinched()
    }

    function pinched(): void {
        if (!pinch.active)
            return;
        const c = pinch.centroid.position;
        review.move(pinch.begin.x / width, pinch.begin.y / height, c.x / width, c.y / height, pinch.activeScale);
    }

    DragHandler {
        id: drag

        property bool moves: false
        property point begin

        enabled: !glide.running
        target: null

        onActiveChanged: {
            if (!active) {
                if (!moves)
                    table.letGo(activeTranslation.x, centroid.velocity.x);
                return;
            }
            begin = centroid.pressPosition;
            moves = table.review.movable && table.review.isOnGuests(begin.x / table.width, begin.y / table.height);
            if (moves)
                table.review.take();
            else
                table.review.lookAround();
        }
        onActiveTranslationChanged: {
            if (!active)
                return;
            const to = Qt.point(begin.x + activeTranslation.x, begin.y + activeTranslation.y);
            if (moves)
                table.review.move(begin.x / table.width, begin.y / table.height, to.x / table.width, to.y / table.height, 1);
            else if (table.visit.backdrops.length > 1)
                table.offset = activeTranslation.x;
        }
    }

    // Far or fast enough, and the next scenery comes; else the photo goes back.
    function letGo(way: real, speed: real): void {
        const far = Math.abs(offset) > 0.22 * width || Math.abs(speed) > 900 && Math.abs(offset) > 0.05 * width;
        leaving = far ? (offset < 0 ? 1 : -1) : 0;
        glide.to = leaving ? -leaving * (width + gap) : 0;
        glide.restart();
    }

    TapHandler {
        enabled: table.review.hasPeople

        onTapped: eventPoint => {
            const at = eventPoint.position;
            ripple.x = at.x - ripple.width / 2;
            ripple.y = at.y - ripple.height / 2;
            rippling.restart();
            table.review.tap(at.x / table.width, at.y / table.height);
        }
    }
}
