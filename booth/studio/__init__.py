"""The booth without a face: it owns the working threads and answers at once."""

from booth.studio.mirror import MirrorPicture
from booth.studio.notices import NoticeBoard
from booth.studio.studio import Studio

__all__ = ["MirrorPicture", "NoticeBoard", "Studio"]
