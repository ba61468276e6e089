"""Checks of a session over HTTP, beside a bare Hummingbird route and a bare SwiftNIO server."""

from __future__ import annotations

from typing import Any

import wire
from figures import Aim, figure, ratios
from processes import Load, Server
from stores import Store

CONNECTIONS = 32
AIM = Aim("80 % of bare Hummingbird or better", at_least=0.8)


class Checks:
    """The same question to each server in turn, round after round."""

    def __init__(self, small: Store, large: Store, hummingbird: Server, nio: Server, access_tokens: int) -> None:
        handles = small.write("handles", [s.handle for s in small.sessions])
        many = large.write("handles", [s.handle for s in large.sessions])
        api = small.api
        fresh = [api.refresh(s.refresh_token)["access_token"] for s in small.take(access_tokens)]
        access = small.write("access", fresh)
        check, introspect = wire.check(), wire.introspect(small.client)
        self.variants: dict[str, tuple[Server, wire.Request, str]] = {
            "nio": (nio, check, handles),
            "nio_post": (nio, introspect, handles),
            "hummingbird": (hummingbird, check, handles),
            "hummingbird_post": (hummingbird, introspect, handles),
            "nobody": (small.server, wire.nobody(), handles),
            "session": (small.server, check, handles),
            "session_large": (large.server, check, many),
            "introspect_session": (small.server, introspect, handles),
            "introspect_access": (small.server, introspect, access),
        }
        self.reports: dict[str, list[dict[str, Any]]] = {name: [] for name in self.variants}

    def measure(self, load: Load, seconds: float) -> None:
        """One round."""
        for name, (server, request, tokens) in self.variants.items():
            plan = {"requests": [request], "tokens": tokens, "connections": CONNECTIONS, "stays_awake": True}
            report = load.run(server, scenario="each", warmup_seconds=seconds / 4, seconds=seconds, **plan)
            self.reports[name].append(report)

    def cpu(self, name: str) -> list[float]:
        """Microseconds of the server's CPU a request, round by round."""
        return [report["server_cpu_us_per_request"] for report in self.reports[name]]

    def rate(self, name: str) -> list[float]:
        """Requests a second, round by round."""
        return [report["per_second"] for report in self.reports[name]]

    def latency(self, name: str, step: str) -> dict[str, float]:
        """Of the middle round, in milliseconds."""
        middle = sorted(self.reports[name], key=lambda r: r["per_second"])[len(self.reports[name]) // 2]
        return {key: round(middle["steps"][step][key], 3) for key in ("p50_ms", "p99_ms", "worst_ms")}

    def figures(self) -> list[dict[str, Any]]:
        """What the rounds come to."""
        made = []
        questions = [
            ("session", "GET /session with a live cookie", "", "check", AIM),
            ("introspect_session", "POST /introspect of a session token", "_post", "introspect", None),
            ("introspect_access", "POST /introspect of an access token", "_post", "introspect", None),
        ]
        for name, title, kind, step, aim in questions:
            ours = self.cpu(name)
            for bare, label in (("hummingbird", "bare Hummingbird"), ("nio", "bare SwiftNIO")):
                theirs = self.cpu(bare + kind)
                made.append(
                    figure(
                        f"check.{name}.cpu.{bare}",
                        title,
                        "µs CPU",
                        ours,
                        against=(label, theirs),
                        ratio=ratios(theirs, ours),
                        aim=aim if bare == "hummingbird" else None,
                    )
                )
            rates, theirs = self.rate(name), self.rate("hummingbird" + kind)
            made.append(
                figure(
                    f"check.{name}.rate",
                    f"{title}, one core, {CONNECTIONS} connections",
                    "/s",
                    rates,
                    against=("bare Hummingbird", theirs),
                    ratio=ratios(rates, theirs),
                    more={"latency": self.latency(name, step)},
                )
            )
        return made

    def layers(self) -> list[dict[str, Any]]:
        """What each layer adds to a check: microseconds of CPU, from the medians of the rounds."""
        steps = [
            ("SwiftNIO: sockets, HTTP/1.1", "nio", None),
            ("Hummingbird: routing, structured concurrency", "hummingbird", "nio"),
            ("Exeunt: headers, metrics, JSON", "nobody", "hummingbird"),
            ("Exeunt: cookie, SHA-256, look-up in SQLite", "session", "nobody"),
        ]
        medians = {name: figure("", "", "", self.cpu(name))["ours"]["median"] for name in self.variants}
        whole = medians["session"]
        made = []
        for what, name, below in steps:
            part = medians[name] - (medians[below] if below else 0)
            made.append({"what": what, "us": round(part, 2), "share": round(part / whole, 3)})
        return made
