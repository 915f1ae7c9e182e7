"""What every answer of the pickup pages carries."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable


def security_headers(
    styles: Iterable[str], scripts: Iterable[str], images: str = "'self' data:"
) -> dict[str, str]:
    """Only these styles and scripts run; nothing from elsewhere, no frame, no trace, no cache."""
    return {
        "Content-Security-Policy": f"default-src 'none'; img-src {images}; connect-src 'self'; "
        f"style-src {_hashes(styles)}; script-src {_hashes(scripts)}; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "X-Robots-Tag": "noindex, nofollow, noarchive",
        "Cache-Control": "private, no-store",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    }


def _hashes(texts: Iterable[str]) -> str:
    digests = (base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in texts)
    return " ".join(f"'sha256-{digest}'" for digest in digests)
