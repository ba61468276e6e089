"""The tests' PostgreSQL is what they take it for: what was confirmed is there after a crash, and on the standby."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from exeunt import PATIENCE
from postgres import ROLE, Cluster, binaries, descendants, name_of, state_of

pytestmark = pytest.mark.postgres

ENOUGH = 200


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """One of its own."""
    cluster = Cluster()
    yield cluster
    cluster.remove()


class Writer:
    """Commits one row after another, and remembers each that was confirmed."""

    def __init__(self, cluster: Cluster, database: str, folder: Path) -> None:
        cluster.psql("CREATE TABLE rows (number int PRIMARY KEY)", database, ROLE)
        self.confirmed = folder / "confirmed"
        statements = folder / "statements"
        lines = (f"INSERT INTO rows VALUES ({number}) RETURNING number;\n" for number in range(100_000))
        statements.write_text("".join(lines))
        where = ["-h", str(cluster.folder), "-p", str(cluster.port), "-U", ROLE, "-d", database]
        with self.confirmed.open("wb") as output, statements.open("rb") as source:
            self.process = subprocess.Popen(
                [str(binaries() / "psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", *where],
                stdin=source,
                stdout=output,
                stderr=subprocess.DEVNULL,
            )
        deadline = time.monotonic() + PATIENCE
        while len(self.numbers()) < ENOUGH:
            assert time.monotonic() < deadline and self.process.poll() is None, "nothing is written"
            time.sleep(0.01)

    def numbers(self) -> set[int]:
        """The rows that were confirmed."""
        whole, _, _ = self.confirmed.read_text().rpartition("\n")
        return {int(line) for line in whole.split()}

    def until_broken_off(self) -> set[int]:
        """Waits for the end of its connection, and gives the rows."""
        assert self.process.wait(PATIENCE) != 0, "it was not under way any more"
        return self.numbers()


def rows(cluster: Cluster, database: str) -> set[int]:
    """The rows that are there."""
    return {int(line) for line in cluster.psql("SELECT number FROM rows", database).split()}


def test_each_database_is_new_and_belongs_to_a_role_that_may_do_nothing_else(cluster: Cluster) -> None:
    one, other = cluster.create_database(), cluster.create_database()
    assert one != other
    cluster.psql("CREATE TABLE mine (number int)", name_of(one), ROLE)
    assert cluster.psql("SELECT count(*) FROM pg_tables WHERE tablename = 'mine'", name_of(other)) == "0"
    assert cluster.psql(f"SELECT rolsuper OR rolcreatedb FROM pg_roles WHERE rolname = '{ROLE}'") == "f"
    assert says(one, "SHOW fsync") == "on"
    cluster.drop_database(one)
    assert cluster.psql(f"SELECT count(*) FROM pg_database WHERE datname = '{name_of(one)}'") == "0"


@pytest.mark.parametrize("mode", ["fast", "immediate", "kill"])
def test_what_was_confirmed_is_there_after_a_restart(cluster: Cluster, tmp_path: Path, mode: str) -> None:
    database = name_of(cluster.create_database())
    writer = Writer(cluster, database, tmp_path)
    cluster.restart(mode)
    confirmed = writer.until_broken_off()
    there = rows(cluster, database)
    assert confirmed <= there
    assert len(there - confirmed) <= 1, "only the one that was under way may be there unconfirmed"


def test_what_is_stopped_answers_nothing_until_it_goes_on(cluster: Cluster, tmp_path: Path) -> None:
    database = name_of(cluster.create_database())
    writer = Writer(cluster, database, tmp_path)
    cluster.pause()
    assert cluster.process is not None
    deadline = time.monotonic() + PATIENCE
    while {state_of(pid) for pid in descendants(cluster.process.pid)} != {"T"}:
        assert time.monotonic() < deadline, "some of it still runs"
    # What was answered before may still be on its way into the file.
    while True:
        before = writer.numbers()
        time.sleep(0.3)
        if writer.numbers() == before:
            break
    cluster.resume()
    while writer.numbers() <= before:
        assert time.monotonic() < deadline, "it does not go on"
    cluster.kill()
    writer.until_broken_off()


@pytest.mark.parametrize("commit", ["remote_apply", "on"])
def test_the_standby_has_all_that_was_confirmed_when_it_takes_over(
    cluster: Cluster, tmp_path: Path, commit: str
) -> None:
    standby = cluster.standby(commit)
    database = name_of(cluster.create_database())
    uri = cluster.uri(database, standby)
    writer = Writer(cluster, database, tmp_path)
    assert says(uri, "SELECT pg_is_in_recovery()") == "f"
    cluster.kill()
    standby.promote()
    confirmed = writer.until_broken_off()
    assert confirmed <= rows(standby, database)
    assert says(uri, "INSERT INTO rows VALUES (-1) RETURNING number") == "-1"
    standby.remove()


def says(uri: str, statement: str) -> str:
    """What the database behind a URI answers."""
    command = [str(binaries() / "psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", uri, "-c", statement]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=PATIENCE).stdout.strip()


ENDLESS = """
import time
from postgres import Cluster

def test_that_is_stopped():
    cluster = Cluster()
    cluster.pause()
    print(cluster.process.pid, cluster.folder, file=open(SAID, "w"), flush=True)
    time.sleep(600)
"""


def test_nothing_is_left_of_it_when_the_tests_are_stopped(tmp_path: Path) -> None:
    said, test = tmp_path / "said", tmp_path / "test_endless.py"
    test.write_text(f"SAID = {str(said)!r}\n{ENDLESS}")
    here = Path(__file__).parent
    command = ["-m", "pytest", "-p", "conftest", "--rootdir", str(tmp_path), str(test)]
    with subprocess.Popen([sys.executable, *command], cwd=here, stdout=subprocess.DEVNULL) as tests:
        deadline = time.monotonic() + PATIENCE
        while not (said.exists() and said.read_text().endswith("\n")):
            assert time.monotonic() < deadline and tests.poll() is None
            time.sleep(0.05)
        pid, folder = said.read_text().split()
        processes = descendants(int(pid))
        assert len(processes) > 1
        tests.send_signal(signal.SIGTERM)
        tests.wait(PATIENCE)
    assert [state_of(one) for one in processes] == ["Z"] * len(processes)
    assert not Path(folder).exists()
