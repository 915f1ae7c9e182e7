"""The command line: parse arguments, load the settings, hand over, give an exit status."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

from booth.commands import weights
from booth.errors import BoothError
from booth.matting.weights import weights_folder
from booth.spool.files import data_folder


def arguments() -> argparse.ArgumentParser:
    """Give the parser of all that `run_booth.py` understands."""
    parser = argparse.ArgumentParser(
        prog="run_booth.py",
        description="A photo booth that puts its guests into any scene, without a green screen.",
        epilog="Without a command the kiosk starts.",
    )
    parser.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        help="configuration (default: config/booth.yaml if it is there, else embedded values)",
    )
    parser.add_argument(
        "--check", action="store_true", help="examine everything that an event needs, and end"
    )
    parser.add_argument("--window", action="store_true", help="run the kiosk in a window")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")

    demo = commands.add_parser("demo", help="the booth on its embedded defaults; no hardware needed")
    demo.add_argument(
        "--out", type=Path, default=Path("build/demo"), help="folder of all that the demo leaves"
    )
    demo.add_argument(
        "--scripted", action="store_true", help="let a scripted guest run it, also where there is a display"
    )

    develop = commands.add_parser("develop", help="replace the background of photographs")
    develop.add_argument("photos", nargs="+", type=Path, metavar="PHOTO")
    develop.add_argument(
        "--backdrop", required=True, metavar="ID", help="name of a backdrop, or a picture file"
    )
    develop.add_argument("--plate", type=Path, help="the same place without people, from the same camera")
    develop.add_argument(
        "--mask", type=Path, help="a rough mask (white: guests) instead of a method that finds them"
    )
    develop.add_argument("--out", required=True, type=Path, metavar="DIR")
    develop.add_argument(
        "--stages", action="store_true", help="also write a sheet of every step for each photo"
    )
    develop.add_argument("--cutout", action="store_true", help="also write each cut-out as a PNG with alpha")

    weights.add_arguments(commands.add_parser("weights", help="network weights: list, fetch, import"))
    pack = commands.add_parser("pack", help="event packs: check, preview, use, none")
    pack.add_argument(
        "deed", choices=("check", "preview", "use", "none"), help="'none': without any pack again"
    )
    pack.add_argument("path", nargs="?", type=Path, metavar="PATH", help="a folder or zip with a pack.yaml")
    pack.add_argument(
        "--out", type=Path, default=Path("pack.png"), metavar="FILE", help="where a preview is drawn"
    )
    commands.add_parser("rehearse", help="try everything that an event needs, and write one page about it")
    units = commands.add_parser("units", help="units for systemd that start the booth and watch over it")
    units.add_argument("--write", required=True, type=Path, metavar="DIR", help="folder to write them into")
    units.add_argument("--user", default="", help="user under whom the booth runs (default: this one)")
    commands.add_parser("pin", help="a PIN for the operator's panel, as its hash for the configuration")
    serve = commands.add_parser("serve", help="the HTTP API by itself: no screen, no camera")
    serve.add_argument(
        "--config", type=Path, metavar="FILE", default=argparse.SUPPRESS, help="as before the command"
    )
    serve.add_argument(
        "--ray",
        action="store_true",
        help="only what other booths ask, with replicas (Ray Serve; RAY_ADDRESS)",
    )
    serve.add_argument(
        "--replicas", type=_count, default=0, metavar="N", help="so many (default: as many as are asked for)"
    )
    serve.add_argument(
        "--most", type=_count, default=8, metavar="N", help="replicas at most, without --replicas"
    )
    serve.add_argument("--per-gpu", type=_count, default=1, metavar="N", help="replicas that share a GPU")
    commands.add_parser("plate", help="take the clean plate: leave the place empty, then press Enter")
    return parser


def _count(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 1000:
        raise ValueError(number)
    return number


def main(argv: Sequence[str] | None = None) -> int:
    """Run `run_booth.py`; the exit status is 0 when all went well."""
    options = arguments().parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)-7s %(name)s: %(message)s")
    try:
        return _run(options)
    except BoothError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _run(options: argparse.Namespace) -> int:
    # Each command imports its own rooms: a table of weights needs no Qt, a kiosk's first screen no torch.
    if options.check:
        from booth.commands.check import check

        return check(options.config)
    if options.command == "units":
        from booth.commands.units import units

        return units(options.write, options.config, options.user)
    if options.command == "pin":
        from booth.commands.pin import pin

        return pin()
    if options.command == "demo":
        from booth.commands.demo import demo

        return demo(options.out, scripted=options.scripted)
    from booth.commands import kiosk

    if options.command is None:
        return kiosk.kiosk(options.config, window=options.window)
    settings = kiosk.settings_for_tool(options.config)
    if options.command == "develop":
        from booth.commands.develop import develop

        return develop(options, settings)
    if options.command == "weights":
        return weights.run(options, settings, weights_folder(settings.matting, data_folder(settings.spool)))
    if options.command == "pack":
        from booth.commands import pack

        return pack.run(options, settings)
    if options.command == "rehearse":
        from booth.commands.rehearse import rehearse

        return rehearse(settings)
    if options.command == "serve":
        from booth.commands.serve import serve, serve_hall

        if options.ray:
            return serve_hall(settings, options.replicas, options.most, options.per_gpu)
        return serve(settings)
    from booth.commands.plate import plate

    return plate(settings)
