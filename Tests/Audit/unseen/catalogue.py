"""All applications of this set."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from ..judgement import Finding, Judgement
from ..zoo.accounts import ADA
from . import answers, bare, correct, devices, kit, later, pages, tokens
from .kit import Tour, Truth, broken, by_forms, keep, right, target

WITH_EXPRESS = Path(__file__).parent / "express"
ROOT = Path(__file__).resolve().parents[3]
START_SECONDS = 60
"""Until a program that says nothing is given up."""


@cache
def packages() -> None:
    """Puts Express where the programs look for it."""
    subprocess.run([ROOT / "scripts/node-modules.sh"], check=True, timeout=600, stdin=subprocess.DEVNULL)


def express(file: str, says: str, truth: Truth, tour: Tour) -> None:
    """Keeps an application that is a program for Node."""

    @contextmanager
    def run() -> Iterator[dict[str, Any]]:
        packages()
        secrets = {"NODE_ENV": "production", "SHOP_USER": ADA.name, "SHOP_PASSWORD": ADA.password}
        with subprocess.Popen(
            ["node", f"{file}.js"],
            cwd=WITH_EXPRESS,
            env=os.environ | secrets,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        ) as program:
            try:
                assert program.stdout is not None
                port = int(program.stdout.readline())
                yield target(f"http://127.0.0.1:{port}", tour)
            finally:
                program.kill()

    keep(f"express/{file}", says, truth, run)


express("right", "Sessions in memory behind Express.", right, by_forms())
express(
    "http-only-in-production",
    "`httpOnly` is switched on by a variable of the environment that is called otherwise there.",
    broken("cookie-httponly"),
    by_forms(),
)
express("math-random", "Session ids are made by `Math.random()`.", broken("token-strength"), by_forms())
express(
    "clear-site-data",
    "The directives of Clear-Site-Data are written without their quotation marks, so that browsers ignore them.",
    broken("clear-site-data"),
    by_forms(),
)
express(
    "development",
    "`NODE_ENV` is not `production`, so that Express answers what it cannot read with a stack.",
    broken("error-detail"),
    by_forms(),
)
express(
    "forgotten-cookie",
    "A signed token in a cookie, and `clearCookie` is all of the sign-out.",
    broken("session-cookie-replay"),
    by_forms(),
)
express(
    "resave",
    "Each request writes the session back at its end, to say when it was seen, though it has been deleted meanwhile.",
    broken("request-race"),
    by_forms(),
)
express("right-api", "Refresh tokens in a table whose queries take their time.", right, tokens.TOUR)
express(
    "refresh-between",
    "A refresh reads, waits for the database, and writes, and a sign-out in between has nothing to delete.",
    broken("refresh-race"),
    tokens.TOUR,
)
express(
    "algorithm-of-the-header",
    "Tokens are verified by the algorithm that they name, and the public key does for both.",
    broken("jwt-algorithm-swap"),
    tokens.TOUR | {"public-key": "/key.pem"},
)

CASES = kit.CASES
MODULES = (pages, answers, devices, tokens, bare, correct, later)
"""That these are imported is what keeps their applications."""


def first_measure() -> list[Judgement]:
    """What the audit found of these at the first time, before anything was changed."""
    record = json.loads((Path(__file__).parent / "first_measure.json").read_text(encoding="utf-8"))

    def findings(name: str, what: str) -> frozenset[Finding]:
        return frozenset((probe, verdict) for probe, verdict in record[name].get(what, []))

    return [
        Judgement(case, findings(case.name, "found"), findings(case.name, "missed"), findings(case.name, "wrong"))
        for case in CASES
        if case.name in record
    ]
