"""Who is told of sessions that end, and what becomes of it when receivers fail, and when the authority is killed."""

from __future__ import annotations

import json
import os
import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import postgres
from exeunt import JWKS, METRICS, Authority, Credentials, expect
from nodes import Nodes
from receivers import (
    ALLOWED,
    Receiver,
    check_event_token,
    check_logout_token,
    check_webhook,
    deliveries,
    drops,
    register,
    status,
    until,
)
from server import Server, Starter, add_client, command, command_json, command_lines

SETTINGS = ALLOWED | {"public_url": "http://localhost:8080"}
ISSUER = "http://localhost:8080"


@pytest.fixture
def make() -> Iterator[Callable[..., Receiver]]:
    """Makes receivers for this test alone."""
    made: list[Receiver] = []

    def receiver(*arguments: Any) -> Receiver:
        made.append(Receiver(*arguments))
        return made[-1]

    yield receiver
    for one in made:
        one.close()


@pytest.fixture
def server(start: Starter) -> Server:
    """A server that may talk to this machine."""
    return start(settings=SETTINGS, demo=False)


def end(authority: Authority, opened: Credentials) -> dict[str, Any]:
    return dict(expect(authority.logout(opened.access_token), 200).json())


def end_some(authority: Authority, count: int, name: str = "user") -> set[str]:
    """Opens and ends so many sessions, and gives their ids."""
    opened = [authority.open(f"{name}-{number}") for number in range(count)]
    for one in opened:
        end(authority, one)
    return {one.session_id for one in opened}


def metric(server: Server, name: str) -> float:
    lines = expect(server.get(METRICS), 200).text.splitlines()
    return float(next(line.split(" ")[1] for line in lines if line.startswith(name + " ")))


def test_a_relying_party_gets_a_logout_token_that_four_libraries_take(
    server: Server, make: Callable[..., Receiver]
) -> None:
    authority, receiver = server.authority(), make()
    register(server.data, "backchannel", authority.client.id, receiver.url)
    opened = authority.open('o"hara \\ ü')
    end(authority, opened)
    until(lambda: receiver.sessions == {opened.session_id})
    (told,) = receiver.told
    keys = server.get(JWKS).json()
    claims = check_logout_token(told.logout_token, keys, issuer=ISSUER, audience=authority.client.id)
    assert claims["sub"] == 'o"hara \\ ü' and claims["sid"] == opened.session_id
    assert "cookie" not in told.headers and "authorization" not in told.headers


def test_a_webhook_gets_a_document_with_a_signature_that_the_conventions_own_library_takes(
    server: Server, make: Callable[..., Receiver]
) -> None:
    authority, receiver = server.authority(), make(204)
    added = register(server.data, "webhook", authority.client.id, receiver.url)
    assert added["secret"].startswith("whsec_")
    upstream = {"issuer": "https://idp.example.com", "sid": "their-session", "sub": "their-name"}
    first = Credentials.of(expect(authority.try_open("ada", upstream=upstream), 201).json())
    second = authority.open("bob")
    end(authority, first)
    expect(authority.end("bob", second.session_id), 200)
    until(lambda: len(receiver.sessions) == 2)
    documents = {told.sid: check_webhook(told, added["secret"]) for told in receiver.told}
    document = documents[first.session_id]
    assert document["type"] == "session.ended" and document["timestamp"] == document["data"]["ended_at"]
    del document["data"]["ended_at"]
    assert document["data"] == {
        "session_id": first.session_id,
        "subject": "ada",
        "client_id": authority.client.id,
        "reason": "signed_out",
        "upstream": upstream,
    }
    other = documents[second.session_id]["data"]
    assert other["reason"] == "ended_by_administrator" and other["upstream"] is None
    assert added["secret"] not in command("receivers", "list", "--json", data=server.data).stdout


