"""Files of weights put into networks, without a second copy of them in memory.

This module imports torch: import it in the worker's thread only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from pickle import UnpicklingError
from typing import TypeVar

import torch
from torch import Tensor, nn

from booth.errors import WeightsError
from booth.sentences import say

N = TypeVar("N", bound=nn.Module)


def with_weights(build: Callable[[], N], weights: Path, model: str) -> N:
    """Build a network and give it the weights of a file (.pth, or .safetensors without pickle).

    Nothing is drawn at random first, and the file is mapped into memory instead of being read.

    Raises
    ------
    WeightsError
        If the file cannot be read or holds the weights of another network.
    """
    with torch.device("meta"):
        network = build()
    try:
        network.load_state_dict(_state(weights), assign=True)
    except (OSError, RuntimeError, ValueError, KeyError, EOFError, UnpicklingError) as fault:
        what = str(fault).splitlines()[0][:200]
        said = say("weights.other_model", file=weights.name, model=model, why=what)
        raise WeightsError(said) from fault
    return network.requires_grad_(False).eval()


def _state(weights: Path) -> Mapping[str, Tensor]:
    if weights.suffix == ".safetensors":
        from safetensors import SafetensorError
        from safetensors.torch import load_file

        try:
            return dict(load_file(weights))
        except SafetensorError as fault:
            raise ValueError(str(fault)) from fault
    state: Mapping[str, Tensor] = torch.load(weights, map_location="cpu", weights_only=True, mmap=True)
    return state
