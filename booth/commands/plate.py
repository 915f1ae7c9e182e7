"""`run_booth.py plate`: take the clean plate."""

from __future__ import annotations

from rich.console import Console
from rich.progress import Progress

from booth.camera.camera import open_camera
from booth.camera.grabber import Grabber
from booth.camera.simulated import CameraControl
from booth.commands.plain import print_plain
from booth.config import Settings
from booth.errors import CameraError
from booth.spool.files import make_folders
from booth.studio import NoticeBoard
from booth.studio.plates import PlateKeeper

CAMERA_TIMEOUT = 6.0


def plate(settings: Settings) -> int:
    """Guide through the capture: the place empty, a countdown by Enter, the frames, the verdict.

    Raises
    ------
    PlateError, CameraError
        With what to do; the old plate stays in use.
    """
    console = Console()
    board = NoticeBoard()
    control = CameraControl()
    grabber = Grabber(lambda: open_camera(settings.camera, control), settings.camera, board.post, board.clear)
    grabber.start()
    try:
        _wait_for(grabber, board)
        console.input("Nobody and nothing that moves may be in the picture. Press Enter to take it.")
        folder = make_folders(settings.spool).plate
        keeper = PlateKeeper(settings.camera.clean_plate, folder, grabber, board)
        with control.stage_emptied(), Progress(console=console) as progress:
            task = progress.add_task("Taking the clean plate", total=1.0)
            taken = keeper.capture(lambda share: progress.update(task, completed=share))
    finally:
        grabber.stop()
    noise = f"noise {max(taken.sigma):.1f} of 255"
    print_plain(console, f"Taken: {folder / 'plate.png'}, {noise}. Look at it once.")
    return 0


def _wait_for(grabber: Grabber, board: NoticeBoard) -> None:
    try:
        grabber.still(CAMERA_TIMEOUT)
    except CameraError as error:
        told = " ".join(f"{notice.text} {notice.remedy}" for notice in board.all())
        raise CameraError(told or str(error)) from error
