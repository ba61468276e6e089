"""Fixtures: servers that are stopped properly, and their logs beside every failure."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Playwright, sync_playwright

import postgres
from applications import HUMMINGBIRD, Application
from databases import DATABASES
from exeunt import HEALTH, Account, Authority
from nodes import Nodes, is_able
from notes import Notes
from server import STARTED, Server, Starter


def pytest_addoption(parser: pytest.Parser) -> None:
    """Which store the servers keep their sessions in, and how many of them there are."""
    parser.addoption("--store", choices=["sqlite", "postgres"], default="sqlite", help="where sessions are kept")
    parser.addoption("--nodes", type=int, default=1, help="how many servers are behind the shared one's address")


def pytest_configure(config: pytest.Config) -> None:
    """Ends in an orderly way when the run is stopped, so that no server outlives it."""
    signal.signal(signal.SIGTERM, lambda *_: pytest.exit("asked to end", returncode=143))
    if config.getoption("--store") == "postgres":
        DATABASES.cluster = postgres.shared
    elif config.getoption("--nodes") > 1:
        raise pytest.UsageError("several nodes need `--store postgres`")


LONG = [
    "test_faults",
    "test_applications_in_browsers",
    "test_nodes_failing",
    "test_crash",
    "test_applications",
    "test_upgrading",
    "test_browser",
    "test_audit_of_ourselves",
    "test_database_failing",
    "test_browser_client_watching",
    "test_redis",
    "test_fire",
]
"""The files that take longest come first, so that none of them is still at it, alone, when all others are done."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out what is about the other store, and puts what takes long at the front."""
    rank = {f"{name}.py": number for number, name in enumerate(LONG)}
    items.sort(key=lambda item: rank.get(item.path.name, len(rank)))
    other = "sqlite_only" if config.getoption("--store") == "postgres" else "postgres"
    left_out = [item for item in items if item.get_closest_marker(other)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """Adds the tail of the servers' logs, and of their databases', to a failure."""
    report = yield
    if report.failed:
        for server in STARTED:
            if server.running or server in item.stash.get(OWN, []):
                report.sections.append((f"log of {server.data.name}", server.log_tail()))
        for cluster in postgres.STARTED:
            report.sections.append(("log of PostgreSQL", cluster.log_tail()))
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
def server(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Server]:
    """One server with the demo accounts, shared by a file's tests; or with `--nodes` several that look like one.

    It trusts a proxy on this machine, so that each visitor has an address of its own and no test's wrong passwords
    slow another one down.
    """
    folder, settings = tmp_path_factory.mktemp("server"), {"trusted_proxies": "127.0.0.1"}
    if (count := request.config.getoption("--nodes")) > 1:
        several = Nodes(folder, postgres.shared().create_database(), count, settings=settings, demo=True)
        several[0].url = several.url
        yield several[0]
        several.close()
        return
    starter = Starter(folder)
    yield starter(settings=settings)
    starter.stop_all()


@pytest.fixture(scope="session")
def able() -> None:
    """Skips what needs PostgreSQL where the program knows nothing of it."""
    if not is_able():
        pytest.skip("this program knows no setting `database`: it keeps its sessions in SQLite alone")


@pytest.fixture(scope="module")
def nodes(able: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nodes]:
    """Three servers of one authority with the demo accounts, shared by a file's tests that leave them whole."""
    nodes = Nodes(tmp_path_factory.mktemp("nodes"), postgres.shared().create_database(), demo=True)
    yield nodes
    nodes.close()


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
