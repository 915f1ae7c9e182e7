"""What every rung of the ladder can do: say who is in a picture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from booth.arrays import Rgb8
from booth.shot import People, Plate


class PeopleFinder(Protocol):
    """Can be asked who is in a picture."""

    @property
    def name(self) -> str:
        """What the operator calls it, such as "Mask R-CNN"."""

    @property
    def needs_plate(self) -> bool:
        """Whether it can do nothing without a clean plate."""

    def people(self, image: Rgb8, plate: Plate | None) -> People:
        """Find who is in the picture.

        Parameters
        ----------
        image : uint8 of shape (H, W, 3), RGB
        plate : Plate or None
            The same view without people, of any size but the picture's proportions.

        Returns
        -------
        People
            Boxes in pixels of `image`; `nobody()` is an answer, not a fault.

        Raises
        ------
        MattingError
            If this picture cannot be segmented, or a plate is needed and missing.
        """


class Segmenter(PeopleFinder, Protocol):
    """Finds the people in one picture. Used by one thread only."""

    @property
    def device(self) -> str:
        """Where it computes and how, such as "cpu, bfloat16"."""

    @property
    def timings(self) -> Mapping[str, float]:
        """Seconds of each stage of the last call of `people`."""

    def warm_up(self) -> None:
        """Make the first photo as fast as the others."""
