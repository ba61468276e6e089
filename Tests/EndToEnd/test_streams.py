"""Streams of security events: SSF 1.0's stream management, and delivery by fetching (RFC 8936), clause by clause."""

from __future__ import annotations

import json
import threading
import time
from typing import Any

import jwt
import pytest
import requests

from catcher import Catcher
from exeunt import (
    JWKS,
    PATIENCE,
    SSF_CONFIGURATION,
    STREAM_STATUS,
    STREAM_VERIFICATION,
    STREAMS,
    Authority,
    expect,
)
from server import Server, Starter

PUSH, POLL = "urn:ietf:rfc:8935", "urn:ietf:rfc:8936"
REVOKED = "https://schemas.openid.net/secevent/caep/event-type/session-revoked"
VERIFICATION = "https://schemas.openid.net/secevent/ssf/event-type/verification"
ENDPOINT = "https://receiver.example.com/events"
NOBODYS = "AAAAAAAAAAAAAAAAAAAAAA"


class Receiver:
    """A client that has streams and opens sessions."""

    def __init__(self, server: Server, *scopes: str) -> None:
        self.server = server
        self.app: Authority = server.authority("streams", "sessions", *scopes)

    def create(self, **body: Any) -> dict[str, Any]:
        """Makes a stream."""
        return dict(expect(self.app.request("POST", STREAMS, json=body), 201).json())

    def read(self, stream: str) -> requests.Response:
        """One stream, whatever it answers."""
        return self.app.request("GET", STREAMS, params={"stream_id": stream})

    def poll(self, stream: dict[str, Any], **body: Any) -> dict[str, Any]:
        """Fetches events at the address that the stream says."""
        path = stream["delivery"]["endpoint_url"].removeprefix(self.server.issuer)
        return dict(expect(self.app.request("POST", path, json={"returnImmediately": True, **body}), 200).json())

    def end(self, subject: str) -> str:
        """Opens a session and ends it; its id."""
        opened = self.app.open(subject)
        expect(self.app.logout(opened.session_token), 200)
        return opened.session_id

    def claims(self, token: str) -> dict[str, Any]:
        """A token's claims, as PyJWT has verified them."""
        assert jwt.get_unverified_header(token)["typ"] == "secevent+jwt"
        key = jwt.PyJWKClient(self.server.url + JWKS).get_signing_key_from_jwt(token)
        return dict(
            jwt.decode(token, key, algorithms=["ES256"], audience=self.app.client.id, issuer=self.server.issuer)
        )

    def told(self, answer: dict[str, Any]) -> list[str]:
        """The sessions that an answer tells of, in its order."""
        return [self.claims(token)["sub_id"]["session"]["id"] for token in answer["sets"].values()]


@pytest.fixture
def receiver(server: Server) -> Receiver:
    """A client of its own for each test."""
    return Receiver(server)


# Discovery (SSF 1.0 §7.1)


def test_the_transmitter_says_where_everything_is(server: Server) -> None:
    metadata = expect(server.get(SSF_CONFIGURATION), 200).json()
    assert metadata == {
        "spec_version": "1_0",
        "issuer": server.issuer,
        "jwks_uri": server.issuer + JWKS,
        "delivery_methods_supported": [PUSH, POLL],
        "configuration_endpoint": server.issuer + STREAMS,
        "status_endpoint": server.issuer + STREAM_STATUS,
        "verification_endpoint": server.issuer + STREAM_VERIFICATION,
        "authorization_schemes": [{"spec_urn": "urn:ietf:rfc:7617"}],
        "critical_subject_members": ["session"],
        "default_subjects": "ALL",
    }


# Who may (401, 403, 404)

EVERY_CALL: list[tuple[str, str, dict[str, Any]]] = [
    ("POST", STREAMS, {"json": {}}),
    ("GET", STREAMS, {}),
    ("GET", STREAMS, {"params": {"stream_id": "ID"}}),
    ("PATCH", STREAMS, {"json": {"stream_id": "ID"}}),
    ("PUT", STREAMS, {"json": {"stream_id": "ID"}}),
    ("DELETE", STREAMS, {"params": {"stream_id": "ID"}}),
    ("GET", STREAM_STATUS, {"params": {"stream_id": "ID"}}),
    ("POST", STREAM_STATUS, {"json": {"stream_id": "ID", "status": "paused"}}),
    ("POST", STREAM_VERIFICATION, {"json": {"stream_id": "ID"}}),
    ("POST", "/ssf/poll/ID", {"json": {"returnImmediately": True}}),
]


