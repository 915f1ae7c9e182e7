import QtQuick

// A playful word in the hand-written face.
Words {
    color: Theme.sun
    font.family: Theme.script
}
