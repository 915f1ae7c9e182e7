"""The keys that buttons send: the names of the configuration as Qt's numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from PySide6.QtCore import Qt

SEVERAL: Mapping[str, tuple[Qt.Key, ...]] = MappingProxyType(
    {"enter": (Qt.Key.Key_Enter, Qt.Key.Key_Return), "camera": (Qt.Key.Key_Camera, Qt.Key.Key_CameraFocus)}
)
"""Names for which buttons differ."""


def key_codes(names: Iterable[str]) -> frozenset[int]:
    """Give Qt's numbers of keys named as in `booth.config.settings.KEYS`."""
    keys = [key for name in names for key in SEVERAL.get(name, ()) or (named(name),)]
    return frozenset(int(key) for key in keys)


def named(name: str) -> Qt.Key:
    """Give the key of a name: "page_down" is Key_PageDown."""
    return Qt.Key["Key_" + "".join(part.capitalize() for part in name.split("_"))]