def named(call: tuple[str, str, dict[str, Any]], stream: str) -> tuple[str, str, dict[str, Any]]:
    """The call for one stream."""
    method, path, options = json.loads(json.dumps(call).replace('"ID"', f'"{stream}"').replace("/ID", f"/{stream}"))
    return method, path, options


@pytest.mark.parametrize("call", EVERY_CALL, ids=lambda call: f"{call[0]} {call[1]} {call[2]}")
def test_only_a_client_with_the_scope_and_only_its_own_streams(
    server: Server, receiver: Receiver, call: tuple[str, str, dict[str, Any]]
) -> None:
    stream = receiver.create()
    method, path, options = named(call, stream["stream_id"])
    bare = requests.request(method, server.url + path, timeout=PATIENCE, **options)
    assert bare.status_code == 401
    assert bare.headers["WWW-Authenticate"].startswith("Basic")
    wrong = requests.request(method, server.url + path, timeout=PATIENCE, auth=(receiver.app.client.id, "x"), **options)
    assert wrong.status_code == 401
    for scopes in (["sessions", "introspect", "feed"], ["admin"]):
        expect(server.authority(*scopes).request(method, path, **options), 403)
    if "ID" in json.dumps(call):
        stranger = Receiver(server)
        expect(stranger.app.request(method, path, **options), 404)
        for nobody in (NOBODYS, "x", "../x"):
            method, path, options = named(call, nobody.replace("/", "%2F"))
            expect(receiver.app.request(method, path, **options), 404)
    else:
        assert Receiver(server).app.request("GET", STREAMS).json() == []
    assert receiver.read(stream["stream_id"]).json() == stream


# Configuration (SSF 1.0 §8.1.1)


def test_a_stream_without_a_word_is_fetched_and_has_every_event(server: Server, receiver: Receiver) -> None:
    stream = receiver.create()
    assert stream == {
        "stream_id": stream["stream_id"],
        "iss": server.issuer,
        "aud": receiver.app.client.id,
        "events_supported": [REVOKED],
        "events_delivered": [REVOKED],
        "delivery": {"method": POLL, "endpoint_url": f"{server.issuer}/ssf/poll/{stream['stream_id']}"},
        "min_verification_interval": 10,
    }


def test_a_stream_is_as_it_was_asked_for_and_its_secret_is_not_shown(receiver: Receiver) -> None:
    delivery = {"method": PUSH, "endpoint_url": ENDPOINT, "authorization_header": "Bearer secret-1842"}
    wanted = ["urn:example:other", REVOKED]
    stream = receiver.create(delivery=delivery, events_requested=wanted, description="Notes", unknown="ignored")
    assert stream["delivery"] == {"method": PUSH, "endpoint_url": ENDPOINT}
    assert stream["events_requested"] == wanted
    assert stream["events_delivered"] == [REVOKED]
    assert stream["description"] == "Notes"
    read = receiver.read(stream["stream_id"])
    assert read.json() == stream
    assert read.headers["Cache-Control"] == "no-store"
    assert "secret-1842" not in read.text
    assert receiver.app.request("GET", STREAMS).json() == [stream]
    database = receiver.server.data / "exeunt.sqlite"
    if database.exists():
        files = [file for file in database.parent.iterdir() if file.name.startswith("exeunt.sqlite")]
        assert not any(b"secret-1842" in file.read_bytes() for file in files)


def test_events_that_there_are_none_of_are_not_delivered(receiver: Receiver) -> None:
    stream = receiver.create(events_requested=["urn:example:other"])
    assert stream["events_delivered"] == []
    receiver.end("user-1")
    assert receiver.poll(stream) == {"sets": {}, "moreAvailable": False}


BAD: list[dict[str, Any]] = [
    {"delivery": {}},
    {"delivery": "push"},
    {"delivery": {"method": "urn:example:smoke"}},
    {"delivery": {"method": PUSH}},
    {"delivery": {"method": PUSH, "endpoint_url": ""}},
    {"delivery": {"method": PUSH, "endpoint_url": "not a url"}},
    {"delivery": {"method": PUSH, "endpoint_url": "ftp://receiver.example.com/"}},
    {"delivery": {"method": PUSH, "endpoint_url": "http://127.0.0.1/"}},
    {"delivery": {"method": PUSH, "endpoint_url": "https://10.0.0.1/"}},
    {"delivery": {"method": PUSH, "endpoint_url": "https://[::1]/"}},
    {"delivery": {"method": PUSH, "endpoint_url": "https://169.254.169.254/latest"}},
    {"delivery": {"method": PUSH, "endpoint_url": ENDPOINT, "authorization_header": "a\r\nX-Evil: b"}},
    {"delivery": {"method": PUSH, "endpoint_url": ENDPOINT, "authorization_header": "x" * 4097}},
    {"delivery": {"method": POLL, "endpoint_url": ENDPOINT}},
    {"events_requested": REVOKED},
    {"events_requested": [1]},
    {"events_requested": [""]},
    {"events_requested": ["x"] * 101},
    {"description": 1},
    {"description": "x" * 501},
    {"description": "a\nb"},
]


