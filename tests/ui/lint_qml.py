"""Lints the screens: python tests/ui/lint_qml.py.

qmllint must know the types that Python registers; they are read off the classes themselves, so that a name
that a screen gets wrong is found.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QMetaMethod, QMetaObject

from booth.ui.album import Album
from booth.ui.kiosk import QML
from booth.ui.lamp import LampModel
from booth.ui.mirror import MirrorFeed, MirrorItem
from booth.ui.panel import PanelModel
from booth.ui.panel_packs import PacksModel
from booth.ui.pictures import PictureItem, PrintItem, WarmItem
from booth.ui.review import ReviewModel
from booth.ui.shown import ShownVisit
from booth.ui.tiles import TileFeed, TileItem
from booth.ui.visit import VisitModel
from booth.ui.wall import WallModel

TYPES = (
    PictureItem,
    PrintItem,
    WarmItem,
    MirrorItem,
    MirrorFeed,
    Album,
    ReviewModel,
    TileFeed,
    TileItem,
    ShownVisit,
    VisitModel,
    LampModel,
    PanelModel,
    PacksModel,
    WallModel,
)
QML_NAMES = {"QImage": "QVariant", "float": "double", "QObject*": "QObject"}


def component(meta: QMetaObject) -> Iterator[str]:
    """Give a class as qmltypes describes it."""
    name = meta.className()
    yield f'Component {{ name: "{name}"; accessSemantics: "reference"; prototype: "{meta.superClass().className()}"'
    yield f'    exports: ["Booth.Items/{name} 1.0"]; exportMetaObjectRevisions: [256]'
    for index in range(meta.propertyOffset(), meta.propertyCount()):
        member = meta.property(index)
        kind = QML_NAMES.get(member.typeName(), member.typeName()).rstrip("*")
        pointer = "; isPointer: true" if member.typeName().endswith("*") else ""
        fixed = "" if member.isWritable() else "; isReadonly: true"
        notify = (
            f'; notify: "{bytes(member.notifySignal().name()).decode()}"' if member.hasNotifySignal() else ""
        )
        constant = "; isPropertyConstant: true" if member.isConstant() else ""
        yield f'    Property {{ name: "{member.name()}"; type: "{kind}"{pointer}{fixed}{notify}{constant} }}'
    for index in range(meta.methodOffset(), meta.methodCount()):
        method = meta.method(index)
        word = "Signal" if method.methodType() is QMetaMethod.MethodType.Signal else "Method"
        kinds = [bytes(kind).decode() for kind in method.parameterTypes()]
        values = " ".join(f'Parameter {{ type: "{kind}" }}' for kind in kinds)
        yield f'    {word} {{ name: "{bytes(method.name()).decode()}"; {values} }}'
    yield "}"


def describe(folder: Path) -> None:
    """Write the module that the screens import."""
    module = folder / "Booth" / "Items"
    module.mkdir(parents=True)
    (module / "qmldir").write_text("module Booth.Items\ntypeinfo items.qmltypes\nimport QtQuick\n")
    lines = [line for kind in TYPES for line in component(kind.staticMetaObject)]
    text = "\n".join(["import QtQuick.tooling 1.2", "Module {", *lines, "}"])
    (module / "items.qmltypes").write_text(text)


def lint() -> int:
    """Run qmllint over every screen; give its exit status."""
    tool = shutil.which("pyside6-qmllint", path=str(Path(sys.executable).parent)) or "pyside6-qmllint"
    with tempfile.TemporaryDirectory() as folder:
        describe(Path(folder))
        screens = sorted(str(path) for path in QML.glob("*.qml"))
        return subprocess.run([tool, "--max-warnings", "0", "-I", folder, *screens], check=False).returncode


if __name__ == "__main__":
    raise SystemExit(lint())
