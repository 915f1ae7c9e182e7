"""python -m booth.matting.train.guesses PICTURES --out FOLDER: masks for photographs that have none.

The present network looks at each photograph at several sizes, and mirrored; where all looks agree, their mean
becomes a mask to learn from (Lee, D.-H.: Pseudo-Label. ICML workshop 2013). Photographs that leave doubt are left out.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import torch

from booth.arrays import Probability, Rgb8
from booth.matting import bundled, network
from booth.matting.bundled import Inference, input_size, resized
from booth.matting.train.pack import GUESSED

SIDES = (256, 320, 384, 448)
"""Longer sides at which a photograph is looked at."""
MOST_DOUBT = 0.2
"""Doubtful pixels (0.15 to 0.85), as a share of the people's: outlines alone make about half of that."""
LEAST = 0.03
"""Share of the picture that people must cover."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Write photos, masks and the list of both; 2 where nothing was found."""
    options = _parser().parse_args(arguments)
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    look = Inference(network.load(options.weights), "cpu", torch.bfloat16)
    for room in ("photos", "masks"):
        (options.out / room).mkdir(parents=True, exist_ok=True)
    pictures = sorted(options.pictures.glob("*.jpg"))
    kept = [one.stem for one in pictures if _guessed(one, options.out, look)]
    (options.out / GUESSED).write_text("\n".join(kept), "utf-8")
    print(f"{len(kept)} of {len(pictures)} photographs are clear enough")
    return 0 if kept else 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m booth.matting.train.guesses", description=__doc__)
    parser.add_argument("pictures", type=Path, help="folder of NAME.jpg")
    parser.add_argument("--out", type=Path, required=True, help="a folder that the training then takes too")
    parser.add_argument("--weights", type=Path, default=bundled.WEIGHTS, help="the network that guesses")
    return parser


def _guessed(path: Path, out: Path, look: Inference) -> bool:
    picture = cv2.imread(str(path))
    if picture is None:
        return False
    likely = averaged(np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8), look)
    if not is_clear(likely):
        return False
    shutil.copyfile(path, out / "photos" / path.name)
    cv2.imwrite(str(out / "masks" / f"{path.stem}.png"), np.asarray(likely > 0.5, np.uint8) * 255)
    return True


def averaged(image: Rgb8, look: Inference) -> Probability:
    """The mean of what is seen at several sizes, mirrored and not."""
    height, width = image.shape[:2]
    total = np.zeros((height, width), np.float32)
    for side in SIDES:
        small = resized(image, *input_size(height, width, side))
        both = look.likely(small, None), look.likely(np.ascontiguousarray(small[:, ::-1]), None)[:, ::-1]
        total += np.asarray(cv2.resize((both[0] + both[1]) / 2, (width, height)), np.float32)
    return np.asarray(total / len(SIDES), np.float32)


def is_clear(likely: Probability) -> bool:
    """Whether people are there, and hardly a pixel is in doubt."""
    covered = float((likely > 0.5).mean())
    doubtful = float(((likely > 0.15) & (likely < 0.85)).mean())
    return covered > LEAST and doubtful < MOST_DOUBT * covered


if __name__ == "__main__":
    sys.exit(main())
