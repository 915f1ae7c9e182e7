"""The store of network weights: a folder of checked files.

The official checkpoints carry the first eight hex digits of their sha256 in their names. A file that was
fetched or imported has its full sha256 beside it (`NAME.sha256`), so that a flipped bit is found later.
"""

from __future__ import annotations

import hashlib
import http.client
import logging
import os
import shutil
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from booth.config.settings import MattingSettings
from booth.errors import WeightsError
from booth.files import FOR_OTHERS, publish, sync, sync_folder
from booth.sentences import Sentence, say

log = logging.getLogger(__name__)

OFFICIAL = "https://download.pytorch.org/models"
"""Where the makers of the networks publish them; a mirror of your own may stand in."""

_CHUNK = 1 << 18
_SPARE = 64 << 20  # bytes that must stay free beside a download
_ATTEMPTS = 4
_TIMEOUT = 20.0


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A file of weights that is known by name. `megabytes` is about what it takes."""

    model: str
    file: str
    megabytes: int

    @property
    def prefix(self) -> str:
        """The first eight hex digits of its sha256."""
        return Path(self.file).stem.rsplit("-", 1)[1]

    @property
    def safe_file(self) -> str:
        """The name of the same weights in a format that can hold no program."""
        return f"{self.model}.safetensors"


DEEPLAB = "deeplabv3_resnet50"

CHECKPOINTS = (
    Checkpoint("maskrcnn_resnet50_fpn_v2", "maskrcnn_resnet50_fpn_v2_coco-73cbd019.pth", 178),
    Checkpoint("maskrcnn_resnet50_fpn", "maskrcnn_resnet50_fpn_coco-bf2d0c1e.pth", 170),
    Checkpoint(DEEPLAB, "deeplabv3_resnet50_coco-cd0a2569.pth", 168),
)


@dataclass(frozen=True, slots=True)
class Stored:
    """What the store holds of a checkpoint; `trouble` says what is wrong and what to do."""

    checkpoint: Checkpoint
    state: Literal["installed", "missing", "damaged"]
    path: Path
    trouble: Sentence | Literal[""] = ""


class Progress(Protocol):
    """Is told the bytes that are there and the bytes that there will be (None: not known)."""

    def __call__(self, done: int, total: int | None) -> None: ...


def checkpoint_of(model: str) -> Checkpoint:
    """The checkpoint of a model.

    Raises
    ------
    WeightsError
        If no checkpoint is known for it.
    """
    for checkpoint in CHECKPOINTS:
        if checkpoint.model == model:
            return checkpoint
    known = ", ".join(each.model for each in CHECKPOINTS)
    raise WeightsError(f"no weights are known for {model!r}; there are {known}")


def stored(folder: Path) -> tuple[Stored, ...]:
    """Look into the store; every file is read and checked."""
    return tuple(_stored(checkpoint, folder) for checkpoint in CHECKPOINTS)


def model_of(settings: MattingSettings) -> str | None:
    """The network whose weights a configuration asks for; None where it does without."""
    if settings.method in ("plate", "bundled"):
        return None
    return DEEPLAB if settings.method == "deeplab" else settings.maskrcnn.model


def is_there(model: str, folder: Path) -> bool:
    """Whether the store has a file for a model, sound or not."""
    return any(
        (folder / name).is_file()
        for each in CHECKPOINTS
        if each.model == model
        for name in (each.safe_file, each.file)
    )


def weights_for(model: str, folder: Path) -> Path:
    """The checked file of a model's weights.

    Raises
    ------
    WeightsError
        If it is missing or damaged, with the remedy.
    """
    found = _stored(checkpoint_of(model), folder)
    if found.state != "installed":
        raise WeightsError(found.trouble)
    return found.path


def fetch(
    model: str,
    folder: Path,
    base: str = OFFICIAL,
    progress: Progress | None = None,
    free: Callable[[Path], int] = lambda folder: shutil.disk_usage(folder).free,
    pause: Callable[[float], None] = time.sleep,
) -> Path:
    """Download a model's weights into the store, going on where an earlier try ended.

    Parameters
    ----------
    base : str
        Address of the folder that holds the official file names.
    free : callable
        Gives the free bytes beside a folder.
    pause : callable
        Waits for seconds between two tries.

    Raises
    ------
    WeightsError
        If there is no network, no such file, no room, or what came is not what was published.
    """
    checkpoint = checkpoint_of(model)
    found = _stored(checkpoint, folder)
    if found.state == "installed":
        return found.path
    _make(folder)
    address = f"{base.rstrip('/')}/{checkpoint.file}"
    part = folder / f"{checkpoint.file}.part"
    resumed = part.exists()
    _download(address, part, progress, free, pause)
    digest = sha256_of(part)
    if not digest.startswith(checkpoint.prefix) and resumed:
        log.warning("%s did not fit together with what an earlier try left; it is fetched anew", part.name)
        part.unlink()
        _download(address, part, progress, free, pause)
        digest = sha256_of(part)
    if not digest.startswith(checkpoint.prefix):
        part.unlink()
        said = say("weights.other_file", address=address, given=digest[:8], wanted=checkpoint.prefix)
        raise WeightsError(said)
    return _publish(part, folder / checkpoint.file, digest)


def import_file(source: Path, folder: Path, sha256: str | None = None) -> Path:
    """Copy a local file of weights into the store.

    Parameters
    ----------
    source : Path
        An official .pth file, under its own name, or a .safetensors file named after its model.
    sha256 : str, optional
        What the file's sha256 must be (64 hex digits).

    Raises
    ------
    WeightsError
        If the name is unknown, the sum is wrong, or there is no room.
    """
    checkpoint, target = _destination(source, folder)
    try:
        digest = sha256_of(source)
    except OSError as fault:
        raise WeightsError(f"{source} cannot be read: {fault.strerror or fault}") from fault
    expected = sha256.lower() if sha256 else checkpoint.prefix if source.suffix == ".pth" else ""
    if not digest.startswith(expected):
        raise WeightsError(
            f"{source} has sha256 {digest}, expected {expected}: it is damaged or another file"
        )
    _make(folder)
    _check_room(folder, source.stat().st_size, lambda place: shutil.disk_usage(place).free)
    part = target.with_name(target.name + ".part")
    try:
        shutil.copyfile(source, part)
    except OSError as fault:
        part.unlink(missing_ok=True)
        raise WeightsError(f"{source} cannot be copied to {folder}: {fault.strerror or fault}") from fault
    if sha256_of(part) != digest:
        part.unlink()
        raise WeightsError(f"{source} changed while it was copied, or {folder} does not keep what is written")
    return _publish(part, target, digest)


def sha256_of(path: Path) -> str:
    """The file's sha256 as 64 hex digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _stored(checkpoint: Checkpoint, folder: Path) -> Stored:
    for name in (checkpoint.safe_file, checkpoint.file):
        path = folder / name
        if path.is_file():
            trouble = _trouble(path, checkpoint)
            return Stored(checkpoint, "damaged" if trouble else "installed", path, trouble)
    missing = say("weights.missing", model=checkpoint.model, folder=folder, file=checkpoint.file)
    return Stored(checkpoint, "missing", folder / checkpoint.file, missing)


