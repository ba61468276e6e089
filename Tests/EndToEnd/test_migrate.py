"""From SQLite to PostgreSQL: nothing is lost, nothing is brought back, and what is broken off goes on."""

from __future__ import annotations

import json
import signal
import subprocess
from pathlib import Path

import pytest

from databases import DATABASES
from exeunt import Authority, Client
from postgres import Cluster, shared
from server import BINARY, Server, Starter, add_client, command, environment

pytestmark = pytest.mark.postgres


def migrate(data: Path, uri: str, expected: int | None = 0) -> subprocess.CompletedProcess[str]:
    """Runs the command to its end."""
    return command("migrate", "--from", f"sqlite:{data}", "--to", uri, "--json", expected=expected)


def fill(server: Server, client: Client, count: int) -> tuple[list[str], list[str]]:
    """Opens sessions and ends every other one; gives the tokens of those that live, and of those that do not."""
    app = Authority(server.url, client)
    opened = [app.open(f"user-{number}").session_token for number in range(count)]
    for token in opened[1::2]:
        app.logout(token)
    return opened[::2], opened[1::2]


@pytest.fixture
def cluster() -> Cluster:
    """The server of the whole run."""
    return shared()


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A data folder with SQLite, whatever store the other tests have."""
    data = tmp_path / "old"
    DATABASES.keep_in_file(data)
    return data


def test_what_lives_lives_on_what_is_over_stays_over_and_the_past_is_out_of_the_way(
    start: Starter, cluster: Cluster, old: Path
) -> None:
    before = start(old)
    client = add_client(old, "sessions", "introspect")
    account = before.accounts[0]
    before.visitor().sign_in(account)
    live, over = fill(before, client, 60)
    before.stop()
    uri = cluster.create_database()
    report = json.loads(migrate(old, uri).stdout)
    rows = {table["table"]: table["rows"] for table in report["tables"]}
    assert rows["sessions"] == 31 and rows["revocations"] == 30 and rows["clients"] == 1, rows
    assert not (old / "exeunt.sqlite").exists()

    DATABASES.share(old, uri)
    after = start(old, demo=False)
    app = Authority(after.url, client)
    assert all(app.is_active(token) for token in live)
    assert not any(app.is_active(token) for token in over)
    assert after.visitor().sign_in(account).is_signed_in()
    newcomer = app.open("newcomer").session_token
    assert app.is_active(newcomer)
    assert '"problem"' not in command("doctor", "--json", data=old).stdout


def test_what_is_broken_off_goes_on_and_no_server_starts_meanwhile(
    start: Starter, cluster: Cluster, old: Path, tmp_path: Path
) -> None:
    before = start(old, demo=False)
    client = add_client(old, "sessions", "introspect")
    live, over = fill(before, client, 40)
    before.stop()
    uri = cluster.create_database()
    process = subprocess.Popen(
        [str(BINARY), "migrate", "--from", f"sqlite:{old}", "--to", uri],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline().startswith("copied")
    process.send_signal(signal.SIGKILL)
    process.wait()
    if (old / "exeunt.sqlite").exists():
        DATABASES.share(tmp_path / "early", uri)
        (tmp_path / "early").mkdir(mode=0o700)
        refused = command("sessions", "list", data=tmp_path / "early", expected=2)
        assert "not whole" in refused.stderr
        migrate(old, uri)
    DATABASES.share(old, uri)
    after = start(old, demo=False)
    app = Authority(after.url, client)
    assert all(app.is_active(token) for token in live)
    assert not any(app.is_active(token) for token in over)


def test_it_says_why_it_cannot(start: Starter, cluster: Cluster, old: Path, tmp_path: Path) -> None:
    uri = cluster.create_database()
    running = start(old, demo=False)
    assert "another server" in migrate(old, uri, expected=2).stderr
    running.stop()
    assert "no data folder" in migrate(tmp_path / "nowhere", uri, expected=2).stderr
    migrate(old, uri)
    assert "moved already" in migrate(old, uri, expected=2).stderr

    other = tmp_path / "other"
    DATABASES.keep_in_file(other)
    start(other, demo=False).stop()
    assert "used already" in migrate(other, uri, expected=2).stderr
    assert (other / "exeunt.sqlite").exists()
