"""One JSON object (RFC 8259), read strictly.

Of two members of one name readers take this one or that one, and then two of them disagree about what was signed (RFC
7515 §4, RFC 8725 §2.4). Names with escapes are taken for a trick: no name of ours needs one.
"""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

from .. import limits

_PARTS = re.compile(r'"(?:[^"\\]|\\.)*"|[][{}]')
_COLON = re.compile(r"[ \t\r\n]*:")


class _Members(list[tuple[str, Any]]):
    """The members of an object as they stand in the text, doubles and all."""


def read_object(text: bytes, *, deep: bool = False) -> dict[str, Any] | None:
    """The members of the object that a text is, or none when it is not one.

    With `deep` it may have any number of members at any depth, for an answer of the authority itself.
    """
    try:
        plain = text.decode("utf-8")
        members = json.loads(plain, object_pairs_hook=_Members, parse_constant=_refuse)
        if not isinstance(members, _Members):
            return None
        if not deep and (len(members) > limits.JSON_MEMBERS or any(_is_too_deep(value, 1) for _, value in members)):
            return None
        if "\\" in plain and _has_escaped_name(plain):
            return None
        found = _plain(members)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) and len(found) == len(members) else None


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")


def _is_too_deep(value: Any, depth: int) -> bool:
    if depth > limits.JSON_DEPTH:
        return True
    if isinstance(value, _Members):
        return any(_is_too_deep(part, depth + 1) for _, part in value)
    return isinstance(value, list) and any(_is_too_deep(part, depth + 1) for part in value)


def _plain(value: Any) -> Any:
    if isinstance(value, _Members):
        return {name: _plain(part) for name, part in value}
    return [_plain(part) for part in value] if isinstance(value, list) else value


def _has_escaped_name(text: str) -> bool:
    depth = 0
    for part in _PARTS.finditer(text):
        if part[0] in "[{":
            depth += 1
        elif part[0] in "]}":
            depth -= 1
        elif depth == 1 and "\\" in part[0] and _COLON.match(text, part.end()):
            return True
    return False


def integer(members: dict[str, Any], name: str) -> int | None:
    """A member that is a whole number of 64 bits, written without fraction and exponent."""
    value = members.get(name)
    return value if type(value) is int and -(1 << 63) <= value < 1 << 63 else None


def string(members: dict[str, Any], name: str) -> str | None:
    """A member that is a string of characters that exist."""
    value = members.get(name)
    return value if isinstance(value, str) and _is_text(value) else None


def strings(members: dict[str, Any], name: str) -> list[str] | None:
    """A member that is a string, or an array of nothing but strings."""
    value = members.get(name)
    parts = [value] if isinstance(value, str) else value
    if not isinstance(parts, list) or not all(isinstance(part, str) and _is_text(part) for part in parts):
        return None
    return parts


def _is_text(text: str) -> bool:
    """Half of a surrogate pair, which an escape can make, is no character."""
    return text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text)
