"""A rung of the ladder, looked after: what it dies of is told apart, and the next photo is right.

Out of memory can be repaired in the process, but not inside an `except`: the traceback holds every tensor of
the call (pytorch/pytorch#18853). A lost CUDA context cannot be repaired at all: whatever lives on the device
is given up, and the booth starts itself again when nobody uses it.
"""

from __future__ import annotations

import gc
import logging
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal, TypeVar

from booth.arrays import Rgb8
from booth.errors import BoothError, MattingError, first_line
from booth.matting.people import check_people
from booth.matting.segmenter import Segmenter
from booth.matting.selftest import Baseline, trouble_of
from booth.sentences import Sentence, say
from booth.shot import Notice, People, Plate

log = logging.getLogger(__name__)

T = TypeVar("T")
FaultKind = Literal["memory", "context", "other"]

_MEMORY = ("out of memory", "can't allocate memory", "cannot allocate memory", "insufficient memory")
_CONTEXT = ("cuda error", "device-side assert", "illegal memory access", "launch failure", "cudnn_status")


@dataclass(frozen=True, slots=True)
class Spare:
    """Another way to run the same network, which takes less memory. `where` ends the sentence "It runs"."""

    where: Sentence
    build: Callable[[], Segmenter]
    needs_device: bool


class Rung:
    """A segmenter with its spares. Used by the worker's thread only, but for `is_busy`.

    `is_suspect` says that it met a fault since it last gave a known answer; `out` says why it is of no more
    use, "" where it is; `lost_context` says that this process cannot use the GPU any more.
    """

    def __init__(self, segmenter: Segmenter, spares: Sequence[Spare] = ()) -> None:
        self.name, self.needs_plate = segmenter.name, segmenter.needs_plate
        self._segmenter: Segmenter | None = segmenter
        self._spares = list(spares)
        self._baseline: Baseline | None = None
        self.notices: dict[str, Notice] = {}
        self.is_busy = False
        self.is_suspect = False
        self.out = ""
        self.lost_context = ""

    @property
    def device(self) -> str:
        return self._segmenter.device if self._segmenter else "nowhere"

    @property
    def timings(self) -> Mapping[str, float]:
        return self._segmenter.timings if self._segmenter else {}

    def warm_up(self) -> None:
        """Make the first photo as fast as the others, on a spare if need be; see `Segmenter.warm_up`."""
        self._kept_up(lambda segmenter: segmenter.warm_up())

    def people(self, image: Rgb8, plate: Plate | None) -> People:
        """Find who is in the picture, with less memory if need be; see `Segmenter.people`."""
        return self._kept_up(lambda segmenter: _sound(segmenter.people(image, plate)))

    def test(self) -> None:
        """Ask for a known answer, after a lost context of a spare; what fails is `out`."""
        self.is_suspect = False
        if self._segmenter is None and not self.out and not self._take_spare(say("rung.context")):
            return
        if self.out or self._segmenter is None:
            return
        try:
            wrong = self._kept_up(self._wrong)
        except MattingError as fault:
            wrong = str(fault)
        self.is_suspect = False
        if wrong and not self.out:
            self._give_up(say("rung.test", why=wrong))

    def leave_out(self, why: Sentence) -> None:
        """Use it no more."""
        self._give_up(why)

    def _wrong(self, segmenter: Segmenter) -> str:
        self._baseline, wrong = trouble_of(segmenter, self._baseline)
        return wrong

    def _kept_up(self, work: Callable[[Segmenter], T]) -> T:
        """Do something with the segmenter, and with a spare where memory runs out."""
        while self._segmenter is not None:
            self.is_busy = True
            try:
                return work(self._segmenter)
            except Exception as fault:
                kind, said = kind_of(fault), first_line(fault)
                # As text: a record that held the traceback would hold the tensors of the call.
                log.error("%s met a fault (%s):\n%s", self.name, kind, traceback.format_exc())
            finally:
                self.is_busy = False
            self.is_suspect = True
            if kind == "context":
                self._lose_context(said)
            elif kind == "memory":
                free_memory()
                if self._spares and self._take_spare(say("rung.memory", why=said)):
                    continue
            raise MattingError(said)
        raise MattingError(self.out or self.lost_context or "it is not loaded")

    def _lose_context(self, said: str) -> None:
        self.lost_context = said
        self._release()
        self._spares = [spare for spare in self._spares if not spare.needs_device]
        if not self._spares:
            self._give_up(say("rung.context_lost", why=said))

    def _take_spare(self, why: Sentence) -> bool:
        """Run on the next spare that can be built; False if none can, and the rung is out."""
        self._release()
        while self._spares:
            spare = self._spares.pop(0)
            try:
                segmenter = spare.build()
                segmenter.warm_up()
            except (RuntimeError, MemoryError, BoothError) as fault:
                log.error("%s cannot run %s: %s", self.name, spare.where, first_line(fault))
                continue
            self._segmenter = segmenter
            self.tell_spare(spare.where, why)
            return True
        self._give_up(why)
        return False

    def tell_spare(self, where: Sentence, why: Sentence) -> None:
        """Have the operator know that it runs, but not as it should."""
        said = say("rung.spare", name=self.name, where=where, why=why)
        log.warning("%s", said)
        remedy = say("rung.spare.help")
        self.notices["spare"] = Notice(f"matting.{self.name}.spare", "warning", said, remedy)

    def _release(self) -> None:
        self._segmenter = self._baseline = None
        free_memory()

    def _give_up(self, why: Sentence) -> None:
        self.out = why
        self._segmenter = self._baseline = None
        said = say("rung.out", name=self.name, why=why)
        log.error("%s", said)
        self.notices = {"out": Notice(f"matting.{self.name}", "fault", said, say("rung.out.help"))}


def loaded(ways: Sequence[Spare]) -> Rung:
    """Load a network in the first way that memory and device allow; the others are its spares.

    Raises
    ------
    MattingError
        If it runs in no way.
    WeightsError
        If its weights cannot be used.
    """
    said = ""
    for number, way in enumerate(ways):
        try:
            rung = Rung(way.build(), ways[number + 1 :])
        except (RuntimeError, MemoryError) as fault:
            said = first_line(fault)
            log.error("a network cannot run %s:\n%s", way.where, traceback.format_exc())
        else:
            if said:
                rung.tell_spare(way.where, say("rung.not_loaded", why=said))
            return rung
        free_memory()
    raise MattingError(say("rung.no_way", why=said))


def kind_of(fault: BaseException) -> FaultKind:
    """Tell what a fault means for what comes after it.

    By name and words, as torch is not imported here and its faults are RuntimeErrors for the most part.
    """
    name, said = type(fault).__name__, str(fault).lower()
    if isinstance(fault, MemoryError) or name == "OutOfMemoryError" or any(w in said for w in _MEMORY):
        return "memory"
    if name == "AcceleratorError" or any(words in said for words in _CONTEXT):
        return "context"
    return "other"


def free_memory() -> None:
    """Give back what nobody holds any more; never call it inside an `except`."""
    gc.collect()
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available():
        with suppress(RuntimeError):  # of a lost context
            torch.cuda.empty_cache()


def _sound(people: People) -> People:
    check_people(people)
    return people