def _trouble(path: Path, checkpoint: Checkpoint) -> Sentence | Literal[""]:
    """What is wrong with a file of the store, or ""."""
    beside = _sum_beside(path)
    try:
        digest = sha256_of(path)
        recorded = beside.read_text("ascii").split()[0] if beside.exists() else ""
    except (OSError, ValueError, IndexError) as fault:
        return say("weights.unchecked", file=path, why=str(fault))
    official = checkpoint.prefix if path.suffix == ".pth" else ""
    if not recorded and not official:
        return say("weights.no_sum", file=path, sum=beside.name)
    if digest.startswith(official) and recorded in ("", digest):
        return ""
    return say("weights.damaged", file=path, given=digest[:8], wanted=(recorded or official)[:8])


def _sum_beside(path: Path) -> Path:
    return path.with_name(path.name + ".sha256")


def _destination(source: Path, folder: Path) -> tuple[Checkpoint, Path]:
    for checkpoint in CHECKPOINTS:
        if source.name in (checkpoint.file, checkpoint.safe_file):
            return checkpoint, folder / source.name
    names = ", ".join(f"{each.file} or {each.safe_file}" for each in CHECKPOINTS)
    raise WeightsError(f"{source.name} is no known file of weights; known are {names}")


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        said = say("weights.no_folder", folder=folder, why=str(fault.strerror or fault))
        raise WeightsError(said) from fault


