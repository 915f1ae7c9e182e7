"""python -m booth.matting.train.mixed OUT WEIGHTS:SHARE ...: the weighted mean of several weights of one descent.

Weights that were trained on from the same beginning can be averaged; what the old ones knew and the new ones
learned both stay (Wortsman, M. et al.: Robust Fine-Tuning of Zero-Shot Models. CVPR 2022).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from booth.errors import WeightsError
from booth.matting.network import PeopleNet, load, save


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the mean; 2 where weights cannot be read or do not fit together."""
    parser = argparse.ArgumentParser(prog="python -m booth.matting.train.mixed", description=__doc__)
    parser.add_argument("out", type=Path, help="where the mean is written")
    parser.add_argument("parts", type=_part, nargs="+", help="WEIGHTS:SHARE, shares of 1 together")
    options = parser.parse_args(arguments)
    try:
        network = mixed(options.parts)
    except WeightsError as error:
        print(f"booth.matting.train.mixed: {error}", file=sys.stderr)
        return 2
    save(network, options.out, {"mixed": " ".join(f"{path.stem}:{share:g}" for path, share in options.parts)})
    return 0


def _part(said: str) -> tuple[Path, float]:
    path, _, share = said.rpartition(":")
    return Path(path), float(share)


def mixed(parts: Sequence[tuple[Path, float]]) -> PeopleNet:
    """Give the network whose every weight is the weighted mean."""
    if abs(sum(share for _, share in parts) - 1) > 1e-6:
        raise WeightsError("the shares do not add up to 1")
    networks = [load(path) for path, _ in parts]
    if any(one.widths != networks[0].widths for one in networks):
        raise WeightsError("the weights have different widths")
    states = [one.state_dict() for one in networks]
    mean = {
        name: sum(share * state[name] for state, (_, share) in zip(states, parts, strict=True))
        for name in states[0]
    }
    networks[0].load_state_dict(mean)
    return networks[0]


if __name__ == "__main__":
    sys.exit(main())
