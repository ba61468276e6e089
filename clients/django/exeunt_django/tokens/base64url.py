"""Base64 with the URL-safe alphabet and no padding (RFC 4648 §5), in its one canonical form."""

from __future__ import annotations

import base64
import re

_ALPHABET = re.compile(r"[A-Za-z0-9_-]*\Z", re.ASCII)
_IDENTIFIER = re.compile(r"[A-Za-z0-9_-]{21}[AQgw]\Z", re.ASCII)


def encode(data: bytes) -> str:
    """The text of some bytes."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def decode(text: str) -> bytes | None:
    """The bytes of a text, or none when it is not what `encode` would have written.

    Padding, foreign characters and stray bits in the last character are refused, so that two different texts never name
    the same bytes.
    """
    if not _ALPHABET.match(text) or len(text) % 4 == 1:
        return None
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    return data if encode(data) == text else None


def is_identifier(text: str) -> bool:
    """Whether a text names a session, a token, a node or a verifier: 16 bytes."""
    return _IDENTIFIER.match(text) is not None
