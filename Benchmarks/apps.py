"""What a check costs in the applications that people have: Express and Django, beside what they use today."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import denylist
import resp
import wire
from figures import Aim, figure, ratios
from processes import Load, Server
from stores import Store

APPS = Path(__file__).with_name("apps")
CONNECTIONS = 8
FREE = Aim("within 10 % of doing nothing", at_most=1.1)
DJANGO = Path(__file__).resolve().parents[1] / ".build/django-5.2"
"""Where `scripts/django.sh` has put Django and gunicorn."""


class AppServer(Server):
    """An application; where a process of its own answers the requests, that one's time is told."""

    def __init__(self, *command: str, log: Path, settings: dict[str, str]) -> None:
        super().__init__(*command, log=log, settings=settings)
        self._worker = int(self.said.get("pid", self.process.pid))

    @property
    def pid(self) -> int:
        """The process that answers."""
        return self._worker


@dataclass
class Variant:
    """An application that does something, or nothing, to know who asks."""

    title: str
    server: AppServer
    tokens: str
    rounds: list[dict[str, Any]] = field(default_factory=list)

    @property
    def cpu(self) -> list[float]:
        """Microseconds of the server's CPU a request, round by round."""
        return [round["server_cpu_us_per_request"] for round in self.rounds]

    @property
    def rate(self) -> list[float]:
        """Requests a second, round by round."""
        return [round["per_second"] for round in self.rounds]


class Apps:
    """Applications of one kind, each with another way to know who asks."""

    def __init__(self, kind: str, variants: dict[str, Variant]) -> None:
        self.kind = kind
        self.variants = variants

    def measure(self, load: Load, seconds: float) -> None:
        """One round: the same question to each in turn."""
        for variant in self.variants.values():
            plan = {
                "requests": [wire.page()],
                "tokens": variant.tokens,
                "connections": CONNECTIONS,
                "stays_awake": True,
            }
            variant.rounds.append(
                load.run(variant.server, scenario="each", warmup_seconds=seconds / 2, seconds=seconds, **plan)
            )

    def figures(self, ours: str, references: dict[str, Aim | None]) -> list[dict[str, Any]]:
        """What the rounds come to."""
        mine = self.variants[ours]
        made = [
            figure(
                f"app.{self.kind}.{ours}.{name}", f"{self.kind}: {mine.title}", "µs CPU", mine.cpu,
                against=(self.variants[name].title, self.variants[name].cpu),
                ratio=ratios(mine.cpu, self.variants[name].cpu), aim=aim,
            )
            for name, aim in references.items()
        ]  # fmt: skip
        first = next(iter(references))
        theirs = self.variants[first]
        made.append(
            figure(
                f"app.{self.kind}.{ours}.rate", f"{self.kind}: {mine.title}", "/s", mine.rate,
                against=(theirs.title, theirs.rate), ratio=ratios(mine.rate, theirs.rate),
            )
        )  # fmt: skip
        return made

    def stop(self) -> None:
        """Stops all of them."""
        for variant in self.variants.values():
            variant.server.stop()


def measure(store: Store, load: Load, folder: Path, rounds: int, seconds: float, tokens: int) -> list[dict[str, Any]]:
    """Both kinds, round by round."""
    here = folder / "apps"
    here.mkdir()
    access = [store.api.refresh(s.refresh_token)["access_token"] for s in store.take(tokens)]
    settings = {
        "ISSUER": f"http://localhost:{store.server.port}",
        "CLIENT_ID": store.client.id,
        "CLIENT_SECRET": store.client.secret,
    }
    with denylist.redis(here) as port:
        _fill_redis(port, access)
        express = _express(here, settings | {"REDIS_PORT": str(port)}, access)
        for _ in range(rounds):
            express.measure(load, seconds)
        express.stop()
    django = _django(here, settings, access)
    for _ in range(rounds):
        django.measure(load, seconds)
    django.stop()
    return [
        *express.figures("exeunt", {"nothing": FREE, "redis": None}),
        *django.figures("exeunt", {"nothing": FREE, "database": None, "cached": None}),
        *django.figures("beside", {"database": FREE}),
    ]


def _express(folder: Path, settings: dict[str, str], access: list[str]) -> Apps:
    cookies = folder / "cookies"
    cookies.write_text("".join(f"access={token}\n" for token in access))
    titles = {"nothing": "no check", "exeunt": "Exeunt", "redis": "a GET from Redis"}
    return Apps(
        "Express",
        {
            how: Variant(title, _start(folder, settings, "node", str(APPS / "express.js"), how), str(cookies))
            for how, title in titles.items()
        },
    )


def _django(folder: Path, settings: dict[str, str], access: list[str]) -> Apps:
    (folder / "access").write_text("\n".join(access))
    titles = {
        "nothing": "no check",
        "exeunt": "Exeunt",
        "database": "sessions in SQLite, and the user",
        "cached": "sessions in memory, and the user",
        "beside": "the same, and Exeunt",
    }
    return Apps(
        "Django",
        {
            how: Variant(
                title,
                _start(
                    folder,
                    settings | {"PYTHONPATH": str(DJANGO)},
                    "python3",
                    str(APPS / "django_app.py"),
                    how,
                    str(folder),
                ),
                str(folder / f"cookies-{how}"),
            )
            for how, title in titles.items()
        },
    )


def _start(folder: Path, settings: dict[str, str], *command: str) -> AppServer:
    return AppServer(*command, log=folder / f"{command[2]}.log", settings=settings)


def _fill_redis(port: int, access: list[str]) -> None:
    """Sessions as express-session keeps them, by what the example has of a token."""
    kept = b'{"cookie":{"originalMaxAge":null,"httpOnly":true,"path":"/"},"user":"somebody"}'
    with resp.connect(port) as connection:
        for token in access:
            connection.sendall(resp.command(b"SET", f"sess:{token[-43:]}".encode(), kept))
            assert resp.receive(connection, 5) == b"+OK\r\n"
