"""Starts the servers and the load, each on its own core, and stops what it started."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import resource
import socket
import subprocess
import time
import urllib.request
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import machine

CORES = sorted(os.sched_getaffinity(0))
SERVER_CORES = set(CORES[:1])
LOAD_CORES = set(CORES[1:]) or set(CORES)
OPEN_FILES = 40_000
PATIENCE = 120


def _prepare(cores: set[int]) -> None:
    os.sched_setaffinity(0, cores)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))


def pin_to_load() -> None:
    """Keeps this process, which times a few requests itself, off the server's core."""
    os.sched_setaffinity(0, LOAD_CORES)


def on_server_core() -> None:
    """For a server's process before it becomes its program."""
    _prepare(SERVER_CORES)


def on_load_cores() -> None:
    """For a process of the load's before it becomes its program."""
    _prepare(LOAD_CORES)


def on_any_core() -> None:
    """For a process that shares all cores with those that it works with, as a database and its clients do."""
    _prepare(set(CORES))


def cpu_seconds(pid: int) -> float:
    """CPU time that a process has used, of all its threads (proc_pid_stat(5))."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Client:
    """What an app proves itself with."""

    id: str
    secret: str

    @property
    def basic(self) -> str:
        """The value of its `Authorization`."""
        return "Basic " + b64encode(f"{self.id}:{self.secret}".encode()).decode()


class Server:
    """A server that says where it listens, on one core."""

    running: list[Server] = []

    def __init__(
        self,
        *command: str,
        log: Path,
        settings: dict[str, str] | None = None,
        cores: Callable[[], None] = on_server_core,
        port: int = 0,
    ) -> None:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("EXEUNT_")}
        self.log = log
        self._log_file = log.open("ab")
        self.process = subprocess.Popen(
            command,
            env=environment | (settings or {}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._log_file,
            text=True,
            preexec_fn=cores,
        )
        Server.running.append(self)
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, f"{command[0]} did not start:\n{log.read_text(errors='replace')[-2000:]}"
        self.said = json.loads(line)
        # What it calls itself is another address where it has been told a public one.
        self.url = f"http://127.0.0.1:{port}" if port else str(self.said["url"])
        self.port = int(self.url.rsplit(":", 1)[1])

    @property
    def pid(self) -> int:
        """Its process id."""
        return self.process.pid

    @property
    def each(self) -> list[Server]:
        """Itself: one server, where several might stand."""
        return [self]

    def cpu_seconds(self) -> float:
        """CPU time that it has used so far."""
        return cpu_seconds(self.pid)

    def memory(self) -> int:
        """Bytes in memory (VmRSS)."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) * 1024

    def stop(self) -> None:
        """Asks it to stop, and waits."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self._log_file.close()
        if self in Server.running:
            Server.running.remove(self)

    @classmethod
    def stop_all(cls) -> None:
        """Stops every server that was started here."""
        for server in list(cls.running):
            with contextlib.suppress(OSError):
                server.stop()


@dataclass
class Servers:
    """Several servers that do the same work."""

    each: list[Server]

    def stop(self) -> None:
        """Stops them all."""
        for server in self.each:
            server.stop()


@dataclass
class Api:
    """A few requests by hand, over one connection."""

    server: Server
    client: Client
    connection: http.client.HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        """Connects."""
        self.connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=PATIENCE)

    def request(
        self,
        method: str,
        path: str,
        body: str | None = None,
        kind: str = "application/json",
    ) -> dict[str, Any]:
        """Sends a request of the client and gives what the answer says."""
        headers = {"Authorization": self.client.basic} | ({"Content-Type": kind} if body is not None else {})
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        text = answer.read()
        assert answer.status in (200, 201), f"{method} {path}: {answer.status} {text[:300]!r}"
        return dict(json.loads(text))

    def refresh(self, token: str) -> dict[str, Any]:
        """Exchanges a refresh token."""
        form = f"grant_type=refresh_token&refresh_token={token}"
        return self.request("POST", "/token", form, "application/x-www-form-urlencoded")


def _metric(server: Server, start: str) -> list[str]:
    """The lines of a metric."""
    with urllib.request.urlopen(f"{server.url}/metrics", timeout=PATIENCE) as answer:
        return [line for line in answer.read().decode().splitlines() if line.startswith(start)]


def metric(server: Server, name: str) -> float | None:
    """The value of a metric that has one, where the server tells it."""
    return next((float(line.split()[-1]) for line in _metric(server, name + " ")), None)


def followers(server: Server) -> int:
    """How many verifiers follow, or have a lease left from when they did."""
    return len(_metric(server, "exeunt_follower_lease_age_seconds{"))


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


class Load:
    """Runs the load generator and keeps an eye on what else the machine is doing."""

    def __init__(self, program: Path, folder: Path) -> None:
        self.program = program
        self.folder = folder
        self.others: list[float] = []
        self.background: subprocess.Popen[str] | None = None
        self.beside: Callable[[], float] = lambda: 0.0
        """CPU seconds of what else belongs to what is measured, such as the server's database."""
        self.cores = on_load_cores

    def run(self, server: Server | Servers, **plan: Any) -> dict[str, Any]:
        """What the load generator says of a plan; every answer must be of the 200s and no connection may break."""
        started = self._start(server, plan)
        busy, begun = self._busy_seconds(), time.monotonic()
        output, errors = started.communicate(timeout=PATIENCE)
        elapsed, busy = time.monotonic() - begun, self._busy_seconds() - busy
        assert started.returncode == 0, f"exeunt-load: {started.returncode} {errors[-2000:]} {output[-500:]}"
        report: dict[str, Any] = json.loads(output)
        wrong = {status: count for status, count in report["statuses"].items() if not status.startswith("2")}
        assert not wrong and report["requests"] > 0, f"{plan}: {report}"
        ours = (report["server_cpu_seconds"] + report["load_cpu_seconds"]) / report["seconds"]
        self.others.append(max(0.0, busy / elapsed - ours))
        return report

    def _busy_seconds(self) -> float:
        """Of everybody but those that belong to what is measured, such as the verifiers that follow meanwhile."""
        return machine.busy_seconds() - self.beside() - (cpu_seconds(self.background.pid) if self.background else 0)

    def streams(self, server: Server, **plan: Any) -> subprocess.Popen[str]:
        """Opens event streams; they are held until the process's standard input is closed."""
        started = self._start(server, plan | {"scenario": "streams"}, stdin=subprocess.PIPE)
        assert started.stdout is not None
        line = started.stdout.readline()
        assert line, f"exeunt-load: {started.communicate()[1][-2000:]}"
        return started

    @contextlib.contextmanager
    def following(
        self,
        server: Server,
        count: int,
        request: dict[str, Any],
        seconds: float,
        present: Callable[[Server], int] = followers,
    ) -> Iterator[None]:
        """So many verifiers, all in one process, that follow for that long at the most."""
        tokens = self.folder / "no-tokens"
        tokens.write_text("")
        plan = {
            "requests": [request],
            "tokens": str(tokens),
            "connections": count,
            "seconds": seconds,
        }
        started = self._start(server, plan | {"scenario": "follow"})
        try:
            while present(server) < count:
                assert started.poll() is None, f"exeunt-load: {started.communicate()}"
                time.sleep(0.02)
            self.background = started
            yield
            assert started.poll() is None, f"the verifiers did not follow for long enough: {started.communicate()}"
        finally:
            self.background = None
            started.kill()
            started.communicate()

    def wait_for_leases(self, server: Server) -> None:
        """Waits until the leases of verifiers that are gone have ended: they would delay what is measured next."""
        while followers(server):
            time.sleep(0.1)

    def _start(self, server: Server | Servers, plan: dict[str, Any], **options: Any) -> subprocess.Popen[str]:
        path = self.folder / "plan.json"
        servers = {"ports": [one.port for one in server.each], "server_pids": [one.pid for one in server.each]}
        path.write_text(json.dumps(plan | servers))
        return subprocess.Popen(
            [str(self.program), str(path)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=self.cores,
            **options,
        )
