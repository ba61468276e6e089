"""Exeunt on PostgreSQL, with one node and with three, beside `pgbench` on the same server, round by round.

Nobody is kept to a core here: the database, the nodes and the load share all of them, and so do the database and
`pgbench`.
"""

from __future__ import annotations

import shutil
import statistics
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import wire
from cluster import Cluster
from crowd import Crowd
from disk import DeviceFlushes
from figures import Aim, figure, ratios
from pgbench import PgBench
from processes import Load, Server, Servers, free_port, metric
from writes import COMMITS, STORED

CLIENTS = 64
FEWER = 16
"""Connections of `pgbench`'s that get more out of this database than 64 do."""
FLEET = 3
AIM = Aim("70 % of pgbench or better", at_least=0.7)
WORKING = 20_000
"""Sessions that are refreshed, and subjects for which sessions are opened, on each side: as many as may be."""
ENDED_A_SECOND = 6_000
PGBENCH_ENDED_A_SECOND = 10_000
"""More than either ends: it must not run out of sessions."""

TITLES = {
    "open": "Openings", "refresh": "Refreshes", "logout": "Sign-outs", "introspect": "Checks by introspection",
}  # fmt: skip
STEPS = {"turnover": "logout"}
"""Whose rate is told of a scenario with several requests."""

Reports = list[dict[str, Any]]


def start(crowd: Crowd, count: int, **settings: str) -> Servers:
    """So many nodes on a database."""
    folders = [crowd.data, *(crowd.data.with_name(f"{crowd.data.name}-{number}") for number in range(1, count))]
    for folder in folders[1:]:
        folder.mkdir(mode=0o700, exist_ok=True)
        shutil.copy(crowd.data / "master.key", folder / "master.key")
    return Servers([crowd.program.serve(folder, free_port(), **settings) for folder in folders])


class Window(threading.Thread):
    """What the database does in the middle of a run, while everybody is connected."""

    def __init__(self, cluster: Cluster, device: DeviceFlushes, servers: list[Server], seconds: float) -> None:
        super().__init__()
        self.cluster, self.device, self.servers, self.seconds = cluster, device, servers, seconds
        self.rates: dict[str, float] = {}

    def run(self) -> None:
        """Looks twice."""
        time.sleep(self.seconds * 0.3)
        begun, before = time.monotonic(), self._look()
        time.sleep(self.seconds * 0.6)
        after, elapsed = self._look(), time.monotonic() - begun
        self.rates = {name: (after[name] - before[name]) / elapsed for name in before}

    def _look(self) -> dict[str, float]:
        seen = {"database_cores": self.cluster.cpu_seconds()}
        flushes, commits = self.device.count(), [metric(server, COMMITS) or 0 for server in self.servers]
        return seen | ({} if flushes is None else {"flushes": flushes}) | ({"commits": sum(commits)} if commits else {})


