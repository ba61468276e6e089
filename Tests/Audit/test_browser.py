"""The audit's browser talks to nobody but the target, and is gone when the audit is, however that ends."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from .auditor import PATIENCE, PROGRAM, audit
from .zoo.accounts import ADA, BOB
from .zoo.browser_sessions import Session
from .zoo.web import Request, Response, Running, js, route
from .zoo.website import Website

SOON_SECONDS = 30
"""Until what must happen by itself has happened. A bound, not a measure."""


class Listener:
    """Somebody else on this machine, who counts the connections that come."""

    def __init__(self) -> None:
        self.connections = 0
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.place = f"127.0.0.1:{self.socket.getsockname()[1]}"
        Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        """Answers everything with nothing."""
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.connections += 1
            with closing(connection):
                connection.recv(4096)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nAccess-Control-Allow-Origin: *\r\n\r\n")


class Talkative(Website):
    """A website whose pages and worker ask somebody else for all kinds of things."""

    other = ""

    def home_page(self, session: Session) -> Response:
        """The page, with what browsers fetch for one."""
        page = super().home_page(session)
        page.body += (
            f'<link rel=preconnect href="http://{self.other}"><link rel=prefetch href="http://{self.other}/prefetch">'
            f'<img src="http://{self.other}/image"><script src="http://{self.other}/script"></script>'
            f'<iframe src="http://{self.other}/frame"></iframe>'
            "<script>"
            f'fetch("http://{self.other}/fetch").catch(() => {{}});'
            f'navigator.sendBeacon("http://{self.other}/beacon");'
            f'new WebSocket("ws://{self.other}/socket");'
            'navigator.serviceWorker.register("/worker.js");'
            "</script>"
        ).encode()
        return page

    @route("GET", "/worker.js")
    def worker_script(self, request: Request) -> Response:
        """A worker that asks as well."""
        return js(f'addEventListener("install", () => fetch("http://{self.other}/worker").catch(() => {{}}));')


@contextmanager
def talkative() -> Iterator[tuple[dict[str, Any], Listener]]:
    """The target file of a talkative website, and whom it talks of."""
    app, other = Talkative(), Listener()
    app.other = other.place
    running = Running(app)
    try:
        yield app.target(running.url), other
    finally:
        running.stop()
        other.socket.close()


def test_the_browser_contacts_no_host_and_port_but_the_targets() -> None:
    with talkative() as (target, other):
        report = audit(target, ("browser-reopened",), with_browser=True)
        assert report.verdicts == {"browser-reopened": "pass"}
        assert other.connections == 0


def test_a_host_that_the_target_file_names_is_contacted() -> None:
    with talkative() as (target, other):
        audit(target | {"hosts": [other.place]}, ("browser-reopened",), with_browser=True)
        assert other.connections > 0


def test_no_secret_of_the_browser_is_in_the_report() -> None:
    running = Running(app := Website())
    seen: set[str] = set()
    original = app.new_token

    def remembered() -> str:
        token = original()
        seen.add(token)
        return token

    app.new_token = remembered  # type: ignore[method-assign]
    try:
        report = audit(app.target(running.url), ("browser-back", "browser-next-user"), with_browser=True)
    finally:
        running.stop()
    assert len(seen) > 3
    assert not [secret for secret in {ADA.password, BOB.password, *seen} if secret in report.text]


def browsers_in(folder: Path) -> list[int]:
    """The processes whose command lines name a folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if str(folder) in process.joinpath("cmdline").read_text(errors="replace"):
                found.append(int(process.name))
        except OSError:
            continue
    return found


def soon(is_so: Any) -> bool:
    """Whether something comes true before long."""
    end = time.monotonic() + SOON_SECONDS
    while not (so := is_so()) and time.monotonic() < end:
        time.sleep(0.1)
    return bool(so)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda how: how.name)
def test_the_browser_goes_with_the_audit(how: signal.Signals, tmp_path: Path) -> None:
    running = Running(app := Website())
    file = tmp_path / "target.yaml"
    file.write_text(json.dumps(app.target(running.url)))
    folder = tmp_path / "temporary"
    folder.mkdir()
    environment = os.environ | {
        "AUDIT_PASSWORD": ADA.password,
        "AUDIT_NEW_PASSWORD": "another",
        "AUDIT_SECOND_PASSWORD": BOB.password,
        "TMPDIR": str(folder),
    }
    command = [PROGRAM, "audit", str(file), "--only", "browser-back"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            assert soon(lambda: list(folder.glob("exeunt-browser-*/one/Default")))
            process.send_signal(how)
            process.wait(PATIENCE)
        finally:
            process.kill()
            running.stop()
    assert soon(lambda: not browsers_in(folder) and not list(folder.glob("exeunt-browser-*")))


def test_without_a_driver_the_browsers_probes_say_how_to_get_one() -> None:
    running = Running(app := Website())
    path = os.environ["PATH"]
    try:
        os.environ["PATH"] = "/nonexistent"
        report = audit(app.target(running.url), ("browser-back",), with_browser=True)
    finally:
        os.environ["PATH"] = path
        running.stop()
    assert report.verdicts == {"browser-back": "not-applicable"}
    assert "chromium-driver" in report.text