@pytest.mark.sqlite_only(reason="it puts a stream into the file, because streams are made elsewhere")
def test_a_stream_gets_security_event_tokens_pushed(start: Starter, make: Callable[..., Receiver]) -> None:
    server, receiver = start(settings=SETTINGS, demo=False), make(202)
    authority = server.authority()
    added = register(server.data, "backchannel", authority.client.id, receiver.url)
    server.stop()
    with sqlite3.connect(server.data / "exeunt.sqlite") as file:
        verification = os.urandom(16)
        change = "UPDATE receivers SET kind = 'ssf_push', verification = ?, verification_state = 'ping'"
        file.execute(change, [verification])
    server = start(data=server.data, settings=SETTINGS, demo=False)
    authority.url = server.url
    until(lambda: len(receiver.told) == 1)
    keys = server.get(JWKS).json()

    def checked(number: int) -> dict[str, Any]:
        told = receiver.told[number]
        assert told.headers["content-type"] == "application/secevent+jwt"
        return check_event_token(told.body.decode(), keys, issuer=ISSUER, audience=authority.client.id)

    claims = checked(0)
    event = "https://schemas.openid.net/secevent/ssf/event-type/verification"
    assert claims["events"] == {event: {"state": "ping"}}
    assert claims["sub_id"] == {"format": "opaque", "id": added["receiver_id"]}
    opened = authority.open("ada")
    before = int(time.time())
    end(authority, opened)
    until(lambda: len(receiver.told) == 2)
    claims = checked(1)
    assert claims["sub_id"] == {
        "format": "complex",
        "user": {"format": "iss_sub", "iss": ISSUER, "sub": "ada"},
        "session": {"format": "opaque", "id": opened.session_id},
    }
    details = claims["events"]["https://schemas.openid.net/secevent/caep/event-type/session-revoked"]
    assert before <= details["event_timestamp"] <= time.time()
    assert details["initiating_entity"] == "user" and claims["txn"]
    assert details["reason_admin"] == {"en": "signed_out"} and details["reason_user"]["en"]


def test_a_receiver_hears_of_its_own_clients_sessions_or_of_everybodys(
    server: Server, make: Callable[..., Receiver]
) -> None:
    mine, theirs = server.authority(), server.authority()
    own, everything = make(), make()
    register(server.data, "backchannel", mine.client.id, own.url, hears="own")
    register(server.data, "backchannel", mine.client.id, everything.url, hears="all")
    foreign, ours = end_some(theirs, 5, "theirs"), end_some(mine, 5, "mine")
    until(lambda: everything.sessions == foreign | ours)
    until(lambda: own.sessions == ours)
    assert {told.sid for told in own.told} == ours


def test_the_end_of_a_crowd_is_told_one_session_at_a_time(server: Server, make: Callable[..., Receiver]) -> None:
    authority, receiver = server.authority("sessions", "introspect", "admin"), make()
    register(server.data, "webhook", authority.client.id, receiver.url)
    with ThreadPoolExecutor(8) as pool:
        crowd = {one.session_id for one in pool.map(lambda _: authority.open("crowd"), range(150))}
    expect(authority.end_all("crowd"), 200)
    others = {authority.open(f"other-{number}").session_id for number in range(20)}
    until(lambda: receiver.sessions == crowd)
    expect(authority.request("POST", "/v1/logout-all"), 200)
    until(lambda: receiver.sessions == crowd | others)
    assert set(receiver.acted.values()) == {1}


def test_a_session_whose_time_has_come_is_told_too(start: Starter, make: Callable[..., Receiver]) -> None:
    server = start(settings=SETTINGS | {"session.idle_timeout_seconds": 1}, demo=False)
    authority, receiver = server.authority(), make()
    added = register(server.data, "webhook", authority.client.id, receiver.url)
    opened = authority.open("ada")
    until(lambda: receiver.sessions == {opened.session_id})
    assert check_webhook(receiver.told[0], added["secret"])["data"]["reason"] == "idle_timeout"


