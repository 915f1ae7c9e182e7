"""The engine: which ways of finding people can run on this machine, in order, and why not more."""

from __future__ import annotations

import logging
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from booth.config.settings import MattingSettings
from booth.cores import share_cores, use_torch_threads
from booth.errors import MattingError, WeightsError, first_line, said_by
from booth.matting.bundled import NAME, load_bundled
from booth.matting.coco import label_numbers
from booth.matting.plate_difference import PlateDifference
from booth.matting.remote import TOKEN_FILE, Remote
from booth.matting.rung import Rung, Spare, loaded
from booth.matting.segmenter import Segmenter
from booth.matting.weights import DEEPLAB, is_there, weights_for
from booth.sentences import Sentence, listed, say
from booth.shot import Notice

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class Engine:
    """What the worker's thread owns. `ladder` is in the order of trying; `why` says in sentences what runs,
    where, and why not more; `load_seconds` is what building took, by rung; `restart` says why the process
    should be started anew as soon as nobody uses it, "" where it need not."""

    ladder: tuple[Segmenter, ...]
    why: str
    notices: tuple[Notice, ...] = ()
    load_seconds: Mapping[str, float] = field(default_factory=dict)
    restart: str = ""

    @property
    def device(self) -> str:
        """Where the first rung computes."""
        return self.ladder[0].device

    @property
    def methods(self) -> tuple[str, ...]:
        return tuple(rung.name for rung in self.ladder)

    @property
    def local(self) -> tuple[Segmenter, ...]:
        """The rungs of this machine: whoever asks over the network is not sent on to others."""
        return tuple(rung for rung in self.ladder if not isinstance(rung, Remote))

    @property
    def told_now(self) -> tuple[Notice, ...]:
        """`notices`, and how the servers are at this moment."""
        return (*self.notices, *(notice for remote in self._remotes() for notice in remote.notices))

    @property
    def why_now(self) -> str:
        """`why`, and how the servers are at this moment."""
        return " ".join([self.why, *(remote.why for remote in self._remotes())])

    def close(self) -> None:
        """End what rungs do beside photos."""
        for remote in self._remotes():
            remote.close()

    def _remotes(self) -> list[Remote]:
        return [rung for rung in self.ladder if isinstance(rung, Remote)]


def build_engine(settings: MattingSettings, weights_dir: Path) -> Engine:
    """Load every rung that can run. Call it in the thread that will use it: torch is imported here.

    Raises
    ------
    WeightsError
        If a network is asked for by name and its weights are missing or damaged.
    MattingError
        If a kept class is none of the network's.
    """
    label_numbers((*settings.maskrcnn.classes, *settings.maskrcnn.props))
    threads = share_cores(settings.threads)
    if settings.method == "plate":
        return Engine((PlateDifference(),), "The clean-plate method runs, as matting.method says so.")
    return _with_networks(settings, weights_dir, threads)


def warmed(engine: Engine, without: Collection[str] = ()) -> Engine:
    """The engine with every rung looked after, warm and tested, without those that cannot even run once.

    Parameters
    ----------
    without : names of rungs that hung in an earlier life; they are left out where another one can run

    Raises
    ------
    MattingError
        If no rung is left.
    """
    for remote in engine._remotes():
        remote.warm_up()
    rungs = [rung if isinstance(rung, Rung) else Rung(rung) for rung in engine.local]
    spared = any(rung.name not in without for rung in rungs)
    for rung in rungs:
        if spared and rung.name in without:
            rung.leave_out(say("rung.hung"))
        else:
            _warm(rung)
    return _standing(engine, rungs)


def _warm(rung: Rung) -> None:
    try:
        rung.warm_up()
    except MattingError as fault:
        if not rung.out and not rung.lost_context:
            rung.leave_out(say("rung.cannot_run", why=first_line(fault)))
            return
    rung.test()


def mended(engine: Engine) -> Engine:
    """The engine after a task: rungs that met a fault are tested, and left out where they fail.

    Raises
    ------
    MattingError
        If no rung is left.
    """
    rungs = [rung for rung in engine.ladder if isinstance(rung, Rung)]
    suspects = [rung for rung in rungs if rung.is_suspect or rung.out]
    if not suspects:
        return engine
    for rung in suspects:
        rung.test()
    return _standing(engine, rungs)


def _standing(engine: Engine, rungs: Sequence[Rung]) -> Engine:
    """The engine with the rungs that are of use, and with what the operator must know of the others."""
    told = [notice for rung in rungs for notice in rung.notices.values()]
    left = tuple(rung for rung in rungs if not rung.out)
    if not left:
        raise MattingError(listed([notice.text for notice in told] or [say("rung.none")]))
    known = {notice.key: notice for notice in (*engine.notices, *told)}
    news = [notice.text for notice in told if notice.text not in engine.why]
    restart = engine.restart or next((r.out or r.lost_context for r in rungs if r.out or r.lost_context), "")
    return replace(
        engine,
        ladder=(*engine._remotes(), *left),
        notices=tuple(known.values()),
        why=" ".join([engine.why, *news]),
        restart=restart,
    )


