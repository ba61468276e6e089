"""What the feed answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, get_args

from .. import limits
from ..tokens.base64url import is_identifier
from ..tokens.json_object import read_object
from .revocations import Kind, Revocation

_LARGEST = (1 << 64) - 1
_LATEST = 1 << 42
"""Seconds since 1970, far beyond any of these."""


class FeedFault(ValueError):
    """An answer that is not understood in every part."""


@dataclass(frozen=True)
class FeedAnswer:
    """What the authority answers to a poll."""

    node: str
    """Who answers: a name that an authority makes up anew each time that it starts."""
    after: int
    """Where the records begin: after what was asked for, or after 0 for a verifier that the node does not know."""
    through: int
    """The `seq` through which the records go."""
    revocations: tuple[Revocation, ...]
    lease_milliseconds: int
    """Counted from before the verifier asked; 0 when there is more to fetch first."""
    keys_version: str
    """Changes whenever a signing key comes or goes."""


def read_answer(body: bytes) -> FeedAnswer:
    """The answer of a body.

    Raises `FeedFault` when anything in it is not understood: a record that is passed over is a sign-out that is not
    heard of.
    """
    answer = read_object(body, deep=True)
    if answer is None:
        raise FeedFault("it is not a JSON object")
    node, after, head = answer.get("node"), _number(answer, "after"), _number(answer, "head")
    lease, keys, records = _number(answer, "lease_ms"), answer.get("keys_version"), answer.get("revocations")
    if not isinstance(node, str) or not is_identifier(node):
        raise FeedFault("it names no node")
    if after > head or lease > limits.LONGEST_LEASE_MILLISECONDS:
        raise FeedFault("its numbers cannot be")
    if not isinstance(keys, str) or not isinstance(records, list):
        raise FeedFault("it is not complete")
    revocations = []
    last = after
    for record in records:
        revocation = _record(record)
        if not last < revocation.seq <= head:
            raise FeedFault("its records are not in order")
        last = revocation.seq
        revocations.append(revocation)
    return FeedAnswer(node, after, head, tuple(revocations), lease, keys)


def _record(record: Any) -> Revocation:
    if not isinstance(record, dict) or record.get("kind") not in get_args(Kind):
        raise FeedFault("it has a record of an unknown kind")
    kind: Kind = record["kind"]
    seq, until = _number(record, "seq"), _number(record, "until", _LATEST) * 1000
    name: Any = ""
    version, spared = 0, None
    if kind in ("token", "session"):
        name = record.get("id", "")
        if not isinstance(name, str) or not is_identifier(name):
            raise FeedFault(f"it ends no {kind}")
    else:
        version = _number(record, "version")
    if kind == "subject":
        name, spared = record.get("subject"), record.get("except")
        # A name in `except` that is none would end a session that is to be spared.
        if not isinstance(name, str) or not (spared is None or (isinstance(spared, str) and is_identifier(spared))):
            raise FeedFault("it does not say whose sessions it ends")
    return Revocation(seq, kind, name, version, spared, until)


def _number(record: dict[str, Any], name: str, largest: int = _LARGEST) -> int:
    number = record.get(name)
    if type(number) is not int or not 0 <= number <= largest:
        raise FeedFault(f"`{name}` is not such a number")
    return number
