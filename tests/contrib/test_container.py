"""The Dockerfile and what goes with it, by hadolint, by the rules of Compose and by what this project asks for."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from compose_spec import PyOptions

from booth.config.loading import load
from booth.contrib.requirements import WITHOUT, requirements

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")


@pytest.fixture(scope="module")
def steps() -> list[Any]:
    where = importlib.util.spec_from_file_location("container", Path(__file__).with_name("container.py"))
    assert where is not None
    assert where.loader is not None
    module = importlib.util.module_from_spec(where)
    sys.modules["container"] = module
    where.loader.exec_module(module)
    return module.steps(DOCKERFILE)  # type: ignore[no-any-return]


def text_of(steps: list[Any], name: str) -> str:
    return "\n".join(step.text for step in steps if step.name == name)


@pytest.mark.skipif(sys.platform == "win32", reason="hadolint has no package there")
def test_hadolint_has_nothing_to_say() -> None:
    beside = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    hadolint = shutil.which("hadolint", path=beside)
    assert hadolint, "the extra 'test' brings it along"
    run = subprocess.run([hadolint, ROOT / "Dockerfile"], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout) == (0, "")


def test_it_runs_as_nobody_of_importance(steps: list[Any]) -> None:
    (user,) = (step.text for step in steps if step.name == "USER")
    assert f"--uid {user} " in text_of(steps, "RUN")
    names = [step.name for step in steps]
    assert "RUN" not in names[names.index("USER") :]  # what is installed, only root can change
    assert "COPY" not in names[names.index("USER") :]


def test_the_base_has_a_tag_and_packages_leave_no_lists(steps: list[Any]) -> None:
    assert re.fullmatch(r"[a-z]+:(?!latest)\S+", text_of(steps, "FROM"))
    installing = [step.text for step in steps if "apt-get" in step.text]
    for text in installing:
        assert "--no-install-recommends" in text
        assert "rm -rf /var/lib/apt/lists/*" in text
    assert "sudo" not in DOCKERFILE
    assert "ADD " not in DOCKERFILE
    assert "PIP_NO_CACHE_DIR=1" in text_of(steps, "ENV")


def test_it_starts_without_a_shell_so_that_the_stop_signal_arrives(steps: list[Any]) -> None:
    entry = json.loads(text_of(steps, "ENTRYPOINT"))
    assert entry[-1] == "serve"
    assert (ROOT / entry[entry.index("--config") + 1]).is_file()
    assert json.loads(text_of(steps, "HEALTHCHECK").partition("CMD ")[2])[0] == "python"


def test_whatever_is_copied_is_there(steps: list[Any]) -> None:
    for step in steps:
        if step.name == "COPY":
            for source in step.text.split()[:-1]:
                assert (ROOT / source).exists()


def test_what_is_sent_to_docker_is_what_is_copied(steps: list[Any]) -> None:
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    patterns = [line for line in lines if line and not line.startswith("#")]
    assert patterns[0] == "*"
    assert patterns[-1] == "**/__pycache__"
    copied = {source.split("/")[0] for s in steps if s.name == "COPY" for source in s.text.split()[:-1]}
    assert {pattern.removeprefix("!") for pattern in patterns[1:-1]} == copied


def test_its_settings_can_be_read_and_listen_where_it_says(steps: list[Any]) -> None:
    settings = load(ROOT / "booth/contrib/container.yaml")
    assert str(settings.api.port) == text_of(steps, "EXPOSE")
    assert settings.api.host == "0.0.0.0"
    assert str(settings.spool.data) == text_of(steps, "VOLUME")
    assert "localhost" in settings.api.names  # as the health check calls it


def test_compose_builds_this_file_and_gives_it_no_more_than_it_needs() -> None:
    folder = ROOT / "booth/contrib"
    text = (folder / "compose.yaml").read_text("utf-8")
    PyOptions(apply_merge=True).from_yaml(text).validate()
    told = yaml.safe_load(text)
    for service in told["services"].values():
        assert (folder / service["build"]["context"] / "Dockerfile").is_file()
        assert set(service["build"]["args"]) <= set(re.findall(r"^ARG (\w+)", DOCKERFILE, re.MULTILINE))
        assert service["cap_drop"] == ["ALL"]
        assert service["read_only"] is True
        assert all(port.startswith("127.0.0.1:") for port in service["ports"])
        for volume in service["volumes"]:
            source = volume.split(":")[0]
            assert (folder / source).is_file() if source.startswith(".") else source in told["volumes"]


def test_screen_and_sound_stay_out_and_extras_come_in() -> None:
    plain = list(requirements(ROOT / "pyproject.toml", []))
    assert not any(name in each.lower() for each in plain for name in WITHOUT)
    assert any(each.startswith("torch>") for each in plain)
    assert set(requirements(ROOT / "pyproject.toml", ["ray"])) > set(plain)
    with pytest.raises(SystemExit, match="there are: test"):
        list(requirements(ROOT / "pyproject.toml", ["rays"]))


def test_serving_needs_neither_screen_nor_sound() -> None:
    code = (
        "import sys\n"
        "for name in ('PySide6', 'miniaudio'): sys.modules[name] = None\n"
        "import booth.cli, booth.commands.serve, booth.commands.kiosk, booth.service.hall\n"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
