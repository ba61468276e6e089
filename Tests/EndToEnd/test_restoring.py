"""A backup is restored, or a standby takes over that lacks something: what has ended since stays ended."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from databases import DATABASES
from exeunt import Authority, Client, Credentials, expect
from fleet import eventually
from follower import Follower, claims_of
from nodes import Nodes
from ports import free_port
from postgres import Cluster, shared
from server import Server, Starter, add_client, command

WHAT_TO_DO = "exeunt sessions end --everyone"


def backed_up(data: Path) -> Callable[[], None]:
    """Makes a backup as the manual says, beside the server that runs; gives what restores it once nothing does."""
    if uri := DATABASES.of(data):
        dump = shared().dump(uri)
        return lambda: shared().restore(uri, dump)
    file = data / "exeunt.sqlite"
    backup = data.with_suffix(".backup")
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(backup)) as target:
        source.backup(target)

    def restore() -> None:
        for path in data.glob("exeunt.sqlite*"):
            path.unlink()
        backup.rename(file)

    return restore


def end_everyone(data: Path) -> None:
    """The emergency stop, at the command line."""
    command("sessions", "end", "--everyone", data=data)


def until_it_is_marked(server: Server) -> None:
    """Waits until the server has noted how far its log goes."""
    mark = server.data / "high-water-mark.json"
    app = server.authority("feed")
    query: dict[str, str | int] = {"verifier": "A" * 22, "after": 0, "lease": 0}
    head = expect(app.request("GET", "/v1/feed", params=query), 200).json()["head"]
    eventually(lambda: json.loads(mark.read_text())["seq"] >= head, "the mark is at the head of the log")


def is_refused_everywhere(app: Authority, one: Credentials) -> bool:
    """Whether the authority accepts none of a session's credentials."""
    tokens = [one.session_token, one.access_token, one.refresh_token]
    remembered = [one.remember_token] if one.remember_token else []
    return (
        not any(app.is_active(token) for token in tokens)
        and app.refresh(one.refresh_token).status_code == 400
        and all(app.resume(token).status_code == 401 for token in remembered)
    )


@pytest.mark.parametrize("everyone", [0, 2], ids=["", "with emergency stops since"])
def test_a_restored_backup_brings_nobody_back_and_keeps_nobody_out(
    start: Starter, tmp_path: Path, everyone: int
) -> None:
    listen = f"127.0.0.1:{free_port()}"
    server = start(listen=listen, demo=False)
    client = add_client(server.data, "sessions", "introspect", "feed")
    app = Authority(server.url, client)
    with closing(Follower(server.url, client)) as follower:
        follower.until_it_has_a_lease()
        past = [app.open("ada", remember=True) for _ in range(3)]
        restore = backed_up(server.data)
        for _ in range(everyone):
            past.append(app.open("grace", remember=True))
            end_everyone(server.data)
        past += [app.open(name) for name in ["ada", "grace", "newcomer"] for _ in range(2)]
        app.logout(past[0].session_token)
        app.logout(past[-2].session_token)
        for _ in range(4):
            app.end_all("ada")
            app.end_all("newcomer")
        until_it_is_marked(server)
        server.kill()

        restore()
        refused = command("serve", "--listen", listen, data=server.data, expected=2)
        assert WHAT_TO_DO in refused.stderr and "older than" in refused.stderr
        assert "high-water mark" in command("doctor", data=server.data, expected=1).stdout

        end_everyone(server.data)
        again = start(server.data, listen=listen, demo=False)
        # The verifier has been running all the time, and remembers what the database does not.
        lease = follower.polls
        eventually(lambda: follower.polls > lease + 1 and follower.has_lease(), "the verifier follows again")
        for one in past:
            assert is_refused_everywhere(app, one), f"session {past.index(one)} is back"
            assert follower.verdict(claims_of(one.access_token)) == "refused"
        for name in ["ada", "grace", "newcomer", "nobody yet"]:
            new = app.open(name)
            assert app.is_active(new.access_token)
            assert follower.verdict(claims_of(new.access_token)) == "accepted", f"{name} is kept out"
        until_it_is_marked(again)
        assert '"problem"' not in command("doctor", "--json", data=server.data).stdout


def test_a_start_on_what_the_last_one_left_is_no_restore(start: Starter) -> None:
    first = start(demo=False)
    app = first.authority()
    expect(app.logout(app.open("ada").session_token), 200)
    first.kill()
    second = start(first.data, demo=False)
    app = second.authority()
    live = app.open("ada")
    expect(app.logout(app.open("ada").session_token), 200)
    second.stop()
    third = start(first.data, demo=False)
    assert third.authority().is_active(live.session_token)


def test_a_mark_that_cannot_be_read_is_no_reason_to_trust_the_database(start: Starter) -> None:
    server = start(demo=False)
    server.stop()
    mark = server.data / "high-water-mark.json"
    mark.write_text("{")
    assert str(mark) in command("serve", "--listen", "127.0.0.1:0", data=server.data, expected=2).stderr
    mark.unlink()
    start(server.data, demo=False)


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[Cluster, Cluster]]:
    """A primary and a standby that it does not wait for."""
    primary = Cluster()
    standby = Cluster(primary)
    yield primary, standby
    for cluster in (primary, standby):
        cluster.remove()


@pytest.mark.postgres
def test_servers_stop_when_a_standby_takes_over_that_lacks_a_sign_out(
    pair: tuple[Cluster, Cluster], tmp_path: Path
) -> None:
    primary, standby = pair
    uri = primary.create_database("authority")
    nodes = Nodes(tmp_path, primary.uri("authority", standby))
    client: Client = nodes.client()
    app = nodes.authority(0, client)
    with closing(Follower(nodes.urls[1], client)) as follower:
        follower.until_it_has_a_lease()
        over, live = app.open("ada"), app.open("ada")
        eventually(lambda: standby.psql("SELECT count(*) FROM sessions", "authority") == "2", "the standby has them")
        standby.stop()
        expect(app.logout(over.session_token), 200)
        assert follower.verdict(claims_of(over.access_token)) == "refused"
        primary.kill()
        standby.start()
        standby.promote()
        # Each finds out by itself, before it has done anything there.
        for server in nodes.servers.values():
            server.process.wait(120)
            assert server.process.returncode == 2
            assert "the database is older than what this server has seen" in server.log_tail()
        assert standby.psql("SELECT count(*) FROM sessions", "authority") == "2"
        assert follower.verdict(claims_of(over.access_token)) != "accepted"

        end_everyone(nodes.folders[0])
        for number in range(3):
            nodes.start(number)
        follower.until_it_has_a_lease()
        for one in (over, live):
            assert not app.is_active(one.session_token) and not app.is_active(one.access_token)
            assert follower.verdict(claims_of(one.access_token)) == "refused"
        assert uri and app.is_active(app.open("ada").access_token)
    nodes.close()
