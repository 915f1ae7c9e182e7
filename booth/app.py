"""Builds the house from Settings, starts it, stops it in reverse: the only file that knows every room."""

from __future__ import annotations

import logging
import logging.handlers
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from booth.camera.camera import open_camera
from booth.camera.simulated import CameraControl
from booth.config import Settings
from booth.config.watch import ConfigWatch
from booth.files import told
from booth.matting.engine import Engine, build_engine
from booth.matting.fetching import WeightsFetch
from booth.matting.weights import model_of, weights_folder
from booth.scene.backdrops import HOUSE_BACKDROPS, load_backdrops
from booth.scene.layout import check_layout
from booth.sentences import ENGLISH, sentences
from booth.service.api.building import Api, build_api
from booth.service.app import create_app
from booth.service.server import PickupServer
from booth.shot import Notice
from booth.spool.files import data_folder
from booth.spool.pickup import Pickups
from booth.spool.printers import printers_of
from booth.spool.printing import Printer
from booth.spool.recovery import recover
from booth.spool.second_copy import SecondCopy
from booth.spool.spool import Spool
from booth.spool.system_printer import PrintSystem
from booth.studio import NoticeBoard, Studio
from booth.studio.address import AddressWatch, pickup_address
from booth.studio.operator import Operator
from booth.studio.priority import give_way
from booth.ui.printing import QtPrintSystem

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class House:
    """The booth, running. `camera` reaches a simulated camera and is of no use to a real one."""

    studio: Studio
    spool: Spool
    board: NoticeBoard
    printers: tuple[Printer, ...]
    camera: CameraControl
    operator: Operator


@contextmanager
def running(
    settings: Settings, notices: Sequence[Notice] = (), config: ConfigWatch | None = None
) -> Iterator[House]:
    """Run the booth without its face; leaving the block stops it, the last started first.

    `config` watches the files that the settings came from, where there are any.

    Raises
    ------
    BoothError
        If it cannot start: the data folder is of no use, or no backdrop can be shown.
    """
    for language in (ENGLISH, settings.operator.language):
        sentences(language)  # read now: with too many files open there would be no words to say so
    board = NoticeBoard()
    for notice in notices:
        board.post(notice)
    spool = Spool(settings.spool, event=settings.event.name)
    try:
        system = QtPrintSystem()
        house = _built(settings, spool, board, config or ConfigWatch(running=settings), system)
        server = _pickup_server(settings, spool, board)
        address = _address_watch(settings, spool, board)
        copies = _second_copy(settings, spool, board)
        fetching = _weights_fetch(settings, spool, board)
        api = _api(settings, house, board)
    except BaseException:
        spool.close()
        raise
    try:
        house.studio.start(recover(spool, time.time()).result())
        if server is not None:
            server.start()
        if address is not None:
            address.start()
        if copies is not None:
            copies.start()
        if fetching is not None:
            fetching.start()
        if api is not None:
            api.start()
        yield house
    finally:
        if api is not None:
            api.stop()
        if fetching is not None:
            fetching.stop()
        if copies is not None:
            copies.stop()
        if address is not None:
            address.stop()
        if server is not None:
            server.stop()
        house.operator.stop()
        house.studio.stop()
        system.close()


@contextmanager
def serving(settings: Settings) -> Iterator[Api]:
    """Serve the API alone; leaving the block stops it.

    Raises
    ------
    BoothError
        If it cannot start: the data folder or the token is of no use, or no backdrop can be used.
    """
    root = data_folder(settings.spool)
    backdrops, notices = load_backdrops(settings.scene, HOUSE_BACKDROPS)
    layout, of_layout = check_layout(settings.scene.layout)
    settings = settings.model_copy(update={"scene": settings.scene.model_copy(update={"layout": layout})})
    for notice in (*notices, *of_layout):
        _log_notice(notice)
    api = build_api(settings, root, backdrops, None, _log_notice, lambda key: None)
    api.start()
    try:
        yield api
    finally:
        api.stop()


def _log_notice(notice: Notice) -> None:
    log.warning("%s %s", notice.text, notice.remedy)


def _api(settings: Settings, house: House, board: NoticeBoard) -> Api | None:
    if not settings.api.enabled:
        return None
    studio = house.studio
    root = house.spool.folders.root
    return build_api(settings, root, studio.backdrops, studio.worker, board.post, board.clear)


def _built(
    settings: Settings, spool: Spool, board: NoticeBoard, config: ConfigWatch, system: PrintSystem
) -> House:
    backdrops, of_backdrops = load_backdrops(settings.scene, HOUSE_BACKDROPS)
    layout, of_layout = check_layout(settings.scene.layout)
    for notice in (*of_backdrops, *of_layout):
        board.post(notice)
    settings = settings.model_copy(update={"scene": settings.scene.model_copy(update={"layout": layout})})
    camera = CameraControl()
    printers = printers_of(settings.spool, spool.folders, partial(_page_of, settings, spool), system)
    weights = weights_folder(settings.matting, spool.folders.root)
    studio = Studio(
        settings,
        backdrops,
        spool,
        printers,
        board,
        lambda: open_camera(settings.camera, camera),
        partial(_engine, settings, weights),
    )
    operator = Operator(studio, spool, settings, board, camera, config)
    return House(studio, spool, board, printers, camera, operator)


def _engine(settings: Settings, weights: Path) -> Engine:
    """Built in the matting thread, which computes for whole seconds."""
    give_way()
    return build_engine(settings.matting, weights)


def _page_of(settings: Settings, spool: Spool, photo_id: str) -> str | None:
    token = spool.token(photo_id)
    return pickup_address(settings.service, token) if token else None


def _pickup_server(settings: Settings, spool: Spool, board: NoticeBoard) -> PickupServer | None:
    if not settings.service.enabled:
        return None
    pickups = Pickups(spool, settings.service.reprints)
    app = create_app(pickups, settings.event, settings.service)
    return PickupServer(app, settings.service, board.post, board.clear)


def _address_watch(settings: Settings, spool: Spool, board: NoticeBoard) -> AddressWatch | None:
    if not settings.service.enabled:
        return None
    return AddressWatch(settings.service, spool.folders.address, board.post, board.clear)


def _weights_fetch(settings: Settings, spool: Spool, board: NoticeBoard) -> WeightsFetch | None:
    model, base = model_of(settings.matting), settings.matting.fetch_from
    if model is None or not base:
        return None
    return WeightsFetch(model, weights_folder(settings.matting, spool.folders.root), base, board.post)


def _second_copy(settings: Settings, spool: Spool, board: NoticeBoard) -> SecondCopy | None:
    folder = settings.spool.second_copy
    return SecondCopy(spool, folder, board.post, board.clear) if folder else None


def log_to(folder: Path, level: str) -> None:
    """Write the log to `booth.log` in a folder as well, 10 files of 2 MB at the most.

    Raises
    ------
    SpoolError
        If nothing can be written there: no photo could be saved there either.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handler = logging.handlers.RotatingFileHandler(
            folder / "booth.log", maxBytes=2_000_000, backupCount=9, encoding="utf-8"
        )
    except OSError as error:
        raise told(error, folder) from error
    handler.setFormatter(
        logging.Formatter("%(asctime)s %(levelname)-7s %(threadName)s %(name)s: %(message)s")
    )
    logging.getLogger().addHandler(handler)
    logging.getLogger().setLevel(level.upper())
