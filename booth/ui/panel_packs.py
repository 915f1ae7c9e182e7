"""The panel's page of event packs: which lie in the operator's folder, what is in one, and its use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Property, QObject, Signal, Slot
from PySide6.QtGui import QImage
from PySide6.QtQml import QmlElement, QmlUncreatable

from booth.config.settings import Settings
from booth.sentences import in_language
from booth.shot import Notice
from booth.studio.event_packs import EventPacks, Examined
from booth.ui.pictures import to_qimage
from booth.ui.words import load_texts

if TYPE_CHECKING:
    from booth.studio.operator import Operator

QML_IMPORT_NAME = "Booth.Items"
QML_IMPORT_MAJOR_VERSION = 1

Then = Callable[[str, "Future[Any]", Callable[[Any], None]], None]


@QmlElement
@QmlUncreatable("made by the panel")
class PacksModel(QObject):  # type: ignore[operator]
    """What lies in the folder, and the one that is being looked at. `then` has a Future delivered, `say` tells."""

    changed = Signal()

    def __init__(
        self,
        operator: Operator | None,
        words: Mapping[str, str],
        language: str,
        then: Then,
        say: Callable[[str], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._operator = operator
        self._words = words
        self._language = language
        self._then = then
        self._say = say
        self._lie: EventPacks | None = None
        self._path: Path | None = None
        self._looked: Examined | None = None
        self._sheet = QImage()

    @Slot()
    def refresh(self) -> None:
        """Look into the folder anew: a stick may have come or gone."""
        if self._operator is not None:
            self._then("packs", self._operator.event_packs(), self._show)

    def _show(self, lie: EventPacks) -> None:
        self._lie = lie
        self.changed.emit()

    @Slot(str)
    def look(self, path: str) -> None:
        """Look a pack over and have its pictures drawn."""
        if self._operator is None:
            return
        wanted = Path(path)
        self._path, self._looked, self._sheet = wanted, None, QImage()
        self.changed.emit()
        future = self._operator.examine_pack(wanted, _of_texts)
        self._then("pack", future, lambda looked: self._show_looked(wanted, looked))

    def _show_looked(self, path: Path, looked: Examined) -> None:
        if path == self._path:  # nobody has turned to another meanwhile
            self._looked = looked
            self._sheet = to_qimage(looked.sheet) if looked.sheet is not None else QImage()
            self.changed.emit()

    @Slot()
    def use(self) -> None:
        """Take the pack that is looked at into use."""
        if self._operator is not None and self._path is not None and self._get_good():
            self._then("use", self._operator.use_pack(self._path), self._used(self._path.stem))

    @Slot()
    def useNone(self) -> None:
        """Go without a pack."""
        if self._operator is not None:
            self._then("use", self._operator.use_pack(None), self._used(self._words["packs.none"]))

    def _used(self, name: str) -> Callable[[object], None]:
        def tell(_: object) -> None:
            self._say(self._words["packs.taken"].format(name=name))
            self.refresh()

        return tell

    def _folder(self) -> str:
        folder = self._operator.settings.operator.packs if self._operator is not None else None
        return str(folder or "")

    def _get_folder(self) -> str:
        return self._folder()

    def _get_hint(self) -> str:
        """What is to be said where there is nothing to choose from."""
        if not self._folder():
            return self._words["packs.unset"]
        if self._lie is not None and not self._lie.found:
            return self._words["packs.empty"].format(folder=self._folder())
        return ""

    def _get_found(self) -> list[dict[str, Any]]:
        return [
            {
                "path": str(pack.path),
                "name": pack.path.stem,
                "file": pack.path.name if pack.path.name != pack.path.stem else f"{pack.path.name}/",
                "used": pack.is_used,
                "looked": pack.path == self._path,
            }
            for pack in (self._lie.found if self._lie is not None else ())
        ]

    def _get_used(self) -> str:
        return self._lie.used if self._lie is not None else ""

    def _get_elsewhere(self) -> str:
        """The pack in use where it does not lie in the folder: its stick is out."""
        is_here = self._lie is not None and any(pack.is_used for pack in self._lie.found)
        return "" if is_here else self._get_used()

    def _get_name(self) -> str:
        return self._path.stem if self._path is not None else ""

    def _get_drawing(self) -> bool:
        return self._path is not None and self._looked is None

    def _get_good(self) -> bool:
        return self._looked is not None and self._looked.is_good

    def _get_verdict(self) -> str:
        if self._path is None:
            return ""
        if self._looked is None:
            return self._words["packs.looking"]
        return self._words["packs.good" if self._looked.is_good else "packs.wrong"]

    def _get_findings(self) -> list[dict[str, str]]:
        """What wants attention; what is good is said in one line."""
        findings = self._looked.findings if self._looked is not None else ()
        return [
            {
                "lamp": each.lamp,
                "thing": each.thing,
                "found": in_language(each.found, self._language),
                "remedy": in_language(each.remedy, self._language),
            }
            for each in findings
            if each.lamp != "green"
        ]

    def _get_sheet(self) -> QImage:
        return self._sheet

    def _get_aspect(self) -> float:
        return self._sheet.width() / self._sheet.height() if not self._sheet.isNull() else 0.0

    folder = Property(str, _get_folder, constant=True)
    hint = Property(str, _get_hint, notify=changed)
    found = Property(list, _get_found, notify=changed)
    used = Property(str, _get_used, notify=changed)
    elsewhere = Property(str, _get_elsewhere, notify=changed)
    name = Property(str, _get_name, notify=changed)
    drawing = Property(bool, _get_drawing, notify=changed)
    good = Property(bool, _get_good, notify=changed)
    verdict = Property(str, _get_verdict, notify=changed)
    findings = Property(list, _get_findings, notify=changed)
    sheet = Property(QImage, _get_sheet, notify=changed)
    aspect = Property(float, _get_aspect, notify=changed)


def _of_texts(settings: Settings) -> tuple[Notice, ...]:
    return load_texts(settings.event.languages, settings.event.texts)[1]
