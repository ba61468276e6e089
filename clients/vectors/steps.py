"""What a scenario is made of; README.md says what each step means."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from signing import START_MS, Token, identifier

NODE = identifier(3, 3)
OTHER_NODE = identifier(3, 4)
KEPT_MS = 965_000
"""How long the authority keeps a record: the longest life of an access token, and the allowed skew."""

Step = dict[str, Any]


@dataclass(frozen=True)
class Scenario:
    """A verifier's life from its first moment."""

    name: str
    steps: list[Step]


def record(kind: str, *, until: int = (START_MS + KEPT_MS) // 1000, **members: Any) -> dict[str, Any]:
    """One revocation, yet without its number."""
    return {"kind": kind, **members, "until": until}


def token(low: int, **members: Any) -> dict[str, Any]:
    """The end of one token."""
    return record("token", id=identifier(7, low), **members)


def session(low: int, **members: Any) -> dict[str, Any]:
    """The end of one session."""
    return record("session", id=identifier(9, low), **members)


def subject(name: str, version: int, *, keeping: int | None = None, **members: Any) -> dict[str, Any]:
    """The end of all sessions of somebody, or of all but one."""
    kept: dict[str, Any] = {} if keeping is None else {"except": identifier(9, keeping)}
    return record("subject", subject=name, version=version, **kept, **members)


def everybody(epoch: int, **members: Any) -> dict[str, Any]:
    """The end of all sessions."""
    return record("all", version=epoch, **members)


def body(
    *records: dict[str, Any],
    after: int = 0,
    head: int | None = None,
    milliseconds: int = 3000,
    node: str = NODE,
    first: int | None = None,
) -> str:
    """An answer of the feed, as it comes over the wire."""
    begin = after + 1 if first is None else first
    numbered = [{"seq": begin + place, **one} for place, one in enumerate(records)]
    members = {
        "node": node,
        "after": after,
        "head": after + len(records) if head is None else head,
        "snapshot": after == 0,
        "lease_ms": milliseconds,
        "keys_version": "k1",
        "revocations": numbered,
    }
    return json.dumps(members, separators=(",", ":"), ensure_ascii=False)


def answer(text: str, *, to: str | None = None, taken: bool = True) -> Step:
    """An answer arrives; `to` is the poll that it answers, or one that is sent at this very moment."""
    step: Step = {"do": "answer", "text": text, "taken": taken}
    return step if to is None else step | {"to": to}


def news(*records: dict[str, Any], after: int = 0, **how: Any) -> Step:
    """The next records, with a lease that counts from now."""
    return answer(body(*records, after=after, **how))


def lease(milliseconds: int = 3000) -> Step:
    """A lease on a log of nothing."""
    return news(milliseconds=milliseconds)


def check(text: str | Token, found: str) -> Step:
    """A token is shown."""
    return {"do": "check", "token": text.text if isinstance(text, Token) else text, "found": found}


def skip(milliseconds: int) -> Step:
    """Time passes, on both clocks."""
    return {"do": "pass", "milliseconds": milliseconds}


def set_wall(milliseconds: int) -> Step:
    """Somebody sets the wall clock."""
    return {"do": "set_wall", "by_milliseconds": milliseconds}


def poll(name: str) -> Step:
    """A poll is sent."""
    return {"do": "poll", "name": name}


def keys(text: str, *, taken: bool = True) -> Step:
    """A key set is fetched."""
    return {"do": "keys", "text": text, "taken": taken}


def expect(**state: Any) -> Step:
    """What the verifier says of itself."""
    return {"do": "expect", **state}
