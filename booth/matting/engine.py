"""The engine: which ways of finding people can run on this machine, in order, and why not more."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2

from booth.config.settings import MattingSettings
from booth.errors import MattingError, WeightsError
from booth.matting.coco import label_numbers
from booth.matting.plate_difference import PlateDifference
from booth.matting.segmenter import Segmenter
from booth.matting.weights import weights_for
from booth.shot import Notice

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class Engine:
    """What the worker's thread owns. `ladder` is in the order of trying; `why` says in sentences what runs,
    where, and why not more; `load_seconds` is what building took, by rung."""

    ladder: tuple[Segmenter, ...]
    why: str
    notices: tuple[Notice, ...] = ()
    load_seconds: Mapping[str, float] = field(default_factory=dict)

    @property
    def device(self) -> str:
        """Where the first rung computes."""
        return self.ladder[0].device

    @property
    def methods(self) -> tuple[str, ...]:
        return tuple(rung.name for rung in self.ladder)


def build_engine(settings: MattingSettings, weights_dir: Path) -> Engine:
    """Load every rung that can run. Call it in the thread that will use it: torch is imported here.

    Raises
    ------
    WeightsError
        If the method "maskrcnn" is asked for and its weights are missing or damaged.
    MattingError
        If a kept class is none of the network's.
    """
    label_numbers(settings.maskrcnn.classes)
    threads = settings.threads or os.cpu_count() or 1
    cv2.setNumThreads(threads)
    if settings.method == "plate":
        return Engine((PlateDifference(),), "The clean-plate method runs, as matting.method says so.")
    return _with_network(settings, weights_dir, threads)


def warmed(engine: Engine) -> Engine:
    """The engine with every rung warm, and without those that cannot even run once.

    Raises
    ------
    MattingError
        If no rung is left.
    """
    ladder, notices = [], list(engine.notices)
    for rung in engine.ladder:
        try:
            rung.warm_up()
            ladder.append(rung)
        except (RuntimeError, MattingError) as fault:  # torch raises RuntimeError for out of memory and CUDA
            log.exception("%s cannot run", rung.name)
            notices.append(_left_out(rung.name, f"{rung.name} cannot run: {_first_line(fault)}"))
    if not ladder:
        raise MattingError("; ".join(notice.text for notice in notices))
    if len(ladder) == len(engine.ladder):
        return engine
    why = f"{engine.why} {notices[-1].text}"
    return replace(engine, ladder=tuple(ladder), notices=tuple(notices), why=why)


def _with_network(settings: MattingSettings, weights_dir: Path, threads: int) -> Engine:
    only = settings.method == "maskrcnn"
    plate = () if only else (PlateDifference(),)
    began = time.perf_counter()
    try:
        path = weights_for(settings.maskrcnn.model, weights_dir)
        network, where, notices = _network(settings, path, threads)
    except WeightsError as fault:
        if only:
            raise
        return Engine(
            plate, f"The clean-plate method runs. Mask R-CNN does not: {fault}", (_no_weights(fault),)
        )
    why = f"Mask R-CNN runs with {path.name} {where}."
    seconds = {network.name: time.perf_counter() - began}
    return Engine((network, *plate), why, notices, seconds)


def _network(
    settings: MattingSettings, weights: Path, threads: int
) -> tuple[Segmenter, str, tuple[Notice, ...]]:
    import torch

    from booth.matting.maskrcnn import load_maskrcnn

    torch.set_num_threads(threads)
    device, where, notices = _device(settings.device, torch.cuda.is_available())
    return load_maskrcnn(weights, settings.maskrcnn, device), where, notices


def _device(asked: str, has_cuda: bool) -> tuple[str, str, tuple[Notice, ...]]:
    """Where to compute, that as a sentence's end, and what the operator must know about it."""
    if asked != "cpu" and has_cuda:
        return "cuda", "on the GPU", ()
    if asked == "cpu":
        return "cpu", "on the CPU, as matting.device says so", ()
    if asked == "auto":
        return "cpu", "on the CPU, as torch finds no usable NVIDIA GPU", ()
    text = "matting.device asks for CUDA, but torch finds no usable NVIDIA GPU: the CPU computes instead."
    remedy = "Look at nvidia-smi and the driver, or set matting.device to auto."
    notice = Notice("matting.device", "warning", text, remedy)
    return "cpu", "on the CPU, as torch finds no usable NVIDIA GPU although CUDA was asked for", (notice,)


def _no_weights(fault: WeightsError) -> Notice:
    text = f"Guests are cut out by the clean plate alone. Mask R-CNN: {fault}"
    return Notice(
        "matting.weights", "warning", text, "run_booth.py weights fetch, or set matting.method: plate"
    )


def _left_out(name: str, text: str) -> Notice:
    return Notice(f"matting.{name}", "fault", text, "Restart the booth; if it stays, look into the log.")


def _first_line(fault: Exception) -> str:
    return (str(fault).splitlines() or [type(fault).__name__])[0][:200]