HOW = ["hangs", "500", "503", "404", "401", "201", "redirects", "garbage", "drops", "is not there"]


@pytest.mark.parametrize("how", HOW)
def test_a_receiver_that_fails_delays_nobody_and_gets_everything_when_it_is_back(
    server: Server, make: Callable[..., Receiver], how: str
) -> None:
    authority, failing, healthy, elsewhere = server.authority(), make(), make(), make()
    port = failing.port
    if how == "hangs":
        failing.hanging.set()
    elif how == "garbage":
        failing.garbage = True
    elif how == "drops":
        failing.behaviour = drops
    elif how == "redirects":
        failing.behaviour = status(307, Location=elsewhere.url)
    elif how == "is not there":
        failing.close()
    else:
        failing.behaviour = status(int(how), b"<p>Sorry")
    added = register(server.data, "backchannel", authority.client.id, f"http://127.0.0.1:{port}/told")
    register(server.data, "backchannel", authority.client.id, healthy.url)
    ended = end_some(authority, 20)
    until(lambda: healthy.sessions == ended)
    until(lambda: deliveries(server.data, added["receiver_id"])["failures"] > 0)
    row = deliveries(server.data, added["receiver_id"])
    assert row["delivered"] == 0 and row["given_up"] == 0 and row["pending"] == 20
    assert row["retry_at"] and row["last_failure"] and row["oldest_pending_at"]
    assert elsewhere.told == []
    if how == "is not there":
        return
    failing.hanging.clear()
    failing.garbage = False
    failing.behaviour = failing.good
    until(lambda: failing.sessions == ended)
    until(lambda: deliveries(server.data, added["receiver_id"])["pending"] == 0)
    row = deliveries(server.data, added["receiver_id"])
    assert row["delivered"] == 20 and row["failures"] == 0 and "retry_at" not in row
    assert set(failing.acted.values()) == {1}
    # The name stays the same at each attempt.
    assert len({told.jti for told in failing.told}) == 20


def test_an_event_that_is_refused_is_a_dead_letter_and_the_next_is_told(
    server: Server, make: Callable[..., Receiver]
) -> None:
    authority, receiver = server.authority(), make()
    added = register(server.data, "backchannel", authority.client.id, receiver.url)
    bad = authority.open("bad")
    receiver.behaviour = lambda told: (400, {}, b"{}") if told.sid == bad.session_id else (200, {}, b"")
    end(authority, bad)
    good = end_some(authority, 5)
    until(lambda: receiver.sessions == good)
    until(lambda: deliveries(server.data, added["receiver_id"])["pending"] == 0)
    row = deliveries(server.data, added["receiver_id"])
    assert row["delivered"] == 5 and row["given_up"] == 1 and row["failures"] == 0
    (letter,) = command_lines("deliveries", "--dead", data=server.data)
    assert letter["session_id"] == bad.session_id and letter["subject"] == "bad"
    assert "400" in letter["why"] and letter["receiver_id"] == added["receiver_id"]
    assert "gave up" in server.log.read_text()
    # Sent again it is refused again, and stays; once it is taken, it goes.
    again = ["deliveries", "--retry", str(letter["number"])]
    command(*again, data=server.data, settings=SETTINGS, expected=1)
    receiver.behaviour = receiver.good
    (outcome,) = command_lines(*again, data=server.data, settings=SETTINGS)
    assert outcome["delivered"] is True and bad.session_id in receiver.sessions
    assert command_lines("deliveries", "--dead", data=server.data) == []
    claims = [told for told in receiver.told if told.sid == bad.session_id]
    assert len(claims) >= 3 and len({told.jti for told in claims}) == 1
    command(*again, data=server.data, settings=SETTINGS, expected=1)


