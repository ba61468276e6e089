"""Starts, kills and asks the real program; waits for what it says and never for time to pass."""

from __future__ import annotations

import atexit
import json
import os
import queue
import signal
import subprocess
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

import requests

from databases import DATABASES
from exeunt import METADATA, PATIENCE, Account, Authority, Client, Visitor

REPOSITORY = Path(__file__).resolve().parents[2]
BINARY = Path(os.environ.get("EXEUNT_BIN", REPOSITORY / ".build/debug/exeunt"))

QUICK = {"sign_in.scrypt_log2_n": "10"}
"""Settings that make a test quick and change nothing that it looks at."""

STARTED: list[Server] = []
"""Every server that this process started, so that none is left behind."""


def environment(settings: dict[str, Any] | None = None, data: Path | None = None) -> dict[str, str]:
    """Our own environment with no setting of Exeunt's but these and the data folder's database, if it has one.

    Lists are joined by commas.
    """
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("EXEUNT_")}
    database = DATABASES.of(data)
    for key, value in (({"database": database} if database else {}) | (settings or {})).items():
        text = ",".join(value) if isinstance(value, list) else str(value)
        inherited["EXEUNT_" + key.replace(".", "_").upper()] = text
    return inherited


def command(
    *arguments: str, data: Path | None = None, settings: dict[str, Any] | None = None, expected: int | None = 0
) -> subprocess.CompletedProcess[str]:
    """Runs `exeunt …` to its end and checks its exit code, unless that is what the test asks about."""
    folder = ["--data", str(data)] if data else []
    finished = subprocess.run(
        [str(BINARY), *arguments, *folder],
        env=environment(settings, data),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    shown = f"exeunt {' '.join(arguments)} exited {finished.returncode}\n{finished.stdout}\n{finished.stderr}"
    assert expected is None or finished.returncode == expected, shown
    return finished


def command_json(*arguments: str, data: Path, **options: Any) -> Any:
    """The one value that `exeunt … --json` prints."""
    return json.loads(command(*arguments, "--json", data=data, **options).stdout)


def command_lines(*arguments: str, data: Path, **options: Any) -> list[dict[str, Any]]:
    """What a command that lists prints with `--json`: one value a line."""
    text = command(*arguments, "--json", data=data, **options).stdout
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def add_client(data: Path, *scopes: str, name: str = "tests") -> Client:
    """Registers an app in a data folder, whether a server runs on it or not."""
    wanted = [part for scope in scopes for part in ("--scope", scope)]
    made = command_json("clients", "add", name, *wanted, data=data)
    return Client(made["client_id"], made["client_secret"])


class Server:
    """One running `exeunt serve`."""

    def __init__(
        self,
        data: Path,
        *,
        settings: dict[str, Any] | None = None,
        demo: bool = True,
        listen: str = "127.0.0.1:0",
        arguments: tuple[str, ...] = (),
        program: Path = BINARY,
        prefix: Sequence[str] = (),
        surroundings: dict[str, str] | None = None,
    ) -> None:
        assert program.exists(), f"{program} is missing: build it, or set EXEUNT_BIN"
        self.data = data
        self.log = data.with_name(data.name + ".log")
        self.settings = settings or {}
        self.verify: str | bool = True
        self._visitors = 0
        self._log_file: IO[bytes] = self.log.open("ab")
        self._lines: queue.Queue[str | None] = queue.Queue()
        demo_arguments = ["--demo"] if demo else []
        self.process = subprocess.Popen(
            [*prefix, str(program), "serve", "--data", str(data), "--listen", listen, *demo_arguments, *arguments],
            env=environment(QUICK | self.settings, data) | (surroundings or {}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._log_file,
            text=True,
        )
        STARTED.append(self)
        threading.Thread(target=self._read, daemon=True).start()
        self.url = self._wait_until_ready()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)
        self._lines.put(None)

    def _wait_until_ready(self) -> str:
        try:
            line = self._lines.get(timeout=PATIENCE)
        except queue.Empty:
            self.kill()
            raise AssertionError(f"no ready line\n{self.log_tail()}") from None
        if line is None:
            self.process.wait(PATIENCE)
            raise AssertionError(f"the server ended with {self.process.returncode}\n{self.log_tail()}")
        said = json.loads(line)
        assert said["event"] == "ready", line
        return str(said["url"])

    @property
    def accounts(self) -> list[Account]:
        """The demo accounts, from the file that the server keeps for them."""
        lines = (self.data / "demo-accounts.txt").read_text().splitlines()
        return [Account(*line.split(" ", 1)) for line in lines if line.strip()]

    def authority(self, *scopes: str) -> Authority:
        """A new app at the server door, with the scopes that most apps have unless others are named."""
        client = add_client(self.data, *(scopes or ("sessions", "introspect")))
        return Authority(self.url, client, self.verify)

    def visitor(self, **headers: str) -> Visitor:
        """A new browser with no cookies, at an address of its own where the server believes proxies."""
        if self.settings.get("trusted_proxies"):
            self._visitors += 1
            headers.setdefault("X-Forwarded-For", f"198.18.{self._visitors // 250}.{self._visitors % 250 + 1}")
        return Visitor(self.url, **headers)

    def get(self, path: str, **options: Any) -> requests.Response:
        """A request with no credentials at all."""
        options.setdefault("timeout", PATIENCE)
        options.setdefault("verify", self.verify)
        return requests.get(self.url + path, allow_redirects=False, **options)

    @property
    def issuer(self) -> str:
        """What the server calls itself in its tokens: by default `localhost`, whichever way it is reached."""
        return str(self.get(METADATA).json()["issuer"])

    @property
    def running(self) -> bool:
        """Whether the process is still there."""
        return self.process.poll() is None

    def terminate(self) -> None:
        """Asks it to stop, as an init system does."""
        self.process.send_signal(signal.SIGTERM)

    def stop(self) -> None:
        """Stops it and checks that it took its leave properly."""
        if self.running:
            self.terminate()
        code = self.process.wait(PATIENCE)
        self._log_file.close()
        assert code == 0, f"exit code {code} after SIGTERM\n{self.log_tail()}"

    def kill(self) -> None:
        """Kills it with no chance to tidy up."""
        if self.running:
            self.process.kill()
        self.process.wait(PATIENCE)
        self._log_file.close()

    def log_tail(self, lines: int = 60) -> str:
        """The last of what it wrote to standard error."""
        text = self.log.read_text(errors="replace").splitlines()
        return "\n".join([f"-- {self.log.name} --", *text[-lines:]])


class Starter:
    """Starts servers below one folder, and stops them all when it is done."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.started: list[Server] = []

    def __call__(self, data: Path | None = None, **options: Any) -> Server:
        """A new server, on a new data folder unless one is named; the options are those of `Server`."""
        server = Server(data or self.folder / f"data-{len(self.started)}", **options)
        self.started.append(server)
        return server

    def stop_all(self) -> None:
        """Stops what still runs; every one of them must exit with 0."""
        failures = []
        for server in self.started:
            if server.running:
                try:
                    server.stop()
                except AssertionError as failure:
                    failures.append(str(failure))
        for server in self.started:
            if not server.running:
                DATABASES.forget(server.data)
        assert not failures, "\n".join(failures)


@atexit.register
def _leave_nothing_behind() -> None:
    for server in STARTED:
        if server.running:
            server.process.kill()
