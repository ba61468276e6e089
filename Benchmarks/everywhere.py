"""Sign-outs everywhere: what they cost with one session, with a hundred, with a hundred thousand."""

from __future__ import annotations

import time
from typing import Any

from figures import Aim, figure
from stores import Store

FLAT = Aim("flat: within 1.5 times", at_most=1.5)


def subjects(sizes: dict[int, int]) -> list[tuple[str, int]]:
    """So many subjects of each size, by size."""
    return [(_name(size, index), size) for size, number in sizes.items() for index in range(number)]


def measure(store: Store, sizes: dict[int, int]) -> list[dict[str, Any]]:
    """Ends everything that each of those subjects has, one after the other; the large ones last."""
    api = store.api
    medians: dict[int, float] = {}
    made = []
    for size, number in sorted(sizes.items()):
        milliseconds = []
        for index in range(number):
            begun = time.perf_counter()
            receipt = api.request("DELETE", f"/v1/subjects/{_name(size, index)}/sessions")
            milliseconds.append((time.perf_counter() - begun) * 1000)
            assert receipt["ended_sessions"] == size, receipt
        shown = figure("", "", "", milliseconds)["ours"]
        medians[size] = shown["median"]
        one = medians[min(sizes)]
        made.append(
            figure(
                f"everywhere.{size}",
                f"Sign-out everywhere, {size:,} session{'s' if size > 1 else ''}",
                "ms",
                milliseconds,
                against=("1 session", [one]) if size > 1 else None,
                ratio=[medians[size] / one] if size > 1 else None,
                aim=FLAT,
            )
        )
    return made


def _name(size: int, index: int) -> str:
    return f"crowd-{size}-{index}"
