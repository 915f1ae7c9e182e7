"""Which packed photographs show more people than the one that was taken out: they are no empty places."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import torch

from booth.arrays import Rgb8
from booth.matting import network
from booth.matting.bundled import Inference, input_size, resized
from booth.matting.train.pack import Pack

SIDE = 320
MOST = 0.02
"""Share of an emptied place that may look like people: a street's pillars and bags look so to the network."""


def without_crowds(pack: Pack, cache: Path, weights: Path) -> Pack:
    """Mark the places that a network finds people in; they are looked for once and kept in the cache."""
    kept = cache / "crowds.json"
    key = {"weights": weights.name, "bytes": weights.stat().st_size, "photos": len(pack.places)}
    if not kept.exists() or json.loads(kept.read_text("utf-8"))["key"] != key:
        look = Inference(network.load(weights), "cpu", torch.bfloat16)
        names = [place.name for place in pack.places if is_crowd(pack.photo(place).emptied, look)]
        kept.write_text(json.dumps({"key": key, "names": names}), "utf-8")
    return pack.with_crowds(frozenset(json.loads(kept.read_text("utf-8"))["names"]))


def is_crowd(place: Rgb8, look: Inference) -> bool:
    """Whether more of a place looks like people than may."""
    likely = look.likely(resized(place, *input_size(place.shape[0], place.shape[1], SIDE)), None)
    return float(np.mean(likely > 0.5)) > MOST