class OnPostgres:
    """The same requests to one node and to three, and `pgbench`, in turn; and to one node on a small database."""

    def __init__(self, few: Crowd, many: Crowd, folder: Path, load: Load, seconds: float) -> None:
        self.few, self.many, self.load, self.seconds = few, many, load, seconds
        self.cluster = many.cluster
        self.device = DeviceFlushes(folder)
        self.pgbench = PgBench(many, folder)
        self.working = min(WORKING, many.count // 20)
        self.theirs = many.take(self.working)
        ours, turning = many.take(self.working), many.take(self.working)
        small, small_turning = few.take(few.count // 4), few.take(few.count // 2)
        self.files = {
            "many.subjects": many.subjects(turning),
            "many.handles": many.handles(ours),
            "many.refresh": many.refresh_tokens(ours),
            "many.turnover": many.handles(turning),
            "few.subjects": few.subjects(small_turning),
            "few.handles": few.handles(small),
            "few.refresh": few.refresh_tokens(small),
            "few.turnover": few.handles(small_turning),
        }
        self.reports: dict[str, Reports] = defaultdict(list)

    def measure(self, turn: int) -> None:
        """One round; who comes first takes turns."""
        sides: list[Callable[[], None]] = [self._pgbench, lambda: self._nodes(1), lambda: self._nodes(FLEET)]
        first = turn % len(sides)
        for side in sides[first:] + sides[:first]:
            side()
        self._small()

    def _pgbench(self) -> None:
        for verb in ("open", "refresh", "logout", "logout.loose", "introspect"):
            for clients in (CLIENTS, FEWER):
                places = self.theirs
                if verb.startswith("logout"):
                    places = self.many.take(round(PGBENCH_ENDED_A_SECOND * self.seconds))
                run = partial(self.pgbench.run, verb, places, clients, self.seconds)
                self.reports[f"pgbench.{verb}.{clients}"].append(self._watched([], run))

    def _nodes(self, count: int) -> None:
        nodes = start(self.many, count)
        for verb in (*TITLES, *(["turnover"] if count == 1 else [])):
            self.reports[f"{count}.{verb}"].append(self.ask(nodes, self.many, verb))
        nodes.stop()

    def _small(self) -> None:
        nodes = start(self.few, 1)
        for verb in ("refresh", "introspect", "turnover"):
            self.reports[f"few.{verb}"].append(self.ask(nodes, self.few, verb))
        nodes.stop()

    def ask(self, nodes: Servers, crowd: Crowd, verb: str) -> dict[str, Any]:
        """One run of requests of a kind."""
        plan = self._plan(crowd, verb) | {"connections": CLIENTS, "seconds": self.seconds}
        warmup = self.seconds / 8
        return self._watched(nodes.each, lambda: self.load.run(nodes, warmup_seconds=warmup, **plan), verb)

    def _plan(self, crowd: Crowd, verb: str) -> dict[str, Any]:
        client, files = crowd.client, {kind: self.files[f"{crowd.database}.{kind}"] for kind in KINDS}
        if verb == "open":
            return {"scenario": "each", "requests": [wire.opening(client)], "tokens": files["subjects"]}
        if verb == "introspect":
            return {"scenario": "each", "requests": [wire.introspect(client)], "tokens": files["handles"]}
        if verb == "refresh":
            tokens = {"tokens": files["refresh"], "tokens_left": files["refresh"]}
            return {"scenario": "refresh", "requests": [wire.refresh(client)]} | tokens
        if verb == "turnover":
            tokens = {"tokens": files["turnover"], "tokens_left": files["turnover"], "subjects": files["subjects"]}
            return {"scenario": "turnover", "requests": [wire.logout(client), wire.opening(client)]} | tokens
        handles = crowd.handles(crowd.take(round(ENDED_A_SECOND * self.seconds)))
        return {"scenario": "each", "requests": [wire.logout(client)], "tokens": handles, "once": True}

    def _watched(self, servers: list[Server], run: Callable[[], dict[str, Any]], verb: str = "") -> dict[str, Any]:
        """What a run reports, with what the database did meanwhile."""
        window = Window(self.cluster, self.device, servers, self.seconds)
        window.start()
        report = run()
        window.join()
        if verb:
            report |= report["steps"][STEPS.get(verb, verb)]
        rate = report["per_second"]
        report["database_us"] = window.rates["database_cores"] * 1e6 / rate
        return report | {
            f"{name}_per_second": window.rates[name] for name in ("flushes", "commits") if name in window.rates
        }

    # What it comes to

    def runs(self, name: str, key: str = "per_second") -> list[float]:
        """A value, round by round."""
        return [report[key] for report in self.reports[name]]

    def figures(self) -> list[dict[str, Any]]:
        """Beside `pgbench`, and a small database beside a large one."""
        made = []
        for verb, title in TITLES.items():
            for count in (1, FLEET):
                made.append(self._rate(verb, title, count, "pgbench", f"{verb}.{CLIENTS}", AIM))
                made.append(self._rate(verb, title, count, f"pgbench with {FEWER} clients", f"{verb}.{FEWER}"))
                if verb == "logout":
                    loose = "pgbench, numbered by a sequence"
                    made.append(self._rate(verb, title, count, loose, f"logout.loose.{CLIENTS}"))
        for verb, title in TITLES.items():
            made += [self._database(verb, title, count) for count in (1, FLEET)]
        return made + self._stored()

    def _rate(
        self, verb: str, title: str, count: int, what: str, against: str, aim: Aim | None = None
    ) -> dict[str, Any]:
        name = f"{count}.{verb}"
        ours, theirs = self.runs(name), self.runs(f"pgbench.{against}")
        more: dict[str, Any] = {"latency": {key: self._median(name, key) for key in ("p50_ms", "p99_ms", "worst_ms")}}
        if verb != "introspect":
            more |= {f"{key}_per_second": self._median(name, f"{key}_per_second") for key in ("commits", "flushes")}
        return figure(
            f"postgres.{count}.{against}", f"{title}, {people(count)}", "/s", ours,
            against=(what, theirs), ratio=ratios(ours, theirs), aim=aim, more=more,
        )  # fmt: skip

    def _database(self, verb: str, title: str, count: int) -> dict[str, Any]:
        ours, theirs = (
            self.runs(f"{count}.{verb}", "database_us"),
            self.runs(f"pgbench.{verb}.{CLIENTS}", "database_us"),
        )
        return figure(
            f"postgres.database.{verb}.{count}", f"{title}, {people(count)}: the database", "µs CPU", ours,
            against=("pgbench", theirs), ratio=ratios(ours, theirs),
        )  # fmt: skip

    def _stored(self) -> list[dict[str, Any]]:
        titles = {
            "refresh": "Refreshes", "introspect": "Checks by introspection",
            "turnover": "Sign-outs, and as many openings",
        }  # fmt: skip
        made = []
        for verb, title in titles.items():
            few, many = self.runs(f"few.{verb}"), self.runs(f"1.{verb}")
            made.append(
                figure(
                    f"pgstored.{verb}", f"{title}, {self.many.count:,} stored sessions", "/s", many,
                    against=(f"{self.few.count:,} stored sessions", few), ratio=ratios(few, many), aim=STORED,
                )
            )  # fmt: skip
        return made

    def _median(self, name: str, key: str) -> float | None:
        known = [report[key] for report in self.reports[name] if key in report]
        return round(statistics.median(known), 3) if known else None


KINDS = ("subjects", "handles", "refresh", "turnover")


def people(count: int) -> str:
    """How many nodes."""
    return "1 node" if count == 1 else f"{count} nodes"
