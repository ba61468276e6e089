"""How long a sign-out takes until no verifier accepts what it ended."""

from __future__ import annotations

import statistics
import urllib.request
from pathlib import Path
from typing import Any

import denylist
import wire
from figures import Aim, figure, ratios
from processes import Load, Server
from stores import Store

FOLLOWERS = (1, 10, 100)
LEASE = 5_000
"""Milliseconds: far more than any sign-out here takes, so that a verifier is waited for and never given up."""
WAIT = 2_000
FOLLOWING_SECONDS = 60
NEAR = Aim("within 1.5 times of commit and fan-out", at_most=1.5)
NO_SLOWER = Aim("no slower than Redis", at_most=1)

Reports = dict[int, list[dict[str, Any]]]


class Settling:
    """Sign-outs by one client while nobody follows, and while 1, 10 and 100 do, round after round.

    Beside each of the latter, in the same round: the same messages to as many on a bare Hummingbird server that stores
    nothing, and a deny list in Redis with as many subscribers.
    """

    def __init__(self, store: Store, bare: Path, folder: Path) -> None:
        self.store, self.bare, self.folder = store, bare, folder
        self.tokens = store.write("settling", [s.handle for s in store.take(2_000)])
        self.subjects = store.write("settling-subjects", store.subjects[:1_000])
        self.request = wire.follow(store.client, WAIT, LEASE)
        self.reports: Reports = {count: [] for count in (0, *FOLLOWERS)}
        self.fanned: Reports = {count: [] for count in FOLLOWERS}
        self.redis: Reports = {count: [] for count in FOLLOWERS}
        self.busy: list[dict[str, Any]] = []

    def measure(self, load: Load, seconds: float) -> None:
        """One round."""
        self.reports[0].append(self._sign_out(load, seconds, 1))
        for count in FOLLOWERS:
            with load.following(self.store.server, count, self.request, FOLLOWING_SECONDS):
                self.reports[count].append(self._sign_out(load, seconds, 1))
                if count == max(FOLLOWERS):
                    self.busy.append(self._sign_out(load, seconds, 64))
            self.fanned[count].append(self._fan_out(load, seconds, count))
            self.redis[count].append(denylist.measure(self.folder, count, seconds))
            load.wait_for_leases(self.store.server)

    def _sign_out(self, load: Load, seconds: float, clients: int) -> dict[str, Any]:
        plan = {
            "tokens": self.tokens,
            "tokens_left": self.tokens,
            "subjects": self.subjects,
        }
        requests = [wire.logout(self.store.client), wire.opening(self.store.client)]
        report = load.run(
            self.store.server, scenario="turnover", requests=requests, connections=clients,
            warmup_seconds=seconds / 8, seconds=seconds, **plan,
        )  # fmt: skip
        return dict(report["steps"]["logout"])

    def _fan_out(self, load: Load, seconds: float, count: int) -> dict[str, Any]:
        # A new server for each: the bare one has no leases, by which it would notice that followers are gone.
        server = Server(str(self.bare), log=self.folder / "fan-out.log")
        plan = {"requests": [wire.logout(self.store.client)], "tokens": self.tokens}
        with load.following(server, count, self.request, FOLLOWING_SECONDS, present=_bare_followers):
            report = load.run(
                server, scenario="each", connections=1, warmup_seconds=seconds / 8, seconds=seconds, **plan
            )
        server.stop()
        return dict(report["steps"]["logout"])

    def figures(self) -> list[dict[str, Any]]:
        """What the rounds come to."""
        commit = _runs(self.reports[0])
        made = [_figure("settling.0", "Sign-out, nobody follows", self.reports[0])]
        for count in FOLLOWERS:
            fanned = _runs(self.fanned[count])
            floor = [a + b for a, b in zip(commit, fanned, strict=True)]
            made += [
                _figure(
                    f"settling.{count}.bare",
                    f"The fan-out alone, on bare Hummingbird, to {count}",
                    self.fanned[count],
                ),
                _figure(
                    f"settling.{count}",
                    f"Sign-out until it is settled, {_people(count)}",
                    self.reports[count],
                    against=("nobody follows, and the fan-out alone", floor),
                    ratio=ratios(_runs(self.reports[count]), floor),
                    aim=NEAR,
                ),
            ]
        rates = [report["per_second"] for report in self.busy]
        made.append(figure("settling.busy", "Sign-outs until settled, 64 clients, 100 verifiers follow", "/s", rates))
        return made + self._beside_redis()

    def _beside_redis(self) -> list[dict[str, Any]]:
        made = []
        for count in FOLLOWERS:
            for key, name, aim in (
                ("p50_ms", "p50", NO_SLOWER),
                ("p99_ms", "p99", NO_SLOWER),
                ("worst_ms", "worst", None),
            ):
                ours, theirs = _runs(self.reports[count], key), _runs(self.redis[count], key)
                made.append(
                    figure(
                        f"redis.{count}.{key.removesuffix('_ms')}",
                        f"{_people(count)}, {name}",
                        "ms",
                        ours,
                        against=("SET and PUBLISH", theirs),
                        ratio=ratios(ours, theirs),
                        aim=aim,
                    )
                )
        return made


def _people(count: int) -> str:
    return "1 verifier follows" if count == 1 else f"{count} verifiers follow"


def _bare_followers(server: Server) -> int:
    with urllib.request.urlopen(f"{server.url}/followers", timeout=30) as answer:
        return int(answer.read())


def _runs(reports: list[dict[str, Any]], key: str = "p50_ms") -> list[float]:
    return [report[key] for report in reports]


def _figure(identifier: str, title: str, reports: list[dict[str, Any]], **compared: Any) -> dict[str, Any]:
    latency = {key: round(statistics.median(_runs(reports, key)), 3) for key in ("p50_ms", "p99_ms", "worst_ms")}
    return figure(identifier, title, "ms", _runs(reports), more={"latency": latency}, **compared)
