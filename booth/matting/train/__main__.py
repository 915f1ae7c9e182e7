"""python -m booth.matting.train PHOTOS --out RUN: train the people network, or go on with a run."""

from __future__ import annotations

import argparse
import dataclasses
import sys
from collections.abc import Sequence
from pathlib import Path

import cv2
import torch

from booth.errors import WeightsError
from booth.matting.train.crowds import without_crowds
from booth.matting.train.furniture import Furniture
from booth.matting.train.loop import Plan, Stage, Trainer
from booth.matting.train.pack import LONGER, PhotosError, open_pack


def main(arguments: Sequence[str] | None = None) -> int:
    """Pack the photographs where needed, train, print one line of figures every so often; 2 without photographs."""
    options = _parser().parse_args(arguments)
    torch.set_num_threads(options.threads)
    cv2.setNumThreads(1)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    cache = options.cache or options.out / "cache"
    try:
        pack = open_pack(options.photos, cache, options.longer, options.workers or 1)
        if options.start_from:
            pack = without_crowds(pack, cache, options.start_from)
        furniture = Furniture(options.furniture) if options.furniture else None
        trainer = Trainer(pack, _plan(options), options.out, device, furniture, options.start_from)
    except (PhotosError, WeightsError) as error:
        print(f"booth.matting.train: {error}", file=sys.stderr)
        return 2
    print(
        f"{len(pack.places)} photographs, from step {trainer.step} to {options.steps} on {device}", flush=True
    )
    print(trainer.run(options.every, options.workers, options.export))
    return 0


def _plan(options: argparse.Namespace) -> Plan:
    plan = Plan(steps=options.steps, seed=options.seed, rate=options.rate)
    return dataclasses.replace(plan, stages=tuple(options.stages)) if options.stages else plan


def _stage(said: str) -> Stage:
    """Read UNTIL:SIDE:BATCH."""
    until, side, batch = said.split(":")
    return Stage(float(until), int(side), int(batch))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m booth.matting.train", description=__doc__)
    parser.add_argument(
        "photos",
        type=Path,
        nargs="+",
        help="folders with photos/NAME.jpg, masks/NAME.png, good.txt if any; or what `guesses` wrote",
    )
    parser.add_argument(
        "--out", type=Path, required=True, help="the run's folder; a checkpoint in it is gone on with"
    )
    parser.add_argument("--furniture", type=Path, help="what booth.matting.train.furniture drew")
    parser.add_argument(
        "--start-from", type=Path, help="weights to begin from, instead of nothing: fine-tuning"
    )
    parser.add_argument("--cache", type=Path, help="where the packed photographs lie (default: OUT/cache)")
    parser.add_argument(
        "--longer", type=int, default=LONGER, help="longer side of a packed photograph, pixels"
    )
    parser.add_argument("--steps", type=int, default=Plan().steps, help="in all, with those of earlier runs")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rate", type=float, default=2e-3, help="highest learning rate")
    parser.add_argument(
        "--stages",
        type=_stage,
        nargs="+",
        help="UNTIL:SIDE:BATCH ... instead of the plan's: up to that share of the steps, so large, so many",
    )
    parser.add_argument("--every", type=int, default=500, help="steps between validations")
    parser.add_argument("--workers", type=int, default=1, help="processes that draw samples")
    parser.add_argument("--threads", type=int, default=1, help="threads that train")
    parser.add_argument("--export", type=Path, help="a second place for the weights")
    return parser


if __name__ == "__main__":
    sys.exit(main())
