"""Starts and stops real programs: the authority, and servers of the test site."""

from __future__ import annotations

import json
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

REPOSITORY = Path(__file__).resolve().parents[3]
BINARY = Path(os.environ.get("EXEUNT_BIN", REPOSITORY / ".build/debug/exeunt"))
CLIENT = REPOSITORY / "clients/django"

PATIENCE = 120
"""Seconds until a test gives up waiting. A bound, not a measure: nothing here is timed by it."""


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def eventually(is_so: Callable[[], object]) -> None:
    """Waits until something is so."""
    give_up = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < give_up, "it never came to that"
        time.sleep(0.02)


class Program:
    """A program that is started, says what it has to say, and is stopped by its process id."""

    def __init__(self, command: list[str], environment: dict[str, str], log: Path) -> None:
        self.log = log
        self._log_file: IO[bytes] = log.open("ab")
        self.process = subprocess.Popen(
            command,
            env=environment,
            cwd=CLIENT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._log_file,
            text=True,
            start_new_session=True,
        )
        self.lines: queue.Queue[str | None] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.put(line)
        self.lines.put(None)

    def until_said(self, word: str) -> str:
        """Waits for a line on standard output that holds a word."""
        while True:
            line = self.lines.get(timeout=PATIENCE)
            assert line is not None, f"it ended with {self.process.wait(PATIENCE)}\n{self.text}"
            if word in line:
                return line

    @property
    def text(self) -> str:
        """What it wrote to standard error."""
        return self.log.read_text(errors="replace")

    def send(self, number: int) -> None:
        """Sends it a signal."""
        if self.process.poll() is None:
            self.process.send_signal(number)

    def stop(self) -> int:
        """Stops it as an init system does; its exit code."""
        self.send(signal.SIGCONT)
        self.send(signal.SIGTERM)
        return self._end()

    def kill(self) -> None:
        """Ends it, and all that it has started, with no chance to tidy up."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self._end()

    def _end(self) -> int:
        code = self.process.wait(PATIENCE)
        self._log_file.close()
        return code


@dataclass
class Authority:
    """A real authority, which can be stopped and started again on the same data and port."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    program: Program | None = None
    client_id: str = ""
    client_secret: str = field(default="", repr=False)

    @property
    def url(self) -> str:
        """What it calls itself, and where it is."""
        return f"http://localhost:{self.port}"

    def start(self) -> Authority:
        """Starts it, and gives it a client the first time."""
        listen = f"127.0.0.1:{self.port}"
        command = [str(BINARY), "serve", "--data", str(self.folder), "--listen", listen]
        self.program = Program(command, _environment() | self.settings, self.folder.with_suffix(".log"))
        self.program.until_said('"ready"')
        if not self.client_id:
            self.client_id, self.client_secret = self.add_client("feed", "sessions")
        return self

    def add_client(self, *scopes: str) -> tuple[str, str]:
        """A new client's id and secret."""
        wanted = [part for scope in scopes for part in ("--scope", scope)]
        made = json.loads(self.command("clients", "add", "tests", *wanted, "--json"))
        return made["client_id"], made["client_secret"]

    def command(self, *arguments: str) -> str:
        """What `exeunt …` prints."""
        command = [str(BINARY), *arguments, "--data", str(self.folder)]
        finished = subprocess.run(
            command, env=_environment(), capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        assert finished.returncode == 0, finished.stderr
        return finished.stdout

    def kill(self) -> None:
        """Kills it with no chance to tidy up."""
        if self.program is not None:
            self.program.kill()

    def stop(self) -> None:
        """Stops it."""
        if self.program is not None:
            self.program.stop()

    @property
    def exeunt(self) -> dict[str, object]:
        """The setting `EXEUNT` of an application that uses it."""
        return {
            "ISSUER": self.url,
            "CLIENT_ID": self.client_id,
            "CLIENT_SECRET": self.client_secret,
            "SECURE_COOKIES": False,
            "SIGNED_OUT_URL": "/signed-out",
        }


def _environment() -> dict[str, str]:
    """Our own environment, with no setting of the authority's in it."""
    return {name: value for name, value in os.environ.items() if not name.startswith("EXEUNT_")}


@dataclass(frozen=True)
class Answer:
    """What a server answered."""

    status: int
    headers: dict[str, str]
    cookies: dict[str, str]
    text: str


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object, **__: object) -> None:
        return None


_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _Stay)


def ask(
    url: str,
    form: dict[str, str] | None = None,
    cookies: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
) -> Answer:
    """The answer of a real server, with the cookies that the browser has afterwards."""
    cookies = dict(cookies or {})
    data = None if form is None else urllib.parse.urlencode(form).encode()
    request = urllib.request.Request(url, data, {"Sec-Fetch-Site": "same-origin", **(headers or {})})
    if cookies:
        request.add_header("Cookie", "; ".join(f"{name}={value}" for name, value in cookies.items()))
    try:
        answer = _opener.open(request, timeout=PATIENCE)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        for header in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = header.partition(";")[0].partition("=")
            cookies[name] = value
            if "Max-Age=0" in header:
                del cookies[name]
        return Answer(answer.status, dict(answer.headers), cookies, answer.read().decode())


def server_environment(authority: Authority, database: Path, **changes: object) -> dict[str, str]:
    """What a server of the test site has to be told."""
    return os.environ | {
        "SITE_EXEUNT": json.dumps(authority.exeunt | changes),
        "SITE_DATABASE": str(database),
        "DJANGO_SETTINGS_MODULE": "tests.site.settings",
        "PYTHONPATH": os.pathsep.join([str(CLIENT), *filter(None, sys.path)]),
        "PYTHONUNBUFFERED": "1",
    }
