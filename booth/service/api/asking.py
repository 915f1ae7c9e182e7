"""What a request asks for: its query, its JSON or form, its pictures; all of it is looked at before use."""

from __future__ import annotations

import base64
import binascii
import io
from collections.abc import Callable, Mapping
from typing import IO, Annotated, Any, Literal, TypeVar

from flask import Request
from pydantic import BaseModel, ConfigDict, Field, StrictBool, StringConstraints, ValidationError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from booth.arrays import Rgb8
from booth.errors import PictureError
from booth.images import pixels_of
from booth.service.api.problems import Problem


class WholeRequest(Request):
    """A request whose files are kept in memory, as `api.body` bounds them: no file is left behind by a bad form."""

    def _get_file_stream(self, *args: object, **kwargs: object) -> IO[bytes]:
        return io.BytesIO()


SLIMMEST = 8
"""How many times longer than wide a picture may be."""
STATUS = {"format": 415, "size": 413, "content": 422}
Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Masks = Literal["rle", "polygons", "none"]
Format = Literal["png", "jpeg", "webp"]


class Part(BaseModel):
    """A part of a request; what is unknown in it is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ModelQuery(Part):
    """The query of most calls."""

    model: Name | None = None


class DetectQuery(ModelQuery):
    """The query of /detect."""

    masks: Masks | None = None
    score: Annotated[float, Field(ge=0, le=1)] = 0.0


class DetectByAddressQuery(DetectQuery):
    """The query of GET /detect."""

    url: Annotated[str, StringConstraints(min_length=1, max_length=2000)]


class ReplaceQuery(ModelQuery):
    """The query of /replace."""

    format: Format | None = None
    side: Annotated[int, Field(ge=256, le=1920)] = 1920


class Pictures(Part):
    """The pictures of a request: bytes of files from a form, or texts in base64 from JSON."""

    image: bytes | str | None = None
    url: Annotated[str, StringConstraints(min_length=1, max_length=2000)] | None = None
    plate: bytes | str | None = None


class ReplacePictures(Pictures):
    """The pictures of /replace, and the backdrop that it names."""

    backdrop: Name | None = None
    backdrop_image: bytes | str | None = None


class DefaultModel(Part):
    """The body of /models/default."""

    model: Name


class SegmentFile(Part):
    """The body of /segment."""

    input: Annotated[str, StringConstraints(min_length=1, max_length=4000)]
    output: Annotated[str, StringConstraints(min_length=1, max_length=4000)]
    result: Literal["matte", "replace", "instance", "semantic"] = "matte"
    backdrop: Name | None = None
    overwrite: StrictBool = False


P = TypeVar("P", bound=Part)


def query_of(request: Request, kind: type[P]) -> P:
    """Read the query.

    Raises
    ------
    Problem
        If a key is unknown, given twice, or its value none that it may have.
    """
    for name, values in request.args.lists():
        if len(values) > 1:
            raise Problem(400, "query", f"The query has {name[:60]!r} {len(values)} times: give it once.")
    return _checked(request.args.to_dict(), kind, "query")


def json_of(request: Request, kind: type[P]) -> P:
    """Read a body of JSON, which must be an object."""
    if not request.is_json:
        raise Problem(415, "body", "Send JSON, with the header 'Content-Type: application/json'.")
    try:
        told = request.get_json()
    except HTTPException as error:
        if error.code == 413:
            raise
        raise Problem(400, "body", "The body is no JSON that can be read: send one object.") from error
    except RecursionError as error:
        raise Problem(400, "body", "The JSON is nested too deeply: send one flat object.") from error
    if not isinstance(told, dict):
        raise Problem(400, "body", 'The body is JSON, but no object: send {"image": "..."}.')
    if nothing := [name for name, value in told.items() if value is None]:
        raise Problem(400, "body", f"The body has {nothing[0][:60]!r} as null: leave it out.")
    return _checked(told, kind, "body")


def pictures_of(request: Request, kind: type[P]) -> P:
    """Read a form with files, or JSON with the same names."""
    if request.is_json:
        return json_of(request, kind)
    if request.mimetype != "multipart/form-data":
        raise Problem(
            415,
            "body",
            "Send the picture as the file 'image' of a form (multipart/form-data), or as JSON with its base64 "
            'text in "image".',
        )
    told: dict[str, Any] = {}
    try:
        texts, files = list(request.form.items(multi=True)), list(request.files.items(multi=True))
    except RequestEntityTooLarge as error:
        if (request.content_length or 0) > (request.max_content_length or 0):
            raise
        raise Problem(
            400, "body", "The form has too many parts, or too much text: send only what is described."
        ) from error
    names = [name for name, _ in (*texts, *files)]
    for name in names:
        if names.count(name) > 1:
            raise Problem(400, "body", f"The form has {name[:60]!r} twice: give it once.")
    for name, _ in texts:
        if name in ("image", "plate", "backdrop_image"):
            raise Problem(400, "body", f"The form has {name} as text: send it as a file, with a file name.")
    told = {**dict(texts), **{name: file.read() for name, file in files}}
    return _checked(told, kind, "body")


def _checked(told: Mapping[str, Any], kind: type[P], where: str) -> P:
    try:
        return kind.model_validate(dict(told))
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        key = ".".join(str(part) for part in first["loc"])[:80]
        known = ", ".join(kind.model_fields) or "nothing"
        raise Problem(
            400, where, f"The {where} has a wrong {key!r}: {first['msg']}. It may have: {known}."
        ) from error


def wanted_image(asked: Pictures, fetch: Callable[[str], bytes]) -> bytes:
    """The bytes of the picture that a request is about, fetched where it gives an address."""
    if asked.image is not None and asked.url is not None:
        raise Problem(400, "image", "There is both an image and a url: send one of the two.")
    if asked.url is not None:
        return fetch(asked.url)
    if not asked.image:
        raise Problem(
            400,
            "image",
            "There is no image: send a JPEG, PNG or WebP as the file 'image' of a form, or its base64 text as "
            '"image" in JSON.',
        )
    return as_bytes(asked.image, "image")


def as_bytes(given: bytes | str, name: str) -> bytes:
    """A picture's bytes, out of base64 (a data: address will do) where it came in JSON."""
    if isinstance(given, bytes):
        return given
    text = given.partition(",")[2] if given.startswith("data:") else given
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Problem(400, name, f"What is in {name!r} is no base64: encode the file's bytes.") from error


def decoded(data: bytes, name: str, megapixels: int) -> Rgb8:
    """Decode a picture strictly, uint8 (H, W, 3), RGB.

    Raises
    ------
    Problem
        415 if it is no JPEG, PNG or WebP, 413 if it is too large, 422 if it is damaged or of no use.
    """
    try:
        image = pixels_of(data, most_pixels=megapixels * 1_000_000)
    except PictureError as fault:
        raise Problem(STATUS[fault.kind], "picture", f"The {name} {fault.what}: {fault.remedy}.") from fault
    height, width = image.shape[:2]
    if max(height, width) > SLIMMEST * min(height, width):
        what = f"The {name} has {width} x {height} pixels: send one at most {SLIMMEST} times as long as wide."
        raise Problem(422, "picture", what)
    return image