@pytest.mark.parametrize("body", BAD, ids=json.dumps)
def test_what_cannot_be_granted_is_400_and_changes_nothing(receiver: Receiver, body: dict[str, Any]) -> None:
    expect(receiver.app.request("POST", STREAMS, json=body), 400)
    assert receiver.app.request("GET", STREAMS).json() == []
    stream = receiver.create(description="as it was")
    for method in ("PATCH", "PUT"):
        expect(receiver.app.request(method, STREAMS, json={"stream_id": stream["stream_id"], **body}), 400)
    assert receiver.read(stream["stream_id"]).json() == stream


def test_what_cannot_be_read_is_400(receiver: Receiver) -> None:
    stream = receiver.create()
    kind = {"Content-Type": "application/json"}
    for method, path in (("POST", STREAMS), ("PATCH", STREAMS), ("PUT", STREAMS), ("POST", STREAM_STATUS)):
        for body in ("", "{", "[]", "null", '"x"'):
            expect(receiver.app.request(method, path, data=body, headers=kind), 400)
    for method in ("PATCH", "PUT"):
        expect(receiver.app.request(method, STREAMS, json={}), 400)
    expect(receiver.app.request("POST", STREAMS, json={"stream_id": stream["stream_id"]}), 400)
    expect(receiver.app.request("DELETE", STREAMS), 400)
    expect(receiver.app.request("GET", STREAM_STATUS), 400)


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_what_is_ours_may_be_said_again_but_not_changed(receiver: Receiver, method: str) -> None:
    stream = receiver.create(description="d", events_requested=[REVOKED])
    again = receiver.app.request(method, STREAMS, json=stream)
    assert expect(again, 200).json() == stream
    mutations: list[dict[str, Any]] = [
        {"iss": "https://evil.example"},
        {"aud": "client_other"},
        {"aud": [receiver.app.client.id, "client_other"]},
        {"events_supported": []},
        {"events_delivered": []},
        {"min_verification_interval": 1},
    ]
    for wrong in mutations:
        expect(receiver.app.request(method, STREAMS, json={**stream, **wrong}), 400)
    fine = {**stream, "aud": [receiver.app.client.id]}
    expect(receiver.app.request(method, STREAMS, json=fine), 200)


def test_a_patch_changes_what_it_names_and_a_put_takes_away_what_it_does_not(receiver: Receiver) -> None:
    delivery = {"method": PUSH, "endpoint_url": ENDPOINT, "authorization_header": "Bearer x"}
    stream = receiver.create(delivery=delivery, events_requested=[REVOKED], description="one")
    name = {"stream_id": stream["stream_id"]}
    patched = expect(receiver.app.request("PATCH", STREAMS, json={**name, "description": "two"}), 200).json()
    assert patched == {**stream, "description": "two"}
    assert expect(receiver.app.request("PATCH", STREAMS, json=name), 200).json() == patched
    replaced = expect(receiver.app.request("PUT", STREAMS, json=name), 200).json()
    assert replaced["delivery"]["method"] == POLL
    assert "description" not in replaced
    assert "events_requested" not in replaced
    assert receiver.read(stream["stream_id"]).json() == replaced


def test_a_deleted_stream_is_gone(receiver: Receiver) -> None:
    stream, other = receiver.create(), receiver.create()
    gone = receiver.app.request("DELETE", STREAMS, params={"stream_id": stream["stream_id"]})
    assert expect(gone, 204).content == b""
    expect(receiver.read(stream["stream_id"]), 404)
    expect(receiver.app.request("DELETE", STREAMS, params={"stream_id": stream["stream_id"]}), 404)
    assert receiver.app.request("GET", STREAMS).json() == [other]


