"""Who may ask: token, names, and the file that holds the token."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from booth.errors import ConfigError
from booth.service.api.guard import Guard, host_name, token_in

BASE = "/api/v1"


def test_without_the_token_nothing_but_health_is_told(client: Any) -> None:
    stranger = replace(client, token=None)
    assert stranger.get("/health").json == {"status": "ok"}
    assert stranger.get("/ready").json == {"status": "ready"}
    for path in (f"{BASE}/models", f"{BASE}/backdrops", "/nothing", f"{BASE}/backdrops/blue/thumbnail"):
        answer = stranger.get(path)
        assert (answer.status, answer.json["type"]) == (401, "urn:booth:problem:token")
        assert answer.headers["Www-Authenticate"].startswith("Bearer")
    assert replace(client, token=client.token[:-1]).get(f"{BASE}/models").status == 401
    assert stranger.get(f"{BASE}/models", Authorization=f"Basic {client.token}").status == 401


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8090", "", "127.0.0.1.evil.example"])
def test_a_name_that_is_not_the_apis_is_refused_with_the_right_token_too(client: Any, host: str) -> None:
    answer = client.get(f"{BASE}/models", Host=host)
    assert (answer.status, answer.json["type"]) == (421, "urn:booth:problem:host")


def test_names_are_told_without_port_and_brackets() -> None:
    told = [host_name(host) for host in ("Booth.local:8090", "[::1]:8090", "[::1]", "127.0.0.1")]
    assert told == ["booth.local", "::1", "::1", "127.0.0.1"]


def test_the_application_asks_for_itself_as_well(client: Any) -> None:
    guard = Guard("t" * 20, {"localhost"})
    assert guard.refusal("localhost", f"Bearer {'t' * 20}", "/x") is None
    assert guard.refusal("localhost", "Bearer käse", "/x").status == 401
    assert guard.refusal("other", "", "/health").status == 421


def test_a_token_is_made_once_for_this_user_alone(tmp_path: Path) -> None:
    path = tmp_path / "data" / "api-token"
    token = token_in(path)
    assert len(token) >= 40
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert token_in(path) == token


def test_a_token_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "api-token"
    token_in(path)
    path.chmod(0o644)
    with pytest.raises(ConfigError, match="chmod 600"):
        token_in(path)


@pytest.mark.parametrize("text", ["", "short", "two words that are long enough", "käse" * 10])
def test_a_file_without_a_token_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "api-token"
    path.write_text(text)
    path.chmod(0o600)
    with pytest.raises(ConfigError, match="Delete the file"):
        token_in(path)
