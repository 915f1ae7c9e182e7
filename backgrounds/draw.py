"""Draws Booth's backdrops: python backgrounds/draw.py [--only NAME] [--check].

Every picture comes from code and fixed seeds, so that it can be made again byte for byte.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import os
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

import yaml
from PIL import Image
from scene import Scene
from scenes import SCENES

HERE = Path(__file__).resolve().parent
SIDE = 1920
QUALITY = 86  # all fifteen must stay under 9 MB together
LANGUAGES = ("en", "de", "fr", "es", "it", "nl")
# newer processors round the last bit differently: all must take the sums that any x86-64 with AVX2 can do
SAME_SUMS = {
    "NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR",
    "OPENCV_CPU_DISABLE": "AVX512-SKX,AVX512-ICL",
    "OPENCV_IPP": "disabled",
    "OPENCV_LOG_LEVEL": "ERROR",  # else it warns that IPP is disabled
    "OPENBLAS_CORETYPE": "Haswell",
}
DRAWN_WITH = {"numpy": "2.4.6", "opencv-python-headless": "5.0.0.93", "pillow": "13.0.0"}
HEAD = """\
# Drawn by backgrounds/draw.py. title: shown to guests. floor: the line on which feet stand, from the top (0 to 1).
# safe: left, top, right, bottom of the box where guests look right. light: where light comes from, in degrees
# clockwise from straight above. writing: it can be read, so that it is never shown mirrored.
# sha256: of the picture beside this file.
"""


def jpeg_of(scene: Scene) -> bytes:
    """The scene at full size as a JPEG file."""
    file = io.BytesIO()
    picture = Image.fromarray(scene.paint(SIDE))
    picture.save(file, "JPEG", quality=QUALITY, subsampling=0, progressive=False)
    return file.getvalue()


def card_of(scene: Scene, jpeg: bytes) -> str:
    """The YAML that stands beside the picture."""
    titles = dict(zip(LANGUAGES, scene.titles, strict=True))
    names = yaml.safe_dump(titles, default_flow_style=True, sort_keys=False, allow_unicode=True, width=200)
    lines = [
        f"title: {names.strip()}",
        f"floor: {scene.floor}",
        f"safe: [{', '.join(f'{v:.2f}' for v in scene.safe)}]",
        f"light: {scene.light}",
        *(["writing: true"] if scene.writing else []),
        f"sha256: {hashlib.sha256(jpeg).hexdigest()}",
    ]
    return HEAD + "\n".join(lines) + "\n"


def written(scene: Scene, folder: Path) -> str:
    """Draws a scene into `folder`; says what it made."""
    start = time.perf_counter()
    jpeg = jpeg_of(scene)
    (folder / f"{scene.name}.jpg").write_bytes(jpeg)
    (folder / f"{scene.name}.yaml").write_text(card_of(scene, jpeg), encoding="utf-8")
    return f"{scene.name:12} {len(jpeg) / 1000:5.0f} kB {time.perf_counter() - start:5.1f} s"


def is_same(scene: Scene, folder: Path) -> bool:
    """Whether drawing a scene again gives the picture whose checksum its YAML holds."""
    card = yaml.safe_load((folder / f"{scene.name}.yaml").read_text(encoding="utf-8"))
    kept = hashlib.sha256((folder / f"{scene.name}.jpg").read_bytes()).hexdigest()
    return card["sha256"] == kept == hashlib.sha256(jpeg_of(scene)).hexdigest()


def other_tools() -> str:
    """What of numpy, OpenCV and Pillow is of another version than the pictures were drawn with; "" if nothing."""
    found = {name: version(name) for name in DRAWN_WITH}
    return ", ".join(
        f"{name} {found[name]} instead of {kept}" for name, kept in DRAWN_WITH.items() if found[name] != kept
    )


def main() -> int:
    """Draw or check; 1 when a check fails, 2 when a name is unknown."""
    if any(os.environ.get(name) != value for name, value in SAME_SUMS.items()):
        # numpy and OpenCV read these when they are imported, so they must be there from the start
        return subprocess.call([sys.executable, __file__, *sys.argv[1:]], env=os.environ | SAME_SUMS)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", metavar="NAME", choices=[s.name for s in SCENES], help="one scene alone")
    parser.add_argument("--check", action="store_true", help="draw again and compare with what is there")
    options = parser.parse_args()
    chosen = [s for s in SCENES if options.only in (None, s.name)]
    if not options.check:
        for scene in chosen:
            print(written(scene, HERE), flush=True)
        return 0
    changed = [scene.name for scene in chosen if not is_same(scene, HERE)]
    print("\n".join(f"{name} differs" for name in changed) or f"{len(chosen)} the same")
    if changed and other_tools():
        print(f"Bytes are only promised with what they were drawn with; here is {other_tools()}.")
    return 1 if changed else 0


if __name__ == "__main__":
    sys.exit(main())
