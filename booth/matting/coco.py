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

# fmt: off
_VOC_NAMES = (
    "", "airplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow", "dining table",
    "dog", "horse", "motorcycle", "person", "potted plant", "sheep", "couch", "train", "tv",
)
# fmt: on
"""The classes of Pascal VOC by their numbers, under COCO's names."""


def number_of(name: str) -> int:
    """The number of a class that a network named."""
    return _NAMES.index(name)


def voc_numbers(names: Sequence[str]) -> dict[int, str]:
    """The number of each class that a network of Pascal VOC's 20 knows, {number: name}.

    Raises
    ------
    MattingError
        If it knows none of them.
    """
    known = {_VOC_NAMES.index(name): name for name in names if name and name in _VOC_NAMES}
    if not known:
        raise MattingError(
            f"DeepLabV3 knows none of matting.maskrcnn.classes ({', '.join(names)}); "
            f"it knows {', '.join(filter(None, _VOC_NAMES))}"
        )
    return known


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
    return f"matting.maskrcnn: {name!r} is no class of the network; {hint}"
