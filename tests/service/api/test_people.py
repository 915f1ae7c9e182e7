"""What booths ask each other, of the plain service."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from booth.config.settings import RemoteSettings
from booth.matting.plate_difference import PlateDifference
from booth.matting.remote import Remote
from booth.matting.selftest import drawn_scene
from booth.matting.wire import ASK_TYPE, PATH


def test_the_plain_service_answers_a_booth(client: Any, tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text(client.token)
    token.chmod(0o600)
    address = f"http://127.0.0.1:{client.port}"
    remote = Remote(RemoteSettings(addresses=(address,), deadline=60.0, quality=100), token)
    try:
        remote.warm_up()
        assert remote.notices == ()
        scene = drawn_scene()
        people = remote.people(scene.image, scene.plate)
        own = PlateDifference().people(scene.image, scene.plate)
        np.testing.assert_allclose(people.boxes, own.boxes, atol=12)
        assert len(people) == 1
    finally:
        remote.close()


def test_what_is_no_question_is_a_problem(client: Any) -> None:
    answer = client.call("POST", PATH, b"hello", {"Content-Type": ASK_TYPE})
    assert answer.status == 400
    assert "no question of a booth" in answer.json["detail"]
