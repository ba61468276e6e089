"""The data folders that are measured: a small one and a large one, with a server on each."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import seed
from processes import Api, Client, Server, on_server_core

SCOPES = ("sessions", "introspect", "feed", "admin")


@dataclass
class Program:
    """The program that is measured."""

    path: Path
    settings: dict[str, str] = field(default_factory=dict)
    """What its environment says besides."""
    cores: Callable[[], None] = on_server_core

    def command(self, *arguments: str) -> Any:
        """What a command of it prints in JSON."""
        done = subprocess.run(
            [str(self.path), *arguments, "--json"],
            env=os.environ | self.settings, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"exeunt {' '.join(arguments)}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return json.loads(done.stdout)

    def serve(self, data: Path, port: int = 0, **more: str) -> Server:
        """A server on a data folder, with some more settings; it finds itself a port where none is named."""
        return Server(
            str(self.path), "serve", "--data", str(data), "--listen", f"127.0.0.1:{port}",
            log=data.with_name(data.name + ".log"),
            settings={"EXEUNT_LOG_LEVEL": "warning"} | self.settings | more, cores=self.cores, port=port,
        )  # fmt: skip

    def add_client(self, data: Path) -> Client:
        """A new app that may do everything."""
        scopes = [part for scope in SCOPES for part in ("--scope", scope)]
        made = self.command("clients", "add", "bench", *scopes, "--data", str(data))
        return Client(made["client_id"], made["client_secret"])


@dataclass
class Store:
    """A data folder with sessions in it, and the server on it."""

    program: Program
    data: Path
    client: Client
    count: int
    subjects: list[str]
    sessions: list[seed.Session]
    seconds_to_fill: float
    diagnosis: Any
    bytes: int
    server: Server = field(init=False)
    taken: int = 0

    def start(self) -> Server:
        """Starts its server."""
        self.server = self.program.serve(self.data)
        return self.server

    def take(self, count: int) -> list[seed.Session]:
        """Credentials of so many sessions that nobody has had before."""
        first, self.taken = self.taken, self.taken + count
        assert self.taken <= len(self.sessions), f"{self.data.name} has no {count} sessions left"
        return self.sessions[first : self.taken]

    def write(self, name: str, tokens: list[str]) -> str:
        """Writes tokens to a file for the load generator."""
        path = self.data.with_name(f"{self.data.name}-{name}")
        path.write_text("".join(token + "\n" for token in tokens))
        return str(path)

    @property
    def api(self) -> Api:
        """A connection of the app's."""
        return Api(self.server, self.client)


def make(program: Program, data: Path, subjects: list[tuple[str, int]], keep: int) -> Store:
    """A data folder with that many sessions of each subject; its server is not started yet."""
    program.serve(data).stop()
    client = program.add_client(data)
    begun = time.monotonic()
    sessions = seed.fill(data, subjects, client, keep)
    elapsed = time.monotonic() - begun
    diagnosis = program.command("doctor", "--data", str(data))
    count = sum(count for _, count in subjects)
    names = [name for name, _ in subjects if name.startswith(seed.USER)]
    return Store(program, data, client, count, names, sessions, elapsed, diagnosis, database_bytes(data))


def database_bytes(data: Path) -> int:
    """The database with the files beside it."""
    return sum(path.stat().st_size for path in data.glob("exeunt.sqlite*"))
