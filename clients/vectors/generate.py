"""Writes the protocol's cases that the Swift, JavaScript and Python verifiers all run: see README.md.

`python generate.py` writes the files anew; `python generate.py --check` only says whether they are as they should be.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import following
import nonsense
import revocations
import tokens
from signing import ISSUER, ONE, START_MS, TWO, jwks
from steps import Scenario

HERE = Path(__file__).resolve().parent
FILES = {
    "tokens": ("What is accepted as an access token, and what is not.", tokens.scenarios),
    "revocations": ("Whom a record ends, and whom it spares.", revocations.revocations),
    "snapshots": ("Answers of the feed in every order.", following.snapshots),
    "leases": ("Until when a verifier may answer from memory.", following.leases),
    "keys": ("Keys that come and go.", nonsense.key_sets),
    "answers": ("Answers of the feed that make no sense.", nonsense.answers),
}


def written(about: str, scenarios: list[Scenario]) -> str:
    """The text of one file, a scenario a line so that a change can be read."""
    assert len({scenario.name for scenario in scenarios}) == len(scenarios), "two scenarios have one name"
    begin: dict[str, Any] = {
        "about": about,
        "issuer": ISSUER,
        "audience": ISSUER,
        "clock_skew_ms": 5000,
        "moment_ms": 50_000,
        "wall_ms": START_MS,
        "keys": jwks(ONE, TWO),
    }
    lines = [json.dumps({"name": one.name, "steps": one.steps}, ensure_ascii=False) for one in scenarios]
    head = json.dumps(begin, indent=2, ensure_ascii=False).removesuffix("\n}")
    return head + ',\n  "scenarios": [\n    ' + ",\n    ".join(lines) + "\n  ]\n}\n"


def main() -> int:
    """Writes or checks."""
    stale = []
    for name, (about, make) in FILES.items():
        path = HERE / f"{name}.json"
        text = written(about, make())
        if "--check" not in sys.argv:
            path.write_text(text)
        elif not path.exists() or path.read_text() != text:
            stale.append(path.name)
    if stale:
        print(f"Not as generate.py writes them: {', '.join(stale)}.", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
