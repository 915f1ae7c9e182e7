"""Run the Dockerfile's own steps without Docker: in an empty Debian in a folder, by chroot. Needs root.

    debootstrap --variant=minbase bookworm ROOT MIRROR
    python tests/contrib/container.py ROOT [--build-arg NAME=VALUE]... [--pass NAME]...

It builds, then starts the entry point as the file's user and waits for the file's health check to be well.
`--pass` hands a variable of this environment to the steps (where this machine's pip has its packages).
What this cannot show: image layers, Docker's own network and volumes, a GPU handed in.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parents[2]
LONGEST_START = 180.0
CHROOT = shutil.which("chroot") or "/usr/sbin/chroot"


@dataclass(frozen=True)
class Step:
    """One instruction, its lines joined, comments left out."""

    name: str
    text: str


def steps(dockerfile: str) -> list[Step]:
    """Read a Dockerfile."""
    lines = [line for line in dockerfile.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    return [Step(*line.split(None, 1)) for line in joined.splitlines()]


@dataclass
class Container:
    """A root folder that is built up step by step."""

    root: Path
    arguments: Mapping[str, str]
    environment: dict[str, str] = field(default_factory=dict)
    folder: str = "/"
    user: str = "root"
    entry: list[str] = field(default_factory=list)
    health: list[str] = field(default_factory=list)

    def build(self, step: Step) -> None:
        if step.name == "ARG":
            name, _, default = step.text.partition("=")
            self.environment[name] = self.arguments.get(name, default)
        elif step.name == "ENV":
            self.environment |= dict(pair.split("=", 1) for pair in shlex.split(step.text))
        elif step.name == "WORKDIR":
            self.folder = step.text
            self.inside(step.text).mkdir(parents=True, exist_ok=True)
        elif step.name == "COPY":
            self.copy(*step.text.split())
        elif step.name == "USER":
            self.user = step.text
        elif step.name == "RUN":
            subprocess.run(self.command(["/bin/sh", "-c", step.text]), env=self.environment, check=True)
        elif step.name == "ENTRYPOINT":
            self.entry = json.loads(step.text)
        elif step.name == "HEALTHCHECK":
            self.health = json.loads(step.text.partition("CMD ")[2])
        elif step.name not in ("FROM", "VOLUME", "EXPOSE", "STOPSIGNAL"):
            raise SystemExit(f"the instruction {step.name} is not understood")

    def inside(self, path: str) -> Path:
        """A path of the container, out here."""
        return self.root / os.path.join(self.folder, path).lstrip("/")

    def copy(self, *paths: str) -> None:
        *sources, target = paths
        for source in sources:
            here = HERE / source
            there = self.inside(target)
            if here.is_dir():
                shutil.copytree(here, there, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                there.mkdir(parents=True, exist_ok=True)
                shutil.copy2(here, there / here.name)

    def command(self, words: list[str]) -> list[str]:
        inner = f"cd {shlex.quote(self.folder)} && exec {shlex.join(words)}"
        return [CHROOT, f"--userspec={self.user}", str(self.root), "/bin/sh", "-c", inner]


def is_well(container: Container) -> bool:
    run = subprocess.run(
        container.command(container.health), env=container.environment, capture_output=True, timeout=60
    )
    return run.returncode == 0


def mounted(root: Path) -> Iterator[Path]:
    for name in ("proc", "dev"):
        subprocess.run(["mount", "--rbind", f"/{name}", str(root / name)], check=True)
        subprocess.run(["mount", "--make-rslave", str(root / name)], check=True)
        yield root / name


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("root", type=Path)
    parser.add_argument("--build-arg", action="append", default=[])
    parser.add_argument("--pass", action="append", default=[], dest="passed")
    parser.add_argument("--serve-only", action="store_true", help="the image is built; only start it")
    options = parser.parse_args()
    arguments = dict(pair.split("=", 1) for pair in options.build_arg)
    container = Container(options.root.resolve(), arguments)
    handed = {name: os.environ[name] for name in options.passed}
    shutil.copy2("/etc/resolv.conf", container.root / "etc/resolv.conf")
    (container.root / "etc/hosts").write_text("127.0.0.1 localhost\n", "utf-8")  # as Docker gives it
    mounts = list(mounted(container.root))
    try:
        for step in steps((HERE / "Dockerfile").read_text("utf-8")):
            if options.serve_only and step.name == "RUN":
                continue
            print(f"--- {step.name} {step.text[:100]}", flush=True)
            began = time.monotonic()
            container.environment |= handed
            container.build(step)
            print(f"    {time.monotonic() - began:.1f} s", flush=True)
        return serve(container)
    finally:
        for mount in mounts:
            subprocess.run(["umount", "--recursive", "--lazy", str(mount)], check=False)


def serve(container: Container) -> int:
    """Start the entry point, wait for health, end it by the stop signal; 0 if all that went well."""
    began = time.monotonic()
    process = subprocess.Popen(container.command(container.entry), env=container.environment)
    try:
        while not is_well(container):
            if process.poll() is not None or time.monotonic() - began > LONGEST_START:
                print("it did not become healthy")
                return 1
            time.sleep(0.5)
        status = Path(f"/proc/{process.pid}/status").read_text("utf-8")
        print(f"healthy after {time.monotonic() - began:.1f} s; {re.search(r'Uid:.*', status)[0]!r}")  # type: ignore[index]
        process.terminate()
        code = process.wait(30)
        print(f"ended with {code}")
        return code
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


if __name__ == "__main__":
    sys.exit(main())
