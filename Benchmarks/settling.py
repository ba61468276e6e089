"""How long a sign-out takes until no verifier accepts what it ended."""

from __future__ import annotations

import statistics
from typing import Any

import wire
from figures import Aim, figure, ratios
from processes import Load
from stores import Store

FOLLOWERS = (1, 10, 100)
LEASE = 5_000
"""Milliseconds: far more than any sign-out here takes, so that a verifier is waited for and never given up."""
WAIT = 2_000
NEAR = Aim("within 1.5 times of a sign-out that nobody follows", at_most=1.5)


class Settling:
    """Sign-outs by one client while nobody follows, and while 1, 10 and 100 do, round after round."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.tokens = store.write("settling", [s.handle for s in store.take(2_000)])
        self.subjects = store.write("settling-subjects", store.subjects[:1_000])
        self.request = wire.follow(store.client, WAIT, LEASE)
        self.reports: dict[int, list[dict[str, Any]]] = {count: [] for count in (0, *FOLLOWERS)}
        self.busy: list[dict[str, Any]] = []

    def measure(self, load: Load, seconds: float) -> None:
        """One round."""
        self.reports[0].append(self._sign_out(load, seconds, 1))
        for count in FOLLOWERS:
            with load.following(self.store.server, count, self.request, 60):
                self.reports[count].append(self._sign_out(load, seconds, 1))
                if count == max(FOLLOWERS):
                    self.busy.append(self._sign_out(load, seconds, 64))
            load.wait_for_leases(self.store.server)

    def _sign_out(self, load: Load, seconds: float, clients: int) -> dict[str, Any]:
        plan = {
            "tokens": self.tokens,
            "tokens_left": self.tokens,
            "subjects": self.subjects,
        }
        requests = [wire.logout(self.store.client), wire.opening(self.store.client)]
        return load.run(
            self.store.server, scenario="turnover", requests=requests, connections=clients,
            warmup_seconds=seconds / 8, seconds=seconds, **plan,
        )  # fmt: skip

    def figures(self) -> list[dict[str, Any]]:
        """What the rounds come to."""
        alone = self._medians(0)
        made = [self._figure("settling.0", "Sign-out, nobody follows", 0)]
        for count in FOLLOWERS:
            people = "1 verifier follows" if count == 1 else f"{count} verifiers follow"
            made.append(
                self._figure(
                    f"settling.{count}",
                    f"Sign-out until it is settled, {people}",
                    count,
                    against=("nobody follows", alone),
                    ratio=ratios(self._medians(count), alone),
                    aim=NEAR,
                )
            )
        rates = [report["steps"]["logout"]["per_second"] for report in self.busy]
        made.append(
            figure(
                "settling.busy",
                "Sign-outs until settled, 64 clients, 100 verifiers follow",
                "/s",
                rates,
            )
        )
        return made

    def _medians(self, followers: int) -> list[float]:
        return [report["steps"]["logout"]["p50_ms"] for report in self.reports[followers]]

    def _figure(self, identifier: str, title: str, followers: int, **compared: Any) -> dict[str, Any]:
        steps = [report["steps"]["logout"] for report in self.reports[followers]]
        latency = {key: round(statistics.median(s[key] for s in steps), 3) for key in ("p50_ms", "p99_ms", "worst_ms")}
        return figure(
            identifier,
            title,
            "ms",
            self._medians(followers),
            more={"latency": latency},
            **compared,
        )
