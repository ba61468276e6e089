"""Several servers of one authority: one database, one master key, one public address, and a balancer in front."""

from __future__ import annotations

import functools
import shutil
import signal
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from balancer import Balancer
from databases import DATABASES
from exeunt import Authority, Client, Visitor
from ports import free_port
from server import BINARY, Server, add_client, command

KEPT = ("master.key", "demo-accounts.txt")
"""What is in the first node's data folder and not in the database, and which the others need as well."""


@dataclass
class Site:
    """Where a node is: how a program is started there, where it listens, and what is in its environment."""

    host: str = "127.0.0.1"
    prefix: list[str] = field(default_factory=list)
    surroundings: dict[str, str] = field(default_factory=dict)


@functools.cache
def is_able() -> bool:
    """Whether the program can keep its sessions in PostgreSQL."""
    return "`database`" in command("config", "--reference").stdout


class Nodes:
    """The servers, by number; `url` is that of the balancer, which takes them in turn."""

    def __init__(
        self,
        folder: Path,
        database: str,
        count: int = 3,
        *,
        settings: dict[str, Any] | None = None,
        demo: bool = False,
        sites: list[Site] | None = None,
        program: Path = BINARY,
    ) -> None:
        self.sites = sites or [Site() for _ in range(count)]
        self.programs = [program] * count
        self.balancer = Balancer()
        self.url = f"http://127.0.0.1:{self.balancer.port}"
        self.settings = {"public_url": f"http://localhost:{self.balancer.port}"} | (settings or {})
        self.demo = demo
        self.database = database
        self.folders = [folder / f"node-{number}" for number in range(count)]
        self.ports = [free_port() for _ in range(count)]
        self.urls = [f"http://{site.host}:{port}" for site, port in zip(self.sites, self.ports, strict=True)]
        self.servers: dict[int, Server] = {}
        for data in self.folders:
            DATABASES.share(data, database)
        try:
            for number in range(count):
                self.start(number)
        except BaseException:
            self.kill_all()
            raise
        self.balancer.ports = self.ports

    def __getitem__(self, number: int) -> Server:
        """A node."""
        return self.servers[number]

    def start(self, number: int) -> Server:
        """Starts a node, where it was before if it was; a new one gets what the first one keeps in its folder."""
        data = self.folders[number]
        if number > 0 and not data.exists():
            data.mkdir(mode=0o700)
            for name in KEPT:
                if (self.folders[0] / name).exists():
                    shutil.copy(self.folders[0] / name, data / name)
        site = self.sites[number]
        self.servers[number] = Server(
            data,
            settings=self.settings,
            demo=self.demo,
            listen=f"{site.host}:{self.ports[number]}",
            program=self.programs[number],
            prefix=site.prefix,
            surroundings=site.surroundings,
        )
        return self.servers[number]

    def stop(self, number: int) -> None:
        """Stops a node properly."""
        self.servers[number].stop()

    def kill(self, number: int) -> None:
        """Kills a node with no chance to tidy up."""
        self.servers[number].kill()

    def pause(self, number: int) -> None:
        """Stops a node where it is; the balancer notices, as one that asks for its health would."""
        self.balancer.out.add(self.ports[number])
        self.servers[number].process.send_signal(signal.SIGSTOP)

    def resume(self, number: int) -> None:
        """Lets it go on."""
        self.servers[number].process.send_signal(signal.SIGCONT)
        self.balancer.out.discard(self.ports[number])

    def client(self, *scopes: str) -> Client:
        """An app with credentials that all nodes know."""
        return add_client(self.folders[0], *(scopes or ("sessions", "introspect", "feed", "admin")))

    def authority(self, number: int, client: Client) -> Authority:
        """The app, which talks to one node."""
        return Authority(self.urls[number], client)

    def authorities(self, client: Client) -> list[Authority]:
        """The app, once for each node."""
        return [Authority(url, client) for url in self.urls]

    def visitor(self, number: int) -> Visitor:
        """A new browser with no cookies at one node."""
        return Visitor(self.urls[number])

    def close(self) -> None:
        """Stops what still runs; each must exit with 0."""
        failures = []
        for number, server in self.servers.items():
            if server.running:
                self.resume(number)
                try:
                    server.stop()
                except AssertionError as failure:
                    failures.append(str(failure))
        self.balancer.close()
        assert not failures, "\n".join(failures)

    def kill_all(self) -> None:
        """Kills what still runs."""
        for server in self.servers.values():
            server.kill()
        self.balancer.close()
