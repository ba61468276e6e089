"""Fixtures: servers that are stopped properly, and their logs beside every failure."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Playwright, sync_playwright

from applications import HUMMINGBIRD, Application
from exeunt import HEALTH, Account, Authority
from notes import Notes
from server import STARTED, Server, Starter


def pytest_configure(config: pytest.Config) -> None:
    """Ends in an orderly way when the run is stopped, so that no server outlives it."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """Adds the tail of the servers' logs to a failure."""
    report = yield
    if report.failed:
        for server in STARTED:
            if server.running or server in item.stash.get(OWN, []):
                report.sections.append((f"log of {server.data.name}", server.log_tail()))
    return report


OWN = pytest.StashKey[list[Server]]()


@pytest.fixture
def start(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Starter]:
    """Starts servers for this test alone; all are stopped, and must exit with 0."""
    starter = Starter(tmp_path)
    request.node.stash[OWN] = starter.started
    yield starter
    starter.stop_all()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server with the demo accounts, shared by a file's tests.

    It trusts a proxy on this machine, so that each visitor has an address of its own and no test's wrong passwords
    slow another one down.
    """
    starter = Starter(tmp_path_factory.mktemp("server"))
    yield starter(settings={"trusted_proxies": "127.0.0.1"})
    starter.stop_all()


@pytest.fixture(scope="module")
def authority(server: Server) -> Authority:
    """An app at the shared server."""
    return server.authority()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Playwright's driver."""
    with sync_playwright() as running:
        yield running


@pytest.fixture
def ada(server: Server) -> Account:
    """The account that most tests sign in with."""
    return server.accounts[0]


@pytest.fixture
def bystander(server: Server, authority: Authority) -> Iterator[None]:
    """A browser and an app that have nothing to do with a test: both must still be served when it is through."""
    visitor = server.visitor().sign_in(server.accounts[1])
    opened = authority.open("bystander")
    yield
    assert server.running and server.get(HEALTH).status_code == 200
    assert visitor.is_signed_in() and authority.is_active(opened.access_token)


@pytest.fixture
def run() -> Iterator[Callable[..., Notes]]:
    """Starts instances of the examples, of one client; those that still run at the end must stop with exit code 0."""
    started: list[Notes] = []

    def start_instance(authority: Server, application: Application = HUMMINGBIRD, **options: Any) -> Notes:
        client = started[0].client if started else None
        started.append(Notes(authority, client, application=application, **options))
        return started[-1].until_ready()

    yield start_instance
    for notes in started:
        if notes.process.poll() is None:
            notes.stop()
