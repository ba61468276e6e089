"""Checks of access tokens in an app's process, and the memory that revocations take: `VerifierBench` measures them."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import denylist
from figures import Aim, figure, ratios
from processes import Client, Server, on_load_cores

PATIENCE = 600
HASHED = Aim("within 3 times of a dictionary", at_most=3)
MANY = Aim("more than 1,000,000 /s", at_least=1e6, of_ratio=False)
SIGNED = Aim("within 1.2 times of the signature", at_most=1.2)
NETWORKED = Aim("20 times faster than Redis", at_least=20)
SMALL = Aim("24 bytes at most", at_most=24, of_ratio=False)


def checks(program: Path, server: Server, client: Client, folder: Path) -> list[dict[str, Any]]:
    """One thread that checks tokens of a running authority, beside what it could do instead."""
    settings = {
        "ISSUER": f"http://localhost:{server.port}",  # Which is what it calls itself that was told no public URL.
        "CLIENT_ID": client.id,
        "CLIENT_SECRET": client.secret,
    }
    with denylist.redis(folder) as port:
        measured = run(program, "check", settings | {"REDIS_PORT": str(port)})
    cached, first = measured["cached_ns"], measured["first_ns"]
    title = "A check of a token that was seen before"
    compared = [
        ("dictionary", "its text in a Swift Dictionary", measured["dictionary_ns"], HASHED),
        ("identifier", "16 bytes in a Swift Dictionary", measured["identifier_dictionary_ns"], None),
    ]
    made = [
        figure(
            f"verifier.cached.{name}", title, "ns", cached,
            against=(what, theirs), ratio=ratios(cached, theirs), aim=aim,
        )
        for name, what, theirs, aim in compared
    ]  # fmt: skip
    redis = measured["redis_get_ns"]
    return [
        *made,
        figure(
            "verifier.cached.redis", title, "ns", cached,
            against=("GET from Redis on this machine", redis), ratio=ratios(redis, cached), aim=NETWORKED,
        ),
        figure("verifier.cached.rate", f"{title}, one core", "/s", [1e9 / each for each in cached], aim=MANY),
        figure(
            "verifier.first", "A check of a token that is new", "ns", first,
            against=("its signature alone", measured["signature_ns"]),
            ratio=ratios(first, measured["signature_ns"]), aim=SIGNED,
        ),
    ]  # fmt: skip


def sets(program: Path) -> list[dict[str, Any]]:
    """The set of revocations at several sizes, beside Swift's own."""
    made = []
    for measured in run(program, "set", {})["sets"]:
        count = measured["count"]
        made += [
            _beside_set(f"set.bytes.{count}", f"In memory, one of {count:,}", "bytes", measured, "bytes", SMALL),
            _beside_set(f"set.lookup.{count}", f"A look-up among {count:,}", "ns", measured, "lookup_ns"),
            _beside_set(f"set.insert.{count}", f"An insertion, until there are {count:,}", "ns", measured, "insert_ns"),
        ]
    return made


def _beside_set(
    identifier: str, title: str, unit: str, measured: dict[str, Any], key: str, aim: Aim | None = None
) -> dict[str, Any]:
    ours, theirs = (_list(measured[name]) for name in (key, f"swift_set_{key}"))
    return figure(identifier, title, unit, ours, against=("Swift Set", theirs), ratio=ratios(ours, theirs), aim=aim)


def _list(value: float | list[float]) -> list[float]:
    return value if isinstance(value, list) else [value]


def run(
    program: Path, what: str, settings: dict[str, str], cores: Callable[[], None] = on_load_cores
) -> dict[str, Any]:
    """What it prints, on a core of the load's unless told otherwise."""
    done = subprocess.run(
        [str(program), what],
        env=os.environ | settings, capture_output=True, text=True, timeout=PATIENCE, check=False,
        preexec_fn=cores,
    )  # fmt: skip
    assert done.returncode == 0, f"{program.name} {what}: {done.returncode}\n{done.stderr[-2000:]}"
    return dict(json.loads(done.stdout))
