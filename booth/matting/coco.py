"""The classes that COCO teaches a network, by their numbers; gaps are numbers that COCO never used."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from booth.errors import MattingError

# fmt: off
_NAMES = (
    "", "person", "bicycle", "car", "motorcycle", "airplane", "bus", "train", "truck", "boat",
    "traffic light", "fire hydrant", "", "stop sign", "parking meter", "bench", "bird", "cat", "dog",
    "horse", "sheep", "cow", "elephant", "bear", "zebra", "giraffe", "", "backpack", "umbrella", "", "",
    "handbag", "tie", "suitcase", "frisbee", "skis", "snowboard", "sports ball", "kite", "baseball bat",
    "baseball glove", "skateboard", "surfboard", "tennis racket", "bottle", "", "wine glass", "cup",
    "fork", "knife", "spoon", "bowl", "banana", "apple", "sandwich", "orange", "broccoli", "carrot",
    "hot dog", "pizza", "donut", "cake", "chair", "couch", "potted plant", "bed", "", "dining table", "",
    "", "toilet", "", "tv", "laptop", "mouse", "remote", "keyboard", "cell phone", "microwave", "oven",
    "toaster", "sink", "refrigerator", "", "book", "clock", "vase", "scissors", "teddy bear", "hair drier",
    "toothbrush",
)
# fmt: on


def label_numbers(names: Sequence[str]) -> dict[int, str]:
    """The network's number of each class by name, {number: name}.

    Raises
    ------
    MattingError
        If a name is none of COCO's, with the ones that come near.
    """
    unknown = [name for name in names if name not in _NAMES or not name]
    if unknown:
        raise MattingError("; ".join(_sentence(name) for name in unknown))
    return {_NAMES.index(name): name for name in names}


def _sentence(name: str) -> str:
    near = difflib.get_close_matches(name.lower(), filter(None, _NAMES), n=3, cutoff=0.5)
    hint = (
        f"did you mean {' or '.join(near)}?" if near else "see the classes of COCO, such as person, car, dog"
    )
    return f"matting.maskrcnn.classes: {name!r} is no class of the network; {hint}"