def test_a_client_has_so_many_streams_and_no_more(receiver: Receiver) -> None:
    for _ in range(20):
        receiver.create()
    problem = expect(receiver.app.request("POST", STREAMS, json={}), 409).json()
    assert problem["type"] == "/problems/too-many-receivers"


# Status (SSF 1.0 §8.1.2)


def set_status(receiver: Receiver, stream: dict[str, Any], status: str, **more: str) -> dict[str, Any]:
    """Says whether a stream flows."""
    body = {"stream_id": stream["stream_id"], "status": status, **more}
    return dict(expect(receiver.app.request("POST", STREAM_STATUS, json=body), 200).json())


def test_a_paused_stream_keeps_what_ends_and_a_disabled_one_never_hears_of_it(receiver: Receiver) -> None:
    stream = receiver.create()
    name = {"stream_id": stream["stream_id"]}
    status = receiver.app.request("GET", STREAM_STATUS, params=name)
    assert expect(status, 200).json() == {**name, "status": "enabled"}

    expected = {**name, "status": "paused", "reason": "moving house"}
    assert set_status(receiver, stream, "paused", reason="moving house") == expected
    assert receiver.app.request("GET", STREAM_STATUS, params=name).json() == expected
    kept = receiver.end("user-1")
    assert receiver.poll(stream)["sets"] == {}
    set_status(receiver, stream, "enabled")
    answer = receiver.poll(stream)
    assert receiver.told(answer) == [kept]
    receiver.poll(stream, ack=list(answer["sets"]))

    set_status(receiver, stream, "disabled")
    receiver.end("user-1")
    set_status(receiver, stream, "enabled")
    heard = receiver.end("user-1")
    assert receiver.told(receiver.poll(stream)) == [heard]


@pytest.mark.parametrize("body", [{}, {"status": "off"}, {"status": 1}, {"status": "paused", "reason": "x" * 501}])
def test_a_status_that_there_is_none_of_is_400(receiver: Receiver, body: dict[str, Any]) -> None:
    stream = receiver.create()
    expect(receiver.app.request("POST", STREAM_STATUS, json={"stream_id": stream["stream_id"], **body}), 400)
    expect(receiver.app.request("POST", STREAM_STATUS, json=body), 400)


# Verification (SSF 1.0 §8.1.4)


def test_a_verification_event_brings_the_state_back_once(receiver: Receiver) -> None:
    stream = receiver.create()
    body = {"stream_id": stream["stream_id"], "state": "VGhpcyBpcyBhbiBleGFtcGxlIHN0YXRlIHZhbHVlLgo="}
    assert expect(receiver.app.request("POST", STREAM_VERIFICATION, json=body), 204).content == b""
    answer = receiver.poll(stream)
    assert receiver.poll(stream)["sets"].keys() == answer["sets"].keys(), "it comes again until it is acknowledged"
    ((name, token),) = answer["sets"].items()
    claims = receiver.claims(token)
    assert claims["jti"] == name
    assert claims["events"] == {VERIFICATION: {"state": body["state"]}}
    assert claims["sub_id"] == {"format": "opaque", "id": stream["stream_id"]}
    assert not claims.keys() & {"sub", "exp"}
    assert receiver.poll(stream, ack=[name])["sets"] == {}


def test_who_asks_for_verification_too_often_is_told_to_wait(receiver: Receiver) -> None:
    stream, other = receiver.create(), receiver.create()
    name = {"stream_id": stream["stream_id"]}
    expect(receiver.app.request("POST", STREAM_VERIFICATION, json={**name, "state": "x" * 1025}), 400)
    expect(receiver.app.request("POST", STREAM_VERIFICATION, json=name), 204)
    refused = expect(receiver.app.request("POST", STREAM_VERIFICATION, json=name), 429)
    assert 1 <= int(refused.headers["Retry-After"]) <= 10
    assert refused.json()["type"] == "/problems/throttled"
    expect(receiver.app.request("POST", STREAM_VERIFICATION, json={"stream_id": other["stream_id"]}), 204)


# Fetching (RFC 8936 §2)


def test_an_event_says_which_session_is_over_and_is_what_caep_asks_for(receiver: Receiver) -> None:
    stream = receiver.create()
    before = int(time.time()) - 2
    session = receiver.end("user-1842")
    answer = receiver.poll(stream)
    assert answer["moreAvailable"] is False
    ((name, token),) = answer["sets"].items()
    claims = receiver.claims(token)
    assert claims["jti"] == name
    assert not claims.keys() & {"sub", "exp", "nonce"}
    assert claims["sub_id"] == {
        "format": "complex",
        "user": {"format": "iss_sub", "iss": receiver.server.issuer, "sub": "user-1842"},
        "session": {"format": "opaque", "id": session},
    }
    (event,) = claims["events"].values()
    assert list(claims["events"]) == [REVOKED]
    assert before <= event["event_timestamp"] <= time.time() + 2
    assert claims["iat"] >= event["event_timestamp"]