def test_what_nobody_has_taken_in_time_is_given_up_and_can_be_sent_again(
    start: Starter, make: Callable[..., Receiver]
) -> None:
    server = start(settings=SETTINGS | {"outbox.event_life_seconds": 1}, demo=False)
    authority, receiver = server.authority(), make()
    receiver.behaviour = status(500)
    added = register(server.data, "webhook", authority.client.id, receiver.url)
    ended = end_some(authority, 3)
    until(lambda: deliveries(server.data, added["receiver_id"])["given_up"] == 3)
    letters = command_lines("deliveries", "--dead", data=server.data)
    assert {letter["session_id"] for letter in letters} == ended and "not taken in time" in letters[0]["why"]
    assert metric(server, "exeunt_deliveries_given_up_total") == 3
    retry = ["deliveries", "--retry", added["receiver_id"]]
    assert "public_url" in command(*retry, data=server.data, settings=ALLOWED, expected=2).stderr
    command(*retry, data=server.data, settings=SETTINGS, expected=1)
    receiver.behaviour = receiver.good
    assert len(command_lines(*retry, data=server.data, settings=SETTINGS)) == 3
    assert receiver.sessions == ended
    assert command_lines("deliveries", "--dead", data=server.data) == []


def test_a_receiver_that_asks_to_be_left_alone_is_left_alone(server: Server, make: Callable[..., Receiver]) -> None:
    authority, receiver = server.authority(), make()
    receiver.behaviour = status(503, Retry_After="3")
    register(server.data, "webhook", authority.client.id, receiver.url)
    ended = end_some(authority, 1)
    until(lambda: len(receiver.told) == 1)
    receiver.behaviour = receiver.good
    until(lambda: receiver.sessions == ended)
    assert receiver.told[1].at - receiver.told[0].at >= 2.9


def test_a_webhook_that_is_gone_is_disabled_until_it_is_resumed(server: Server, make: Callable[..., Receiver]) -> None:
    authority, receiver = server.authority(), make()
    receiver.behaviour = status(410)
    added = register(server.data, "webhook", authority.client.id, receiver.url)
    end_some(authority, 2)
    until(lambda: deliveries(server.data, added["receiver_id"])["status"] == "disabled")
    assert deliveries(server.data, added["receiver_id"])["status_reason"] == "answered 410"
    receiver.behaviour = receiver.good
    told = len(receiver.told)
    end_some(authority, 3)
    command("receivers", "resume", added["receiver_id"], data=server.data)
    later = end_some(authority, 2, "later")
    until(lambda: receiver.sessions == later)
    assert len(receiver.told) == told + 2
    kinds = [line["type"] for line in command_lines("log", data=server.data)]
    assert kinds.count("receiver.added") == 1 and kinds.count("receiver.changed") >= 2


def test_a_paused_receiver_hears_of_what_ended_meanwhile_when_it_is_resumed(
    server: Server, make: Callable[..., Receiver]
) -> None:
    authority, receiver, other = server.authority(), make(), make()
    added = register(server.data, "backchannel", authority.client.id, receiver.url)
    register(server.data, "backchannel", authority.client.id, other.url)
    command("receivers", "pause", added["receiver_id"], "--reason", "maintenance", data=server.data)
    # Which the server knows within a second; what it sent before then is not what is looked at.
    time.sleep(2.5)
    ended = end_some(authority, 5)
    until(lambda: other.sessions == ended)
    assert receiver.told == []
    row = deliveries(server.data, added["receiver_id"])
    assert row["status"] == "paused" and row["status_reason"] == "maintenance" and row["pending"] == 5
    command("receivers", "resume", added["receiver_id"], data=server.data)
    until(lambda: receiver.sessions == ended)
    command("receivers", "remove", added["receiver_id"], data=server.data)
    assert [row["url"] for row in command_lines("receivers", "list", data=server.data)] == [other.url]


