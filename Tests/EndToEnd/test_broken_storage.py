"""A disk that is full, a database that is locked or read-only: a logout says that it failed, and nothing is lost."""

from __future__ import annotations

import contextlib
import re
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from exeunt import HEALTH, PATIENCE, Authority, Credentials, Visitor, expect
from server import Server, Starter, command_json

pytestmark = pytest.mark.sqlite_only(reason="it is the file that is full, locked or read-only")

STILL = re.compile(r"still (live|signed in|open|active)", re.IGNORECASE)
MANY = 400

NAME = "http://localhost:8080"
"""What tokens call the server, so that they outlive a restart on another port."""


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own that is soon full; the test is skipped where none may be mounted."""
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=240m", "exeunt-test", str(disk)]
    mount = subprocess.run(command, capture_output=True, text=True, check=False)
    if mount.returncode != 0:
        pytest.skip(f"a small disk cannot be mounted here: {mount.stderr.strip()}")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def fill(ballast: Path) -> None:
    """Takes every byte that is left."""
    with contextlib.suppress(OSError), ballast.open("ab", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            with contextlib.suppress(OSError):
                while True:
                    file.write(b"\0" * size)


@contextlib.contextmanager
def locked(database: Path) -> Iterator[None]:
    """Holds the one lock that a writer needs."""
    connection = sqlite3.connect(database, isolation_level=None, timeout=PATIENCE)
    connection.execute("BEGIN IMMEDIATE")
    yield
    connection.execute("ROLLBACK")
    connection.close()


def mark_read_only(database: Path) -> None:
    """Sets the write version of the file to one that SQLite does not know: it may read, and refuses each write.

    Permissions would not stop the superuser, nor a file that is open already. The log is emptied first, so that the
    running server has to look at the file again.
    """
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with contextlib.closing(sqlite3.connect(database, isolation_level=None, timeout=PATIENCE)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            write_version(database, 3)
        if is_read_only(database):
            return
    raise AssertionError("the database would not become read-only")


def is_read_only(database: Path) -> bool:
    """Whether a newcomer may read but not write; what it tries is rolled back as it closes."""
    with contextlib.closing(sqlite3.connect(database, isolation_level=None, timeout=PATIENCE)) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("CREATE TABLE probe (nothing)")
        except sqlite3.OperationalError as error:
            return "readonly" in str(error)
    return False


def write_version(database: Path, version: int) -> None:
    """Byte 18 of the header: https://www.sqlite.org/fileformat2.html#file_format_version_numbers."""
    with database.open("r+b") as file:
        file.seek(18)
        file.write(bytes([version]))


def end_until_refused(authority: Authority, sessions: list[Credentials]) -> tuple[Credentials, requests.Response]:
    """Ends one session after another; each success must be one, until the first refusal."""
    for session in sessions:
        answer = authority.logout(session.session_token)
        if answer.status_code != 200:
            return session, answer
        assert not authority.is_active(session.access_token), "told that it is over, and still let in"
    raise AssertionError(f"{len(sessions)} logouts went through on a disk that is full")


def check_that_nothing_can_be_written(
    server: Server, authority: Authority, visitor: Visitor, held: Credentials
) -> None:
    """Every door says 503 and does nothing; what is live stays live and readable."""
    assert authority.is_active(held.access_token) and visitor.is_signed_in()
    for scope in ("current", "others", "everywhere"):
        page = visitor.sign_out(scope)
        assert page.status_code == 503, f"sign-out ({scope}) answered {page.status_code}"
        assert STILL.search(page.text), page.text
        assert "Clear-Site-Data" not in page.headers
        said = visitor.post("/logout", {"scope": scope}, headers={"Accept": "application/json"})
        assert said.status_code == 503 and STILL.search(said.text), said.text
        problem = expect(authority.logout(held.session_token, scope), 503)
        assert STILL.search(problem.text), problem.text
    for answer in (
        authority.revoke(held.refresh_token),
        authority.end_all("user"),
        authority.event("user", "password_reset"),
        authority.try_open("user"),
        authority.refresh(held.refresh_token),
    ):
        expect(answer, 503)
    assert authority.is_active(held.access_token) and visitor.is_signed_in(), "503, and it is over all the same"
    assert server.get(HEALTH).status_code == 200


def until_it_works(attempt: Callable[[], requests.Response]) -> requests.Response:
    """Tries again, as a person would, until the answer is no 503 any more."""
    deadline = time.monotonic() + PATIENCE
    while (answer := attempt()).status_code == 503 and time.monotonic() < deadline:
        time.sleep(0.05)
    return answer


def check_that_all_works_again(server: Server, authority: Authority, visitor: Visitor, held: Credentials) -> None:
    """The token whose refresh failed is still good, and now a logout is one."""
    renewed = expect(until_it_works(lambda: authority.refresh(held.refresh_token)), 200).json()
    expect(until_it_works(lambda: visitor.sign_out("current")), 303)
    assert not visitor.is_signed_in()
    expect(authority.logout(renewed["refresh_token"]), 200)
    assert not authority.is_active(held.access_token) and not authority.is_active(renewed["access_token"])
    command_json("doctor", data=server.data)


def test_on_a_full_disk_a_logout_says_that_the_session_is_still_live(small_disk: Path, start: Starter) -> None:
    server = start(small_disk / "data")
    authority, visitor = server.authority(), server.visitor().sign_in(server.accounts[0])
    sessions = [authority.open("user") for _ in range(MANY)]
    fill(small_disk / "ballast")
    held, answer = end_until_refused(authority, sessions)
    assert answer.status_code == 503, answer.text
    rest = sessions[sessions.index(held) :]
    check_that_nothing_can_be_written(server, authority, visitor, held)
    assert {session.session_id for session in rest} <= {session["id"] for session in authority.sessions("user")}
    (small_disk / "ballast").unlink()
    check_that_all_works_again(server, authority, visitor, held)
    assert {session.session_id for session in rest[1:]} == {session["id"] for session in authority.sessions("user")}


def test_on_a_locked_database_a_logout_says_that_the_session_is_still_live(start: Starter) -> None:
    server = start()
    authority, visitor = server.authority(), server.visitor().sign_in(server.accounts[0])
    held = authority.open("user")
    with locked(server.data / "exeunt.sqlite"):
        for answer in (visitor.sign_out("everywhere"), authority.logout(held.session_token)):
            assert answer.status_code == 503 and STILL.search(answer.text), answer.text
        assert authority.is_active(held.access_token) and visitor.is_signed_in()
    check_that_all_works_again(server, authority, visitor, held)


def test_on_a_read_only_database_a_logout_says_that_the_session_is_still_live(start: Starter) -> None:
    settings = {"public_url": NAME}
    server = start(settings=settings)
    authority, visitor = server.authority(), server.visitor().sign_in(server.accounts[0])
    held = authority.open("user")
    database = server.data / "exeunt.sqlite"
    mark_read_only(database)
    check_that_nothing_can_be_written(server, authority, visitor, held)
    server.terminate()
    assert server.process.wait(PATIENCE) == 0
    write_version(database, 2)
    again = start(server.data, settings=settings)
    revived = Visitor(again.url).carry(visitor.cookies())
    check_that_all_works_again(again, Authority(again.url, authority.client), revived, held)