def test_an_event_comes_again_with_its_name_until_it_is_acknowledged(receiver: Receiver) -> None:
    stream = receiver.create()
    session = receiver.end("user-1")
    first, second = receiver.poll(stream), receiver.poll(stream)
    assert first["sets"].keys() == second["sets"].keys()
    assert receiver.told(first) == receiver.told(second) == [session]
    assert receiver.poll(stream, ack=list(first["sets"])) == {"sets": {}, "moreAvailable": False}
    assert receiver.poll(stream, ack=[*first["sets"], "unknown", ""])["sets"] == {}
    assert receiver.poll(stream)["sets"] == {}


def test_events_come_in_order_and_so_many_at_once(receiver: Receiver) -> None:
    stream = receiver.create()
    sessions = [receiver.end(f"user-{number}") for number in range(5)]
    answer = receiver.poll(stream, maxEvents=2)
    assert answer["moreAvailable"] is True
    assert receiver.told(answer) == sessions[:2]
    assert receiver.poll(stream, maxEvents=0) == {"sets": {}, "moreAvailable": False}
    answer = receiver.poll(stream, maxEvents=3, ack=list(answer["sets"]))
    assert answer["moreAvailable"] is False
    assert receiver.told(answer) == sessions[2:]
    assert receiver.poll(stream, maxEvents=0, ack=list(answer["sets"]))["sets"] == {}
    assert receiver.poll(stream)["sets"] == {}


def test_what_is_acknowledged_out_of_turn_does_not_come_again_and_what_is_before_it_does(receiver: Receiver) -> None:
    stream = receiver.create()
    sessions = [receiver.end(f"user-{number}") for number in range(4)]
    names = list(receiver.poll(stream)["sets"])
    by_session = {receiver.claims(t)["sub_id"]["session"]["id"]: n for n, t in receiver.poll(stream)["sets"].items()}
    assert len(names) == 4
    answer = receiver.poll(stream, ack=[by_session[sessions[1]], by_session[sessions[3]]])
    assert receiver.told(answer) == [sessions[0], sessions[2]]
    answer = receiver.poll(stream, ack=[by_session[sessions[0]]])
    assert receiver.told(answer) == [sessions[2]]
    assert receiver.poll(stream, ack=[by_session[sessions[2]]])["sets"] == {}


def test_what_a_receiver_cannot_take_does_not_come_again(receiver: Receiver) -> None:
    stream = receiver.create()
    receiver.end("user-1")
    good = receiver.end("user-2")
    answer = receiver.poll(stream)
    bad = next(iter(answer["sets"]))
    fault = {bad: {"err": "invalid_key", "description": "the key is not known"}}
    assert receiver.told(receiver.poll(stream, setErrs=fault)) == [good]


@pytest.mark.parametrize(
    "body",
    ["", "[]", '{"maxEvents": -1}', '{"maxEvents": "1"}', '{"ack": "x"}', '{"ack": [1]}', '{"setErrs": {"x": "y"}}',
     '{"returnImmediately": "yes"}', '{"setErrs": {"x": {"description": "no code"}}}'],
)  # fmt: skip
def test_a_poll_that_cannot_be_read_is_400(receiver: Receiver, body: str) -> None:
    path = f"/ssf/poll/{receiver.create()['stream_id']}"
    expect(receiver.app.request("POST", path, data=body, headers={"Content-Type": "application/json"}), 400)


def test_a_stream_that_is_pushed_cannot_be_fetched(receiver: Receiver) -> None:
    stream = receiver.create(delivery={"method": PUSH, "endpoint_url": ENDPOINT})
    path = f"/ssf/poll/{stream['stream_id']}"
    expect(receiver.app.request("POST", path, json={"returnImmediately": True}), 404)


def test_a_receiver_hears_of_its_own_sessions_and_an_administrators_of_everybodys(server: Server) -> None:
    one, other, admin = Receiver(server), Receiver(server), Receiver(server, "admin")
    streams = one.create(), other.create(), admin.create()
    sessions = [one.end("user-1"), other.end("user-1")]
    assert one.told(one.poll(streams[0])) == sessions[:1]
    assert other.told(other.poll(streams[1])) == sessions[1:]
    told = admin.told(admin.poll(streams[2]))
    assert [session for session in told if session in sessions] == sessions


