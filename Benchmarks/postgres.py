"""Exeunt on PostgreSQL and with Redis: what `scripts/bench.sh --only postgres` measures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import crowd
import mirror
import plan
from cluster import Cluster
from processes import Load, on_any_core

from nodes import OnPostgres


@dataclass(frozen=True)
class Scale:
    """How much of everything."""

    rounds: int
    seconds: float
    few: int
    many: int
    records: int


@dataclass
class Tools:
    """What is measured, and what measures it."""

    program: Path
    verifier_bench: Path
    load: Path


def measure(scale: Scale, tools: Tools, folder: Path, say: Callable[[str], None]) -> dict[str, Any]:
    """Everything; says what the figures are, which PostgreSQL it was, and what others used meanwhile."""
    here = folder / "on-postgres"
    here.mkdir()
    folder.chmod(0o711)
    cluster = Cluster(here)
    load = Load(tools.load, here)
    load.cores, load.beside = on_any_core, cluster.cpu_seconds

    def make(name: str, count: int) -> crowd.Crowd:
        made = crowd.make(cluster, tools.program, here / name, name, count)
        say(f"stored {count:,} in {made.seconds_to_fill:.0f} s in PostgreSQL; doctor finds nothing wrong")
        return made

    try:
        few, many, log = make("few", scale.few), make("many", scale.many), make("log", scale.few)
        mirror.fill(log, scale.records)
        on_disk = plan.on_disk(many, log, scale.records)
        measured = OnPostgres(few, many, here, load, scale.seconds)
        for turn in range(scale.rounds):
            say(f"PostgreSQL, round {turn + 1}")
            measured.measure(turn)
        say("the write-ahead log of PostgreSQL")
        on_log = plan.log_bytes(measured, scale.rounds)
        say("the mirror in Redis")
        mirrored = [
            *mirror.deliveries(log, here, scale.records, scale.rounds),
            *mirror.sign_outs(measured, here, scale.rounds),
            *mirror.checks(few, tools.verifier_bench, here),
        ]
        return {
            "figures": [
                *measured.figures(), *mirrored, *plan.processor_time(measured), *on_log,
                *plan.expiries(many, scale.records // 20), *on_disk, *plan.of_events(many),
            ],
            "version": cluster.version(),
            "others": load.others,
        }  # fmt: skip
    finally:
        cluster.stop()