def test_a_receipt_says_who_is_told_and_does_not_wait_for_it(server: Server, make: Callable[..., Receiver]) -> None:
    authority, stranger, receiver = server.authority(), server.authority(), make()
    receiver.hanging.set()
    added = register(server.data, "webhook", authority.client.id, receiver.url, hears="own")
    register(server.data, "webhook", stranger.client.id, receiver.url, hears="own")
    time.sleep(1.1)  # The list of receivers may be a second old.
    began = time.monotonic()
    receipt = end(authority, authority.open("ada"))
    assert time.monotonic() - began < 8, "a receiver was waited for"
    assert receipt["deliveries"]["pending"] == 1 and receipt["deliveries"]["done"] == 0
    assert receipt["deliveries"]["receivers"] == [
        {
            "id": added["receiver_id"],
            "client_id": authority.client.id,
            "kind": "webhook",
            "state": "pending",
        }
    ]
    until(lambda: deliveries(server.data, added["receiver_id"])["failures"] > 0)
    time.sleep(1.1)
    receipt = end(authority, authority.open("bob"))
    assert receipt["deliveries"]["receivers"][0]["state"] == "retrying"
    assert receipt["deliveries"]["receivers"][0]["retry_at"]


def test_the_commands_refuse_what_cannot_be(server: Server, make: Callable[..., Receiver]) -> None:
    client = server.authority().client.id
    receiver = make()

    def add(url: str, expected: int, *, client: str = client, settings: dict[str, Any] | None = None) -> str:
        arguments = ["receivers", "add", "webhook", "--client", client, "--url", url]
        return command(*arguments, data=server.data, settings=settings or {}, expected=expected).stderr

    assert "outgoing.allow" in add(receiver.url, 2)
    assert "outgoing.allow" in add("https://169.254.169.254/latest/meta-data/", 2)
    for url in ("ftp://example.com/", "https://a:b@example.com/", "example.com", "http://example.com:0/", ""):
        assert "cannot be used" in add(url, 2)
    assert "no client" in add("https://example.com/told", 1, client="client_nobody")
    command("receivers", "remove", "A" * 22, data=server.data, expected=1)
    command("receivers", "pause", "nonsense", data=server.data, expected=2)
    command("receivers", "add", "carrier-pigeon", "--client", client, "--url", "https://example.com", expected=2)
    command("deliveries", "--retry", "7", data=server.data, settings=SETTINGS, expected=1)
    assert command_lines("receivers", "list", data=server.data) == []
    assert "RECEIVER" in command("deliveries", data=server.data).stdout


def test_nobody_inside_is_told_anything_unless_the_operator_allows_it(
    start: Starter, make: Callable[..., Receiver]
) -> None:
    server = start(settings={"public_url": ISSUER}, demo=False)
    authority, receiver = server.authority(), make()
    added = register(server.data, "webhook", authority.client.id, receiver.url, settings=ALLOWED)
    end_some(authority, 1)
    until(lambda: deliveries(server.data, added["receiver_id"])["failures"] > 0)
    assert "not allowed" in deliveries(server.data, added["receiver_id"])["last_failure"]
    assert receiver.told == []


ROUNDS = int(os.environ.get("DELIVERY_ROUNDS", "12"))