def test_a_stream_begins_with_what_ends_after_it_was_made(receiver: Receiver) -> None:
    receiver.end("user-1")
    stream = receiver.create()
    session = receiver.end("user-1")
    assert receiver.told(receiver.poll(stream)) == [session]


def test_a_poll_that_waits_is_answered_when_something_ends(receiver: Receiver) -> None:
    stream = receiver.create()
    answers: list[dict[str, Any]] = []
    waiting = threading.Thread(target=lambda: answers.append(receiver.poll(stream, returnImmediately=False)))
    waiting.start()
    session = receiver.end("user-1")
    waiting.join(PATIENCE)
    # One that has begun only after the ending is answered at once; either way it is told.
    assert receiver.told(answers[0]) == [session]


def test_all_that_a_subject_had_is_told_one_by_one(receiver: Receiver) -> None:
    stream = receiver.create()
    sessions = [receiver.app.open("user-many").session_id for _ in range(3)]
    expect(receiver.app.end_all("user-many"), 200)
    assert sorted(receiver.told(receiver.poll(stream))) == sorted(sessions)


def test_a_server_that_is_stopped_lets_polls_go(start: Starter) -> None:
    server = start(demo=False)
    receiver = Receiver(server)
    stream = receiver.create()
    receiver.end("user-1")
    names = list(receiver.poll(stream)["sets"])
    answers: list[dict[str, Any]] = []
    held = threading.Thread(target=lambda: answers.append(receiver.poll(stream, returnImmediately=False, ack=names)))
    held.start()
    while receiver.poll(stream)["sets"]:
        time.sleep(0.05)  # Once it is acknowledged, the other poll has arrived and waits.
    server.stop()
    held.join(PATIENCE)
    assert answers == [{"sets": {}, "moreAvailable": False}]


def test_streams_and_what_they_have_not_been_told_survive_a_crash(start: Starter) -> None:
    server = start(demo=False)
    receiver = Receiver(server)
    stream = receiver.create(description="Notes")
    session = receiver.end("user-1")
    names = list(receiver.poll(stream)["sets"])
    port = server.url.rsplit(":", 1)[1]
    server.kill()
    server = start(server.data, demo=False, listen=f"127.0.0.1:{port}")
    assert receiver.read(stream["stream_id"]).json() == stream
    answer = receiver.poll(stream)
    assert list(answer["sets"]) == names
    assert receiver.told(answer) == [session]


# Pushing (RFC 8935), as far as a stream's own configuration goes


def test_a_stream_that_is_pushed_gets_its_events_with_its_secret(start: Starter) -> None:
    server = start(settings={"outgoing.allow": "127.0.0.0/8"}, demo=False)
    receiver = Receiver(server)
    with Catcher(202) as place:
        delivery = {"method": PUSH, "endpoint_url": place.url, "authorization_header": "Bearer secret"}
        stream = receiver.create(delivery=delivery)
        name = {"stream_id": stream["stream_id"]}
        expect(receiver.app.request("POST", STREAM_VERIFICATION, json={**name, "state": "s"}), 204)
        verification = place.next()
        assert verification.headers["authorization"] == "Bearer secret"
        assert verification.headers["content-type"] == "application/secevent+jwt"
        assert receiver.claims(verification.body)["events"] == {VERIFICATION: {"state": "s"}}
        # Read, changed and written back: the secret, which is not shown, stays.
        expect(receiver.app.request("PUT", STREAMS, json={**stream, "description": "d"}), 200)
        session = receiver.end("user-1")
        pushed = place.next()
        assert pushed.headers["authorization"] == "Bearer secret"
        assert receiver.claims(pushed.body)["sub_id"]["session"]["id"] == session


def test_a_stream_that_was_pushed_can_be_fetched_from_where_it_is(start: Starter) -> None:
    server = start(settings={"outgoing.allow": "127.0.0.0/8"}, demo=False)
    receiver = Receiver(server)
    with Catcher(500) as place:
        stream = receiver.create(delivery={"method": PUSH, "endpoint_url": place.url})
        session = receiver.end("user-1")
        place.next()
        body = {"stream_id": stream["stream_id"], "delivery": {"method": POLL}}
        polled = expect(receiver.app.request("PATCH", STREAMS, json=body), 200).json()
        assert receiver.told(receiver.poll(polled)) == [session]
