"""Durable writes: refreshes and endings, beside what the disk can do."""

from __future__ import annotations

import statistics
from collections import defaultdict
from pathlib import Path
from typing import Any

import disk
import wire
from figures import Aim, figure, ratios
from processes import Load, metric
from stores import Store

CLIENTS = (1, 16, 64)
BUSIEST = max(CLIENTS)
COMMITS = "exeunt_store_commits_total"
CLIENTS_SHARE = {1: 1, 16: 4, 64: 8}
"""How the sessions that are there to be ended are shared out, by the number of clients."""
SHARED = Aim("5 writes a flush or more", at_least=5)
STORED = Aim("within 1.5 times", at_most=1.5)


class Writes:
    """Refreshes, endings and the disk alone, in turn, round after round."""

    def __init__(self, small: Store, large: Store, folder: Path, rounds: int) -> None:
        self.small, self.large, self.folder = small, large, folder
        self.device = disk.DeviceFlushes(folder)
        self.refreshing = {
            small.data.name: small.write("refresh", [s.refresh_token for s in small.take(small.count // 4)]),
            large.data.name: large.write("refresh", [s.refresh_token for s in large.take(large.count // 50)]),
        }
        self.turning = {
            small.data.name: small.write("turnover", [s.handle for s in small.take(small.count // 2)]),
            large.data.name: large.write("turnover", [s.handle for s in large.take(large.count // 50)]),
        }
        self.subjects = {store.data.name: store.write("subjects", store.subjects) for store in (small, large)}
        each = (len(large.sessions) - large.taken) // (rounds * sum(CLIENTS_SHARE.values()))
        self.endings = {
            clients: [
                large.write(f"end-{clients}-{turn}", [s.handle for s in large.take(each * share)])
                for turn in range(rounds)
            ]
            for clients, share in CLIENTS_SHARE.items()
        }
        self.results: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.in_place: list[float] = []
        self.log: list[float] = []

    def measure(self, load: Load, seconds: float) -> None:
        """One round."""
        self.in_place.append(disk.flushes_in_place(self.folder, seconds / 2))
        self.log.append(disk.flushes_of_log(self.folder, seconds / 2))
        for clients in CLIENTS:
            self._refresh(load, self.large, clients, seconds)
            self._end(load, clients, seconds)
        self._refresh(load, self.small, BUSIEST, seconds)
        for store in (self.small, self.large):
            self._turn_over(load, store, BUSIEST, seconds)

    def _refresh(self, load: Load, store: Store, clients: int, seconds: float) -> None:
        tokens = self.refreshing[store.data.name]
        plan = {"requests": [wire.refresh(store.client)], "tokens": tokens, "tokens_left": tokens}
        self._run(load, f"refresh.{store.data.name}.{clients}", store, clients, seconds, scenario="refresh", **plan)

    def _end(self, load: Load, clients: int, seconds: float) -> None:
        plan = {"requests": [wire.logout(self.large.client)], "tokens": self.endings[clients].pop(), "once": True}
        self._run(load, f"logout.{clients}", self.large, clients, seconds, scenario="each", **plan)

    def _turn_over(self, load: Load, store: Store, clients: int, seconds: float) -> None:
        tokens = self.turning[store.data.name]
        requests = [wire.logout(store.client), wire.opening(store.client)]
        plan = {"tokens": tokens, "tokens_left": tokens, "subjects": self.subjects[store.data.name]}
        self._run(
            load, f"turnover.{store.data.name}", store, clients, seconds, scenario="turnover", requests=requests, **plan
        )

    def _run(self, load: Load, name: str, store: Store, clients: int, seconds: float, **plan: Any) -> None:
        flushed, committed = self.device.count(), metric(store.server, COMMITS)
        report = load.run(store.server, connections=clients, warmup_seconds=seconds / 8, seconds=seconds, **plan)
        whole = seconds * 9 / 8
        if flushed is not None:
            report["device_flushes_per_second"] = ((self.device.count() or 0) - flushed) / whole
        if committed is not None:
            report["commits_per_second"] = ((metric(store.server, COMMITS) or 0) - committed) / whole
        self.results[name].append(report)

    def rate(self, name: str, step: str) -> list[float]:
        """Of one kind of request, a second, round by round."""
        return [report["steps"][step]["per_second"] for report in self.results[name]]

    def flushes(self, name: str) -> tuple[str, list[float]] | None:
        """How many flushes a second those very runs did: the store's commits where it tells them, else the disk's."""
        for key, what in (
            ("commits_per_second", "commits, each with its flush"),
            ("device_flushes_per_second", "flushes of the disk"),
        ):
            if all(key in report for report in self.results[name]):
                return what, [report[key] for report in self.results[name]]
        return None

    def latency(self, name: str, step: str) -> dict[str, float]:
        """The medians of the rounds, in milliseconds."""
        steps = [report["steps"][step] for report in self.results[name]]
        return {key: round(statistics.median(s[key] for s in steps), 3) for key in ("p50_ms", "p99_ms", "worst_ms")}

    def figures(self) -> list[dict[str, Any]]:
        """What the rounds come to."""
        made = [
            figure("disk.in_place", "The disk alone: 4 KiB over the same place, flushed", "flushes/s", self.in_place),
            figure("disk.log", "The disk alone: 4 KiB at the end of a file, flushed", "flushes/s", self.log),
        ]
        for verb, title, name in (
            ("refresh", "Refreshes", f"refresh.{self.large.data.name}"),
            ("logout", "Sign-outs", "logout"),
        ):
            for clients in CLIENTS:
                made += self._durable(verb, title, f"{name}.{clients}", clients)
        return made

    def _durable(self, verb: str, title: str, name: str, clients: int) -> list[dict[str, Any]]:
        rates = self.rate(name, verb)
        people = "1 client" if clients == 1 else f"{clients} clients"
        cpu = [report["server_cpu_us_per_request"] for report in self.results[name]]
        made = [
            figure(
                f"{verb}.{clients}",
                f"{title}, {people}",
                "/s",
                rates,
                against=("the disk alone, flushes/s", self.in_place),
                ratio=ratios(rates, self.in_place),
                more={"latency": self.latency(name, verb), "server_cpu_us": figure("", "", "", cpu)["ours"]},
            )
        ]
        flushes = self.flushes(name)
        if flushes:
            made.append(
                figure(
                    f"{verb}.{clients}.shared",
                    f"{title} a flush, {people}",
                    "/s",
                    rates,
                    against=(f"{flushes[0]}, /s", flushes[1]),
                    ratio=ratios(rates, flushes[1]),
                    aim=SHARED if clients == BUSIEST else None,
                )
            )
        return made

    def stored(self) -> list[dict[str, Any]]:
        """The small store beside the large one."""
        made = []
        for verb, title, names in (
            ("refresh", "Refreshes", [f"refresh.{s.data.name}.{BUSIEST}" for s in (self.small, self.large)]),
            (
                "logout",
                "Sign-outs, as many opened as ended",
                [f"turnover.{s.data.name}" for s in (self.small, self.large)],
            ),
        ):
            few, many = (self.rate(name, verb) for name in names)
            made.append(
                figure(
                    f"stored.{verb}",
                    f"{title}, {BUSIEST} clients, {self.large.count:,} stored sessions",
                    "/s",
                    many,
                    against=(f"{self.small.count:,} stored sessions", few),
                    ratio=ratios(few, many),
                    aim=STORED,
                )
            )
        return made
