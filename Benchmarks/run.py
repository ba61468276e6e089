"""Measures everything that docs/bench.md tells: `scripts/bench.sh` builds what it needs and calls it.

The server has the first core to itself and the load the others; what is compared is measured in turn, round by round.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import apps
import everywhere
import fanout
import following
import hotspots
import machine
import report
import resources
import stores
import verifier
import wire
from checks import CONNECTIONS, Checks
from figures import figure, ratios, spread
from processes import Load, Server, pin_to_load
from settling import Settling
from writes import BUSIEST, STORED, Writes

import postgres

REPOSITORY = Path(__file__).resolve().parents[1]

SETTLED_SECONDS = 3.0
"""How long sign-outs are measured one after the other at the least: the first of them may wait for a lease."""


@dataclass(frozen=True)
class Scale:
    """How much of everything."""

    rounds: int
    seconds: float
    few: int
    many: int
    crowds: dict[int, int]
    access_tokens: int
    openings: int
    streams: int
    starts: int
    followers: int
    idle_seconds: float
    log: int
    receivers: int
    postgres: postgres.Scale


FULL = Scale(
    4, 2, 1_000, 1_000_000, {1: 25, 100: 25, 100_000: 4}, 250, 20_000, 10_000, 5, 1_000, 4, 1_000_000, 1_000,
    postgres.Scale(5, 3, 1_000, 5_000_000, 500_000),
)  # fmt: skip
QUICK = Scale(
    2,
    0.5,
    1_000,
    50_000,
    {1: 5, 100: 5, 10_000: 1},
    50,
    2_000,
    1_000,
    2,
    100,
    1,
    50_000,
    100,
    postgres.Scale(2, 1, 1_000, 300_000, 20_000),
)


class Bench:
    """One run of everything."""

    def __init__(self, scale: Scale, program: Path, verifier_bench: Path, tools: Path, folder: Path) -> None:
        self.scale = scale
        self.verifier_bench = verifier_bench
        self.folder = folder
        self.program = stores.Program(program)
        self.tools = tools
        self.load = Load(tools / "exeunt-load", folder)
        self.begun = time.monotonic()
        self.figures: list[dict[str, Any]] = []
        self.where: dict[str, Any] = {}
        self.versions: dict[str, str] = {}

    def say(self, what: str) -> None:
        """Tells how far it is."""
        print(f"{time.monotonic() - self.begun:6.0f} s  {what}", file=sys.stderr, flush=True)

    def run(self) -> None:
        """Everything, in an order in which nothing disturbs what comes after it."""
        few, many, crowds = self.scale.few, self.scale.many, everywhere.subjects(self.scale.crowds)
        users = many - sum(size for _, size in crowds)
        self.say(f"storing {few:,} and {many:,} sessions")
        small = self._make("few", [(f"user-{number:06}", 1) for number in range(few)])
        large = self._make("many", [(f"user-{number:06}", 1) for number in range(users)] + crowds)
        small.start()
        large.start()
        self._checks(small, large)
        self.say("checks in a verifier")
        self.figures += verifier.checks(self.verifier_bench, large.server, large.client, self.folder)
        self.load.wait_for_leases(large.server)
        self._apps(large)
        self.load.wait_for_leases(large.server)
        # What is left of the sessions after this is there to be ended.
        settling = Settling(large, self.tools / "bare-hummingbird", self.folder)
        self._writes(small, large)
        self._settling(settling)
        self.say("sign-outs everywhere")
        self.figures += everywhere.measure(large, self.scale.crowds)
        small.server.stop()
        large.server.stop()
        self.say("space, memory, start")
        self.figures += resources.starting(self.program, self.folder, [small, large], self.scale.starts)
        self.figures += resources.on_disk(
            self.program, self.load, self.folder / "opened", self.scale.openings, small, large
        )
        self.figures += resources.streams(self.load, large, self.scale.streams)
        self.say("being followed")
        # The large one is still clearing away what the sign-outs everywhere have ended.
        self.figures += following.idle(
            self.load, small, self.scale.followers, self.scale.rounds, self.scale.idle_seconds
        )
        self.figures += following.snapshot(self.program, self.folder / "log", self.scale.log, self.scale.rounds)
        self.say("the revocation set")
        self.figures += verifier.sets(self.verifier_bench)
        self.run_outbox()
        self.run_postgres()

    def run_outbox(self) -> None:
        """Only what it costs a sign-out that receivers are told of it."""
        self.say("telling receivers")
        scale = self.scale
        self.figures += fanout.measure(
            self.program, self.tools, self.folder, self.load,
            receivers=scale.receivers, rounds=scale.rounds, seconds=max(scale.seconds, SETTLED_SECONDS),
        )  # fmt: skip

    def run_postgres(self) -> None:
        """Only what is measured on PostgreSQL and with Redis."""
        tools = postgres.Tools(self.program.path, self.verifier_bench, self.tools / "exeunt-load")
        measured = postgres.measure(self.scale.postgres, tools, self.folder, self.say)
        self.figures += measured["figures"]
        self.versions["postgresql"] = measured["version"]
        self.load.others += measured["others"]

    def run_apps(self) -> None:
        """Only what a check costs in applications."""
        store = self._make("few", [(f"user-{number:06}", 1) for number in range(self.scale.few)])
        store.start()
        self._apps(store)

    def _apps(self, store: stores.Store) -> None:
        self.say("checks in applications")
        scale = self.scale
        self.figures += apps.measure(store, self.load, self.folder, scale.rounds, scale.seconds, scale.access_tokens)

    def _make(self, name: str, subjects: list[tuple[str, int]]) -> stores.Store:
        store = stores.make(self.program, self.folder / name, subjects, keep=self.scale.many // 3)
        self.say(f"stored {store.count:,} in {store.seconds_to_fill:.0f} s; doctor finds nothing wrong")
        return store

    def _checks(self, small: stores.Store, large: stores.Store) -> None:
        hummingbird = Server(str(self.tools / "bare-hummingbird"), log=self.folder / "hummingbird.log")
        nio = Server(str(self.tools / "bare-nio"), log=self.folder / "nio.log")
        checks = Checks(small, large, hummingbird, nio, self.scale.access_tokens)
        for turn in range(self.scale.rounds):
            self.say(f"checks, round {turn + 1}")
            checks.measure(self.load, self.scale.seconds)
        hummingbird.stop()
        nio.stop()
        self.figures += checks.figures()
        few, many = checks.cpu("session"), checks.cpu("session_large")
        self.figures.append(
            figure(
                "stored.check",
                f"GET /session, {large.count:,} stored sessions",
                "µs CPU",
                many,
                against=(f"{small.count:,} stored sessions", few),
                ratio=ratios(many, few),
                aim=STORED,
            )
        )
        self.say("where the time of a check goes")
        profiles = {}
        for name in ("session", "introspect_session", "introspect_access"):
            server, request, tokens = checks.variants[name]
            plan = {"requests": [request], "tokens": tokens, "connections": CONNECTIONS, "scenario": "each"}
            profiles[PROFILES[name]] = hotspots.sample(self.load, server, self.folder, self.scale.seconds, **plan)
        self.where = {"layers": checks.layers(), "profiles": profiles}

    def _writes(self, small: stores.Store, large: stores.Store) -> None:
        writes = Writes(small, large, self.folder, self.scale.rounds)
        for turn in range(self.scale.rounds):
            self.say(f"durable writes, round {turn + 1}")
            writes.measure(self.load, self.scale.seconds)
        self.figures += writes.figures() + writes.stored()
        self.say("where the time of a refresh goes")
        tokens = writes.refreshing[large.data.name]
        plan = {"requests": [wire.refresh(large.client)], "tokens": tokens, "tokens_left": tokens}
        self.where["profiles"][f"POST /token, {BUSIEST} clients"] = hotspots.sample(
            self.load, large.server, self.folder, self.scale.seconds, connections=BUSIEST, scenario="refresh", **plan
        )

    def _settling(self, settling: Settling) -> None:
        for turn in range(self.scale.rounds):
            self.say(f"settling, round {turn + 1}")
            settling.measure(self.load, self.scale.seconds)
        self.figures += settling.figures()

    def when(self, quick: bool, rounds: int) -> dict[str, Any]:
        """When it was measured, of what, on what, and what else went on."""
        described = machine.describe(REPOSITORY, self.program.path, self.folder)
        described["versions"] |= self.versions
        return {
            "date": machine.now(),
            "commit": machine.commit(REPOSITORY),
            "quick": quick,
            "rounds": rounds,
            "took_seconds": round(time.monotonic() - self.begun),
            "machine": described,
            "others_cores": {k: v for k, v in spread(self.load.others, 3).items() if k != "runs"},
        }

    def result(self, quick: bool) -> dict[str, Any]:
        """What goes into the file."""
        return self.when(quick, self.scale.rounds) | {"figures": self.figures, "where": self.where}

    def added_to(self, earlier: dict[str, Any], part: str, quick: bool) -> dict[str, Any]:
        """The file of an earlier run with one part of it measured anew, and with word of when that was."""
        kept = [made for made in earlier["figures"] if not made["id"].startswith(report.PARTS[part])]
        rounds = self.scale.postgres.rounds if part == "postgres" else self.scale.rounds
        parts = earlier.get("parts", {}) | {part: self.when(quick, rounds)}
        return earlier | {"parts": parts, "figures": kept + self.figures}


PROFILES = {
    "session": "GET /session",
    "introspect_session": "POST /introspect, session token",
    "introspect_access": "POST /introspect, access token",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="try everything in three minutes")
    parser.add_argument("--program", type=Path, default=REPOSITORY / ".build/release/exeunt")
    parser.add_argument("--verifier-bench", type=Path, default=REPOSITORY / ".build/release/VerifierBench")
    parser.add_argument("--tools", type=Path, default=REPOSITORY / ".build-bench/release")
    parser.add_argument("--output", type=Path, default=REPOSITORY / "docs")
    parser.add_argument("--only", choices=report.PARTS, help="measure this part, and leave the rest as it is")
    options = parser.parse_args()
    pin_to_load()
    folder = Path(tempfile.mkdtemp(prefix=".build-bench-data-", dir=REPOSITORY))
    bench = Bench(QUICK if options.quick else FULL, options.program, options.verifier_bench, options.tools, folder)
    try:
        written = options.output / "bench.json"
        if options.only:
            {"apps": bench.run_apps, "outbox": bench.run_outbox, "postgres": bench.run_postgres}[options.only]()
            result = bench.added_to(json.loads(written.read_text()), options.only, options.quick)
        else:
            bench.run()
            result = bench.result(options.quick)
        written.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n")
        report.write(options.output)
    finally:
        Server.stop_all()
        shutil.rmtree(folder)
    missed = [made["title"] for made in bench.figures if made.get("met") is False]
    bench.say(
        f"wrote {options.output}/bench.json and bench.md; " + ("all aims met" if not missed else f"missed: {missed}")
    )


if __name__ == "__main__":
    main()
