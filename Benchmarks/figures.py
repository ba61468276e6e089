"""What a figure is: several runs, what they are compared with, and what was aimed at."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


def spread(runs: Sequence[float], digits: int = 4) -> dict[str, Any]:
    """The runs with their least, middle and greatest."""
    rounded = [float(f"{run:.{digits}g}") for run in runs]
    return {
        "runs": rounded,
        "min": min(rounded),
        "median": float(f"{statistics.median(runs):.{digits}g}"),
        "max": max(rounded),
    }


def ratios(above: Sequence[float], below: Sequence[float]) -> list[float]:
    """Round by round, so that what disturbs a round disturbs both sides of its ratio."""
    return [a / b for a, b in zip(above, below, strict=True)]


@dataclass
class Aim:
    """A bound for the median of the ratio, or of the figure itself."""

    text: str
    at_least: float | None = None
    at_most: float | None = None
    of_ratio: bool = True

    def is_met(self, value: float) -> bool:
        """Whether the value is within the bound."""
        return (self.at_least is None or value >= self.at_least) and (self.at_most is None or value <= self.at_most)


def figure(
    identifier: str,
    title: str,
    unit: str,
    ours: Sequence[float],
    *,
    against: tuple[str, Sequence[float]] | None = None,
    ratio: Sequence[float] | None = None,
    aim: Aim | None = None,
    more: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """One figure as it stands in the file."""
    made: dict[str, Any] = {"id": identifier, "title": title, "unit": unit, "ours": spread(ours)}
    if against:
        made["against"] = {"what": against[0]} | spread(against[1])
    if ratio:
        made["ratio"] = spread(ratio)
    measured = ratio if aim is None or aim.of_ratio else ours
    if aim and measured:
        bounds = {name: value for name in ("at_least", "at_most") if (value := getattr(aim, name)) is not None}
        made["aim"] = {"text": aim.text} | bounds
        made["met"] = aim.is_met(statistics.median(measured))
    return made | (more or {})
