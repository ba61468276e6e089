"""The mirror in Redis: what applications that ask it make of a token after its sign-out."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from exeunt import METRICS, PATIENCE, expect
from ports import free_port
from redis_server import ACCEPTED, REFUSED, UNKNOWN, RedisServer, claims
from server import Server, Starter, command, command_json

LEASE = 2
"""Seconds for which the mirror is vouched for in these tests."""


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    """A Redis for this test alone, below a path that is short enough for a socket."""
    folder = Path(tempfile.mkdtemp(prefix="exeunt-redis-", dir="/tmp"))
    server = RedisServer(folder)
    yield server
    server.kill()
    shutil.rmtree(folder)


@pytest.fixture
def mirrored(redis: RedisServer, start: Starter) -> Server:
    """A server that mirrors its log there."""
    return start(settings={"redis.url": redis.url, "redis.lease_ms": str(LEASE * 1000)}, demo=False)


def until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def everywhere(verdict: str) -> dict[str, str]:
    return {"check.sh": verdict, "check.py": verdict, "check.mjs": verdict}


def metric(server: Server, name: str) -> float:
    lines = expect(server.get(METRICS), 200).text.splitlines()
    return float(next(line.split(" ")[1] for line in lines if line.startswith(name + " ")))


def test_after_a_sign_out_was_answered_every_example_refuses(mirrored: Server, redis: RedisServer) -> None:
    authority = mirrored.authority()
    first, second, third = authority.open('o"hara \\ ü'), authority.open('o"hara \\ ü'), authority.open("bob")
    until(lambda: redis.verdicts(third.access_token)["check.py"] == ACCEPTED)
    assert redis.verdicts(first.access_token) == everywhere(ACCEPTED)
    receipt = expect(authority.logout(first.access_token), 200).json()
    assert receipt["deliveries"] == {"pending": 0, "done": 1, "failed": 0, "settles_by": None, "receivers": []}
    assert redis.verdicts(first.access_token) == everywhere(REFUSED)
    assert redis.verdicts(second.access_token) == everywhere(ACCEPTED)
    kept = authority.open('o"hara \\ ü')
    expect(authority.logout(kept.access_token, "others"), 200)
    assert redis.verdicts(second.access_token) == everywhere(REFUSED)
    assert redis.verdicts(kept.access_token) == everywhere(ACCEPTED)
    expect(authority.revoke(third.access_token), 200)
    assert redis.verdicts(third.access_token) == everywhere(REFUSED)


def test_a_key_goes_when_the_last_token_has_expired_that_it_ends(mirrored: Server, redis: RedisServer) -> None:
    authority = mirrored.authority()
    opened = authority.open("ada")
    before = time.time() * 1000
    expect(authority.logout(opened.access_token), 200)
    after = time.time() * 1000
    ends = redis.client().pexpiretime("{exeunt:1}:session:" + claims(opened.access_token)["sid"])
    # The longest life of a token, and the clocks' allowed difference.
    assert before + 960_000 <= ends <= after + 960_000 + 60_000
    assert ends >= claims(opened.access_token)["exp"] * 1000


def test_while_redis_is_down_sign_outs_are_answered_and_say_so(mirrored: Server, redis: RedisServer) -> None:
    authority = mirrored.authority()
    opened = [authority.open(f"person-{number}") for number in range(20)]
    until(lambda: redis.verdicts(opened[0].access_token)["check.py"] == ACCEPTED)
    redis.kill()
    for one in opened[:10]:
        receipt = expect(authority.logout(one.access_token), 200).json()
        assert receipt["settled"] and receipt["ended_sessions"] == 1
        assert receipt["deliveries"]["pending"] == 1 and receipt["deliveries"]["done"] == 0
        assert receipt["deliveries"]["settles_by"] is not None
    assert metric(mirrored, "exeunt_redis_connected") == 0 and metric(mirrored, "exeunt_redis_lag_records") >= 10
    redis.start()
    until(lambda: metric(mirrored, "exeunt_redis_connected") == 1)
    assert metric(mirrored, "exeunt_redis_lag_records") == 0
    for one in opened[:10]:
        assert redis.verdicts(one.access_token)["check.py"] == REFUSED
    assert redis.verdicts(opened[10].access_token) == everywhere(ACCEPTED)
    log = mirrored.log.read_text()
    assert log.count("the mirror in Redis is behind") == 1 and log.count("the mirror in Redis is caught up") == 2


def test_a_person_at_a_browser_is_told_while_redis_is_down(redis: RedisServer, start: Starter) -> None:
    server = start(settings={"redis.url": redis.url, "redis.lease_ms": str(LEASE * 1000)})
    visitor = server.visitor().sign_in(server.accounts[0])
    redis.kill()
    until(lambda: metric(server, "exeunt_redis_connected") == 0)
    answer = expect(visitor.sign_out(), 303)
    assert answer.headers["Location"].startswith("/signed-out?settles_by=")
    assert "may still accept it" in visitor.get(answer.headers["Location"]).text
    redis.start()
    until(lambda: metric(server, "exeunt_redis_connected") == 1)
    visitor.sign_in(server.accounts[0])
    assert expect(visitor.sign_out(), 303).headers["Location"] == "/signed-out"


def test_nothing_that_was_ended_is_accepted_however_redis_fares(mirrored: Server, redis: RedisServer) -> None:
    authority = mirrored.authority()
    opened, other = authority.open("ada"), authority.open("bob")
    until(lambda: redis.verdicts(opened.access_token)["check.py"] == ACCEPTED)
    redis.client().save()
    expect(authority.logout(opened.access_token), 200)
    with redis.hammered(opened.access_token) as counts:
        for _ in range(4):
            redis.client().flushall()
            until(lambda: redis.verdicts(other.access_token)["check.py"] == ACCEPTED)
            # It comes back with what it had before the sign-out.
            redis.kill()
            redis.start()
            until(lambda: redis.verdicts(other.access_token)["check.py"] == ACCEPTED)
    assert counts[ACCEPTED] == 0 and counts[REFUSED] > 100, counts


def test_a_replica_is_not_believed_nor_what_takes_the_place_of_a_primary(start: Starter) -> None:
    with tempfile.TemporaryDirectory(prefix="exeunt-redis-", dir="/tmp") as name:
        folders = [Path(name, part) for part in ("a", "b")]
        for folder in folders:
            folder.mkdir()
        primary, replica = RedisServer(folders[0], free_port()), RedisServer(folders[1])
        try:
            settings = {"redis.url": f"redis://127.0.0.1:{primary.port}", "redis.lease_ms": "20000"}
            authority = start(settings=settings, demo=False).authority()
            opened = authority.open("ada")
            until(lambda: primary.verdicts(opened.access_token)["check.py"] == ACCEPTED)
            replica.client().replicaof("127.0.0.1", str(primary.port))
            until(lambda: bool(replica.client().exists("{exeunt:1}:live")))
            assert replica.verdicts(opened.access_token) == everywhere(UNKNOWN)
            replica.client().replicaof("NO", "ONE")
            expect(authority.logout(opened.access_token), 200)
            assert replica.client().exists("{exeunt:1}:live")
            assert replica.verdicts(opened.access_token) == everywhere(UNKNOWN)
            assert primary.verdicts(opened.access_token) == everywhere(REFUSED)
        finally:
            primary.kill()
            replica.kill()


def test_without_its_authority_the_mirror_is_believed_for_a_lease_and_no_longer(
    mirrored: Server, redis: RedisServer, start: Starter
) -> None:
    opened = mirrored.authority().open("ada")
    until(lambda: redis.verdicts(opened.access_token)["check.py"] == ACCEPTED)
    mirrored.stop()
    time.sleep(LEASE)
    assert redis.verdicts(opened.access_token) == everywhere(UNKNOWN)
    again = start(data=mirrored.data, settings=mirrored.settings, demo=False)
    until(lambda: redis.verdicts(opened.access_token)["check.py"] == ACCEPTED)
    # An ending by the command reaches it through the log.
    command("sessions", "end", "--subject", "ada", data=again.data)
    until(lambda: redis.verdicts(opened.access_token)["check.py"] == REFUSED)


def test_the_doctor_looks_at_redis_too(mirrored: Server, redis: RedisServer) -> None:
    def findings(**options: Any) -> list[dict[str, str]]:
        checks = command_json("doctor", data=mirrored.data, settings=mirrored.settings, **options)["checks"]
        return [check for check in checks if check["check"] == "redis"]

    until(lambda: findings()[0]["status"] == "ok")
    redis.client().config_set("maxmemory-policy", "allkeys-lru")
    assert [found["status"] for found in findings(expected=1)] == ["ok", "problem"]
    redis.kill()
    assert [found["status"] for found in findings(expected=1)] == ["problem"]
    redis.start()


def test_the_password_in_the_url_is_never_shown(start: Starter, tmp_path: Path) -> None:
    url = "redis://somebody:hunter2@127.0.0.1:1/0"
    server = start(settings={"redis.url": url}, demo=False)
    until(lambda: "the mirror in Redis is behind" in server.log.read_text())
    shown = command("config", settings={"redis.url": url}).stdout
    shown += command("config", "--json", settings={"redis.url": url}).stdout
    doctor = command("doctor", data=server.data, settings={"redis.url": url}, expected=1)
    wrong = command("config", settings={"redis.url": "redis://somebody:hunter2@/x/y"}, expected=2)
    for text in (shown, doctor.stdout, doctor.stderr, wrong.stdout, wrong.stderr, server.log.read_text()):
        assert "hunter2" not in text
    assert "redis://***@127.0.0.1:1/0" in shown and "redis.url" in wrong.stderr