def test_an_authority_that_is_killed_again_and_again_tells_everybody_of_everything(
    start: Starter, make: Callable[..., Receiver], tmp_path: Path
) -> None:
    seed = int(os.environ.get("DELIVERY_SEED", random.randrange(2**32)))
    print(f"DELIVERY_SEED={seed} DELIVERY_ROUNDS={ROUNDS}")
    chance = random.Random(seed)
    data = tmp_path / "data"
    server = start(data, demo=False, settings=SETTINGS)
    client = add_client(data, "sessions", "introspect")
    good, moody, webhook = make(), make(), make(204)
    moody.behaviour = lambda told: (chance.choice([200, 200, 500, 503]), {}, b"")
    added = [
        register(data, "backchannel", client.id, good.url),
        register(data, "backchannel", client.id, moody.url),
        register(data, "webhook", client.id, webhook.url),
    ]
    ended: set[str] = set()
    unsure: set[str] = set()
    for _ in range(ROUNDS):
        authority = Authority(server.url, client)
        opened = [authority.open(f"user-{number}") for number in range(12)]
        with ThreadPoolExecutor(4) as pool:
            tries = [(pool.submit(ends, authority, one), one) for one in opened[:6]]
            for answer, one in tries:
                (ended if answer.result() else unsure).add(one.session_id)
            tries = [(pool.submit(ends, authority, one), one) for one in opened[6:]]
            time.sleep(chance.uniform(0, 0.15))
            server.kill()
            for answer, one in tries:
                (ended if answer.result() else unsure).add(one.session_id)
        server = start(data, demo=False, settings=SETTINGS)
    moody.behaviour = moody.good
    for receiver in (good, moody, webhook):
        try:
            until(lambda receiver=receiver: ended <= receiver.sessions)  # type: ignore[misc]
        except AssertionError as error:
            raise AssertionError(f"never told: {ended - receiver.sessions}") from error
        assert receiver.sessions <= ended | unsure
        assert set(receiver.acted.values()) == {1}, "a receiver that knows repeats has acted twice"
        names = {(told.sid, told.jti) for told in receiver.told}
        assert len(names) == len({sid for sid, _ in names}) == len({jti for _, jti in names})
    for row in added:
        until(lambda row=row: deliveries(data, row["receiver_id"])["pending"] == 0)  # type: ignore[misc]
        assert deliveries(data, row["receiver_id"])["given_up"] == 0
    assert command_json("doctor", data=data)
    repeats = {receiver.port: len(receiver.told) - len(receiver.sessions) for receiver in (good, moody, webhook)}
    print(f"{ROUNDS} kills, {len(ended)} endings, told again: {sorted(repeats.values())}")


def ends(authority: Authority, opened: Credentials) -> bool:
    """Ends a session; whether that was answered."""
    try:
        return authority.logout(opened.access_token).status_code == 200
    except OSError:
        return False


@pytest.mark.postgres
def test_another_node_goes_on_when_the_one_that_tells_is_killed(make: Callable[..., Receiver], tmp_path: Path) -> None:
    nodes = Nodes(tmp_path, postgres.shared().create_database(), count=2, settings=ALLOWED)
    try:
        client, receiver = nodes.client(), make()
        register(nodes.folders[0], "webhook", client.id, receiver.url)
        ended = end_some(nodes.authority(0, client), 10, "before")
        until(lambda: receiver.sessions == ended)
        assert set(receiver.acted.values()) == {1} and len(receiver.told) == 10, "one node tells, and not both"
        for number in (0, 1):
            nodes.kill(number)
            ended |= end_some(nodes.authority(1 - number, client), 10, f"without-{number}")
            until(lambda ended=ended: receiver.sessions == ended)  # type: ignore[misc]
            nodes.start(number)
        assert set(receiver.acted.values()) == {1}
    finally:
        nodes.close()


def test_a_server_that_is_stopped_has_noted_what_it_knows(start: Starter, make: Callable[..., Receiver]) -> None:
    server = start(settings=SETTINGS, demo=False)
    authority, receiver = server.authority(), make()
    added = register(server.data, "webhook", authority.client.id, receiver.url)
    ended = end_some(authority, 30)
    until(lambda: receiver.sessions == ended)
    server.stop()
    assert deliveries(server.data, added["receiver_id"])["delivered"] == 30
    told = len(receiver.told)
    again = start(data=server.data, settings=SETTINGS, demo=False)
    more = end_some(again.authority(), 1, "more")
    until(lambda: receiver.sessions == ended | more)
    assert len(receiver.told) == told + 1
    rows = [json.loads(line) for line in command("deliveries", "--json", data=server.data).stdout.splitlines()]
    assert [row["receiver_id"] for row in rows] == [added["receiver_id"]]