def _with_networks(settings: MattingSettings, weights_dir: Path, threads: int) -> Engine:
    """The named network alone, or all that can run: Mask R-CNN, DeepLabV3 where its weights were installed,
    the bundled network, the clean plate."""
    rungs: list[Segmenter] = []
    whys: list[str] = []
    notices: list[Notice] = []
    seconds: dict[str, float] = {}
    is_remote = settings.method == "remote"
    is_named = settings.method != "auto" and not is_remote
    loaders = {"maskrcnn": _maskrcnn, "deeplab": _deeplab, "bundled": _bundled}
    names = [settings.method] if is_named else [*loaders]
    if not is_named and not is_there(DEEPLAB, weights_dir):
        names.remove("deeplab")
    for load in (loaders[name] for name in names):
        began = time.perf_counter()
        try:
            rung, why, told = load(settings, weights_dir, threads)
        except (WeightsError, MattingError) as fault:
            if is_named:
                raise
            whys.append(str(fault))
            notices.append(_without(_NAMES[load], load is _maskrcnn, fault))
            continue
        rungs.append(rung)
        whys.append(why)
        notices += told
        seconds[rung.name] = time.perf_counter() - began
    if not is_named:
        rungs.append(PlateDifference())
    if is_remote:
        token = settings.remote.token or weights_dir.parent / TOKEN_FILE
        rungs.insert(0, Remote(settings.remote, token))
    why = f"{_sentence(rungs[0].name)} comes first. {' '.join(whys)}"
    return Engine(tuple(rungs), why, tuple(notices), seconds)


Loaded = tuple[Segmenter, str, tuple[Notice, ...]]
"""A rung, where it runs as a sentence, and what the operator must know."""


def _maskrcnn(settings: MattingSettings, weights_dir: Path, threads: int) -> Loaded:
    try:
        path = weights_for(settings.maskrcnn.model, weights_dir)
    except WeightsError as fault:
        raise WeightsError(say("weights.does_not_run", name="Mask R-CNN", why=said_by(fault))) from fault
    network, where, notices = _network(settings, path, threads)
    return network, f"Mask R-CNN runs with {path.name} {where}.", notices


def _deeplab(settings: MattingSettings, weights_dir: Path, threads: int) -> Loaded:
    try:
        path = weights_for(DEEPLAB, weights_dir)
    except WeightsError as fault:
        raise WeightsError(say("weights.does_not_run", name="DeepLabV3", why=said_by(fault))) from fault
    import torch

    from booth.matting.deeplab import load_deeplab

    use_torch_threads(threads)
    device, where, notices = _device(settings.device, torch.cuda.is_available())
    classes = settings.maskrcnn.classes
    ways = [Spare(where, lambda: load_deeplab(path, classes, device), device != "cpu")]
    if device != "cpu":
        ways.append(Spare(say("rung.on_cpu"), lambda: load_deeplab(path, classes, "cpu"), False))
    return loaded(ways), f"DeepLabV3 runs with {path.name} {where}.", notices


def _bundled(settings: MattingSettings, weights_dir: Path, threads: int) -> Loaded:
    on_cpu = settings.model_copy(update={"device": "cpu"})
    rung = loaded(
        [
            Spare(say("rung.as_allowed"), lambda: load_bundled(settings, threads), settings.device != "cpu"),
            Spare(say("rung.on_cpu"), lambda: load_bundled(on_cpu, threads), False),
        ]
    )
    return rung, f"The bundled network runs ({rung.device}).", ()


def _sentence(name: str) -> str:
    return name if name[0].isupper() else f"The {name}"


def _network(
    settings: MattingSettings, weights: Path, threads: int
) -> tuple[Segmenter, Sentence, tuple[Notice, ...]]:
    import torch

    from booth.matting.maskrcnn import load_maskrcnn

    use_torch_threads(threads)
    device, where, notices = _device(settings.device, torch.cuda.is_available())
    network, on_gpu = settings.maskrcnn, device != "cpu"
    less = network.model_copy(update={"input_size": max(256, network.input_size // 2)})
    ways = [
        Spare(where, lambda: load_maskrcnn(weights, network, device), on_gpu),
        Spare(
            say("rung.at_pixels", pixels=less.input_size),
            lambda: load_maskrcnn(weights, less, device),
            on_gpu,
        ),
    ]
    if on_gpu:
        ways.append(Spare(say("rung.on_cpu"), lambda: load_maskrcnn(weights, network, "cpu"), False))
    return loaded(ways), where, notices


def _device(asked: str, has_cuda: bool) -> tuple[str, Sentence, tuple[Notice, ...]]:
    """Where to compute, that as a sentence's end, and what the operator must know about it."""
    if asked != "cpu" and has_cuda:
        return "cuda", say("rung.on_gpu"), ()
    if asked == "cpu":
        return "cpu", say("rung.cpu_asked"), ()
    if asked == "auto":
        return "cpu", say("rung.cpu_no_gpu"), ()
    notice = Notice("matting.device", "warning", say("matting.device"), say("matting.device.help"))
    return "cpu", say("rung.cpu_not_asked"), (notice,)


_NAMES = {_maskrcnn: "Mask R-CNN", _deeplab: "DeepLabV3", _bundled: NAME}


def _without(name: str, is_optional: bool, fault: WeightsError | MattingError) -> Notice:
    if isinstance(fault, WeightsError) and is_optional:
        return _no_weights(fault)
    return Notice(f"matting.{name}", "fault", said_by(fault), say("rung.out.help"))


def _no_weights(fault: WeightsError) -> Notice:
    said = say("matting.without", why=said_by(fault))
    return Notice("matting.weights", "info", said, say("matting.without.help"))
