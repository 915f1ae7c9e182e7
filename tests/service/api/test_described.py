"""The served description and the API say the same: schemathesis asks what it allows, and what it does not."""

from __future__ import annotations

import io
from importlib import resources
from typing import Any

import pytest
import schemathesis
import yaml
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from PIL import Image
from schemathesis.checks import positive_data_acceptance
from skimage import data

from booth.matting.wire import ASK_TYPE, ask_bytes

EXAMPLES = 30
PICTURES = ("detect", "instance", "semantic", "matte", "replace", "segment", "people")


def _photograph() -> bytes:
    out = io.BytesIO()
    Image.fromarray(data.astronaut()).resize((128, 128)).save(out, "PNG")
    return out.getvalue()


for kind in ("image/jpeg", "image/png", "image/webp"):
    schemathesis.openapi.media_type(kind, st.one_of(st.just(_photograph()), st.binary(max_size=64)))
_QUESTION = ask_bytes(_photograph(), None, b"")
schemathesis.openapi.media_type(ASK_TYPE, st.one_of(st.just(_QUESTION), st.binary(max_size=64)))
FILE = resources.files("booth.service.api").joinpath("openapi.yaml")
DESCRIBED = yaml.safe_load(FILE.read_text("utf-8"))
schema = schemathesis.openapi.from_dict(DESCRIBED)


def test_the_description_that_is_served_is_the_one_beside_the_code(client: Any) -> None:
    assert client.get("/openapi.json").json == DESCRIBED


@pytest.mark.heavy
@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_every_call_answers_as_it_is_described(case: Any, client: Any) -> None:
    # What bytes are a picture of somebody no description can say: of these calls a refusal is no surprise.
    takes_a_picture = case.path.removeprefix("/api/v1/") in PICTURES
    case.call_and_validate(
        base_url=f"http://127.0.0.1:{client.port}",
        headers={"Authorization": f"Bearer {client.token}"},
        excluded_checks=[positive_data_acceptance] if takes_a_picture else [],
    )
