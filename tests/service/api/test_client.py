"""A client that knows nothing but the description, and does each call with it."""

from __future__ import annotations

import base64
import http.client
import io
import json
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from PIL import Image


class Described:
    """Calls by their `operationId`; how each is called is read from the description."""

    def __init__(self, port: int, secret: str) -> None:
        self._port, self._secret = port, secret
        self._whole = json.loads(self._sent("GET", "/openapi.json", None, {})[2])
        self.operations = {
            operation["operationId"]: (method.upper(), path, operation)
            for path, methods in self._whole["paths"].items()
            for method, operation in methods.items()
        }

    def call(self, name: str, _as: str = "", **arguments: Any) -> Any:
        """Call; an argument is a parameter or a key of the body, which is sent in the media type `_as`."""
        method, path, operation = self.operations[name]
        query = {}
        for described in operation.get("parameters", ()):
            parameter = self._meant(described)
            value = arguments.pop(parameter["name"], None)
            if parameter["in"] == "path":
                path = path.replace("{" + parameter["name"] + "}", quote(value, safe=""))
            elif value is not None:
                query[parameter["name"]] = value
        body, headers = self._body(operation, _as, arguments)
        for scheme in operation.get("security", self._whole["security"]):
            for kind in (self._whole["components"]["securitySchemes"][key] for key in scheme):
                assert (kind["type"], kind["scheme"]) == ("http", "bearer")
                headers["Authorization"] = f"Bearer {self._secret}"
        status, media, data = self._sent(
            method, path + ("?" + urlencode(query) if query else ""), body, headers
        )
        answers = self._meant(operation["responses"][str(status)])
        assert media in answers["content"], (media, answers)
        assert status < 300, data
        schema = self._meant(answers["content"][media].get("schema", {}))
        if media != "application/json":
            return data
        told = json.loads(data)
        assert set(schema.get("required", ())) <= set(told)
        return told

    def _body(
        self, operation: Any, media: str, arguments: dict[str, Any]
    ) -> tuple[bytes | None, dict[str, str]]:
        if "requestBody" not in operation:
            assert not arguments
            return None, {}
        content = self._meant(operation["requestBody"])["content"]
        media = media or next(iter(content))
        schema = self._meant(content[media]["schema"])
        assert set(arguments) <= set(schema["properties"])
        if media == "application/json":
            told = {}
            for key, value in arguments.items():
                described = self._meant(schema["properties"][key])
                is_coded = described.get("contentEncoding") == "base64"
                told[key] = base64.b64encode(value).decode() if is_coded else value
            return json.dumps(told).encode(), {"Content-Type": media}
        body = b""
        for key, value in arguments.items():
            is_file = "contentMediaType" in self._meant(schema["properties"][key])
            body += f'--b\r\nContent-Disposition: form-data; name="{key}"'.encode()
            body += b'; filename="file"' if is_file else b""
            body += b"\r\n\r\n" + (value if is_file else value.encode()) + b"\r\n"
        return body + b"--b--\r\n", {"Content-Type": f"{media}; boundary=b"}

    def _meant(self, described: Any) -> Any:
        while "$ref" in described:
            found = self._whole
            for key in described["$ref"].removeprefix("#/").split("/"):
                found = found[key]
            described = found
        return described

    def _sent(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> tuple[int, str, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.headers.get_content_type(), answer.read()
        finally:
            connection.close()


@pytest.fixture(scope="module")
def described(client: Any) -> Described:
    return Described(client.port, client.token)


def test_each_call_is_made_from_the_description_alone(
    described: Described, client: Any, portrait: bytes, drawn: tuple[bytes, bytes]
) -> None:
    call = described.call
    (Path(client.settings.spool.data).parent / "in" / "described.png").write_bytes(portrait)
    scenes = call("backdrops")["backdrops"]
    models = call("models")
    done = {
        "detect": call("detect", image=portrait, masks="polygons", score=0.1),
        "instance": call("instance", image=portrait),
        "semantic": call("semantic", "application/json", image=portrait),
        "matte": call("matte", image=drawn[0], plate=drawn[1], model="plate"),
        "replace": call("replace", image=portrait, backdrop=scenes[0]["id"], format="webp", side=256),
        "segment": call("segment", input="described.png", output="described.png", result="semantic"),
        "thumbnail": call("thumbnail", id=scenes[1]["id"]),
        "makeDefault": call("makeDefault", model=models["default"]),
        "backdrops": scenes,
        "models": models,
        **{name: call(name) for name in ("page", "health", "ready", "metrics", "description")},
    }
    assert done["detect"]["labels"][0] == "person"
    for name, kind in (("instance", "PNG"), ("matte", "PNG"), ("replace", "WEBP"), ("thumbnail", "JPEG")):
        with Image.open(io.BytesIO(done[name])) as picture:
            assert picture.format == kind
    with Image.open(io.BytesIO(base64.b64decode(done["semantic"]["image"]))) as picture:
        assert picture.mode == "P"
    assert b"booth_queue_length" in done["metrics"]
    # The call that needs the internet is made in test_addresses, the one between booths in test_people.
    assert set(done) == set(described.operations) - {"detectByAddress", "people"}