def _check_room(folder: Path, needed: int, free: Callable[[Path], int]) -> None:
    room = free(folder)
    if room < needed + _SPARE:
        needed_mb = (needed + _SPARE) >> 20
        raise WeightsError(say("weights.no_room", folder=folder, free=room >> 20, needed=needed_mb))


def _download(
    address: str,
    part: Path,
    progress: Progress | None,
    free: Callable[[Path], int],
    pause: Callable[[float], None],
) -> None:
    """Bring `part` to its full length, over broken connections."""
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            _continue(address, part, progress, free)
            return
        except urllib.error.HTTPError as fault:
            _give_up_on(fault, address)
            trouble: Exception = fault
        except (OSError, http.client.HTTPException) as fault:
            if getattr(fault, "filename", None):  # the disk's, not the network's
                raise WeightsError(say("weights.unwritten", file=part, why=str(fault))) from fault
            trouble = fault
        log.warning("%s: %s (try %d of %d)", address, trouble, attempt, _ATTEMPTS)
        if attempt < _ATTEMPTS:
            pause(2.0**attempt)
    raise WeightsError(say("weights.unfetched", address=address, why=_cause(trouble))) from trouble


def _give_up_on(fault: urllib.error.HTTPError, address: str) -> None:
    """Refuse what no further try will mend."""
    if fault.code < 500 and fault.code not in (408, 416, 429):
        said = say("weights.no_answer", address=address, code=fault.code, why=str(fault.reason))
        raise WeightsError(said) from fault


def _cause(trouble: Exception) -> str:
    return str(getattr(trouble, "reason", "") or trouble or type(trouble).__name__)


def _continue(address: str, part: Path, progress: Progress | None, free: Callable[[Path], int]) -> None:
    """One connection: append what is missing, as far as it lasts."""
    have = part.stat().st_size if part.exists() else 0
    request = urllib.request.Request(address, headers={"Range": f"bytes={have}-"} if have else {})
    try:
        answer = urllib.request.urlopen(request, timeout=_TIMEOUT)
    except urllib.error.HTTPError as fault:
        fault.close()
        if fault.code == 416 and have:
            # there is nothing after what we have: its sum will tell whether it is the file
            whole = fault.headers.get("Content-Range", "").rpartition("/")[2]
            if whole == str(have):
                return
            part.unlink()
        raise
    with answer:
        if have and answer.status != 206:
            have = 0
        length = answer.headers.get("Content-Length")
        total = have + int(length) if length else None
        _check_room(part.parent, (total or have) - have, free)
        done = _append(answer, part, have, total, progress)
    if total is not None and done < total:
        raise http.client.IncompleteRead(b"", total - done)


def _append(
    answer: http.client.HTTPResponse, part: Path, have: int, total: int | None, progress: Progress | None
) -> int:
    with part.open("r+b" if have else "wb") as file:
        file.seek(have)
        while chunk := answer.read1(_CHUNK):  # what is there already, so that progress is told in time
            try:
                file.write(chunk)
            except OSError as fault:
                said = say("weights.unwritten", file=part, why=str(fault.strerror or fault))
                raise WeightsError(said) from fault
            have += len(chunk)
            if progress:
                progress(have, total)
        file.flush()
        os.fsync(file.fileno())
    return have


def _publish(part: Path, target: Path, digest: str) -> Path:
    """Give a finished file its name, with its sum beside it; a power cut leaves all of it or nothing."""
    sync(part)
    publish(_sum_beside(target), f"{digest}  {target.name}\n".encode("ascii"), FOR_OTHERS)
    os.replace(part, target)
    sync_folder(target.parent)
    return target


def weights_folder(settings: MattingSettings, data: Path) -> Path:
    """Give the configured folder of weights, else the one in the data folder."""
    return settings.weights.expanduser() if settings.weights else data / "weights"
