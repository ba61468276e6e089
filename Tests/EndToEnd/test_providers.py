"""Sign-outs at other providers, as their tokens and events bring them here."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from exeunt import PATIENCE, Authority, Credentials, expect
from follower import Follower, claims_of
from server import Server, Starter, add_client, command, command_json, command_lines
from token_provider import (
    ALGORITHMS,
    AUDIENCE,
    BACK_CHANNEL_EVENT,
    CAEP,
    LEFT_OUT,
    LIBRARIES,
    RISC,
    SSF,
    Key,
    Provider,
    by_hand,
)

ALLOWED = {"outgoing.allow": "127.0.0.1"}


class Listener:
    """A server that hears a provider, and an app at it."""

    def __init__(self, server: Server, provider: Provider, *options: str) -> None:
        self.server, self.provider = server, provider
        self.authority: Authority = server.authority()
        added = command_json(
            *("providers", "add", provider.issuer, "--audience", AUDIENCE, *options), data=server.data, settings=ALLOWED
        )
        self.push_token = str(added.get("push_token"))

    def try_open(self, subject: str = "ada", *, remember: bool = False, **upstream: str) -> requests.Response:
        """Opens a session that the provider vouched for, whatever that answers."""
        named = {"issuer": self.provider.issuer, **upstream}
        return self.authority.try_open(subject, remember=remember, upstream=named)

    def open(self, subject: str = "ada", *, remember: bool = False, **upstream: str) -> Credentials:
        """Opens such a session."""
        return Credentials.of(expect(self.try_open(subject, remember=remember, **upstream), 201).json())

    def alive(self, *opened: Credentials) -> list[bool]:
        """Which sessions are still let in."""
        return [self.authority.is_active(each.access_token) for each in opened]

    def log_out(self, token: str) -> requests.Response:
        """Posts a logout token, whatever it answers."""
        return requests.post(
            self.server.url + "/backchannel-logout",
            data={"logout_token": token},
            timeout=PATIENCE,
            allow_redirects=False,
        )

    def push(self, token: str, **headers: str) -> requests.Response:
        """Pushes a security event, whatever it answers."""
        head = {"Authorization": f"Bearer {self.push_token}", "Content-Type": "application/secevent+jwt"} | headers
        return requests.post(self.server.url + "/ssf/events", data=token, headers=head, timeout=PATIENCE)

    def front(self, method: str = "GET", headers: dict[str, str] | None = None, **query: str) -> requests.Response:
        """What a frame in a page of the provider asks for."""
        place = self.server.url + "/frontchannel-logout"
        return requests.request(method, place, params=query, headers=headers, timeout=PATIENCE)


@pytest.fixture(scope="module")
def hearing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Listener]:
    """A server that hears a well-behaved provider in every way, shared by the tests that leave both whole."""
    starter = Starter(tmp_path_factory.mktemp("providers"))
    with Provider() as provider:
        yield Listener(starter(settings=ALLOWED), provider, "--push", "--front-channel")
        starter.stop_all()


def fresh() -> str:
    """A name that nobody has had before."""
    return uuid.uuid4().hex


# Settling


class Silent(Follower):
    """A verifier that is frozen once it has a lease."""

    def _poll(self, http: requests.Session) -> bool:
        return not self.has_lease() and super()._poll(http)


@pytest.mark.parametrize("kind", [Follower, Silent])
@pytest.mark.parametrize("way", ["back channel", "push"])
def test_a_provider_has_its_answer_when_no_verifier_accepts_what_has_ended(
    start: Starter, way: str, kind: type[Follower]
) -> None:
    server = start(settings=ALLOWED)
    with Provider() as provider:
        hearing = Listener(server, provider, "--push")
        verifier = kind(server.url, add_client(server.data, "feed"), lease=2000)
        try:
            verifier.until_it_has_a_lease()
            for _ in range(3):
                name = fresh()
                opened = hearing.open(sub=name)
                if way == "push":
                    event = provider.event(RISC + "account-disabled", provider.person(name))
                    expect(hearing.push(event), 202)
                else:
                    expect(hearing.log_out(provider.logout_token(sub=name)), 200)
                assert verifier.verdict(claims_of(opened.access_token)) != "accepted"
        finally:
            verifier.close()


# Back channel


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_logout_token_of_each_library_and_algorithm_ends_its_session_alone(
    hearing: Listener, library: str, algorithm: str
) -> None:
    with Provider(algorithm) as provider:
        other = Listener(hearing.server, provider)
        sid = fresh()
        ended, left, theirs = other.open(sid=sid), other.open(sid=fresh()), hearing.open(sid=fresh())
        answer = expect(other.log_out(provider.sign(provider.logout_claims(sid=sid), library=library)), 200)
        assert "no-store" in answer.headers["Cache-Control"] and not answer.content
        assert other.alive(ended, left, theirs) == [False, True, True]
        hearing.authority.end_all("ada")


def test_a_logout_token_with_a_subject_alone_ends_all_of_that_person_there(hearing: Listener) -> None:
    ada, grace = fresh(), fresh()
    mine = [hearing.open(sub=ada, sid=fresh()), hearing.open(sub=ada), hearing.open("other-account", sub=ada)]
    theirs = [hearing.open(sub=grace), hearing.open(), hearing.open(sid=ada)]
    expect(hearing.log_out(hearing.provider.logout_token(sub=ada)), 200)
    assert hearing.alive(*mine, *theirs) == [False] * 3 + [True] * 3
    for opened in mine:
        expect(hearing.authority.refresh(opened.refresh_token), 400)


def test_a_logout_token_ends_the_remembered_login_of_its_session(hearing: Listener) -> None:
    sid = fresh()
    opened = hearing.open(remember=True, sid=sid)
    expect(hearing.log_out(hearing.provider.logout_token(sid=sid)), 200)
    expect(hearing.authority.resume(opened.remember_token or ""), 401)


@pytest.mark.parametrize("claim", ["sid", "sub"])
def test_a_session_that_a_remembered_login_opened_ends_with_the_provider_s(hearing: Listener, claim: str) -> None:
    name, other = fresh(), fresh()
    first, theirs = hearing.open(remember=True, **{claim: name}), hearing.open(remember=True, **{claim: other})
    resumed = Credentials.of(expect(hearing.authority.resume(first.remember_token or ""), 201).json())
    expect(hearing.log_out(hearing.provider.logout_token(**{claim: name})), 200)
    assert hearing.alive(first, resumed, theirs) == [False, False, True]
    expect(hearing.authority.resume(resumed.remember_token or ""), 401)
    expect(hearing.authority.resume(theirs.remember_token or ""), 201)


@pytest.mark.parametrize("claim", ["sid", "sub"])
def test_a_remembered_login_ends_with_the_provider_s_session_when_its_own_is_long_over(
    start: Starter, claim: str
) -> None:
    server = start(settings=ALLOWED | {"session.idle_timeout_seconds": 1})
    with Provider() as provider:
        hearing = Listener(server, provider)
        name, other = fresh(), fresh()
        mine, theirs = hearing.open(remember=True, **{claim: name}), hearing.open(remember=True, **{claim: other})
        while any(hearing.alive(mine, theirs)):
            time.sleep(0.1)
        expect(hearing.log_out(provider.logout_token(**{claim: name})), 200)
        expect(hearing.authority.resume(mine.remember_token or ""), 401)
        expect(hearing.authority.resume(theirs.remember_token or ""), 201)


def test_somebody_else_with_the_same_session_id_at_another_provider_goes_on(hearing: Listener) -> None:
    sid = fresh()
    answer = hearing.authority.try_open("ada", upstream={"issuer": "https://elsewhere.example", "sid": sid})
    theirs = Credentials.of(expect(answer, 201).json())
    expect(hearing.log_out(hearing.provider.logout_token(sid=sid)), 200)
    assert hearing.alive(theirs) == [True]


def test_who_is_out_already_is_success(hearing: Listener) -> None:
    sid = fresh()
    hearing.open(sid=sid)
    for _ in range(2):
        expect(hearing.log_out(hearing.provider.logout_token(sid=sid)), 200)
    expect(hearing.log_out(hearing.provider.logout_token(sub="nobody")), 200)


def test_a_sign_out_that_overtakes_its_sign_in_wins(hearing: Listener) -> None:
    sid = fresh()
    expect(hearing.log_out(hearing.provider.logout_token(sid=sid)), 200)
    refused = expect(hearing.try_open(sid=sid), 409).json()
    assert refused["type"] == "/problems/upstream-ended"
    expect(hearing.try_open(sid=fresh()), 201)


def test_a_token_that_comes_again_does_not_end_what_was_opened_since(hearing: Listener) -> None:
    sub = fresh()
    before = hearing.open(sub=sub)
    token = hearing.provider.logout_token(sub=sub)
    expect(hearing.log_out(token), 200)
    after = hearing.open(sub=sub)
    expect(hearing.log_out(token), 200)
    assert hearing.alive(before, after) == [False, True]


def test_more_sessions_than_one_transaction_takes_all_end(hearing: Listener) -> None:
    sub = fresh()
    opened = [hearing.open(f"crowd-{number % 7}", sub=sub) for number in range(520)]
    expect(hearing.log_out(hearing.provider.logout_token(sub=sub)), 200)
    assert not any(hearing.alive(*opened))


def test_the_audit_trail_says_which_provider_ended_what_and_why(hearing: Listener) -> None:
    subject, sid = fresh(), fresh()
    hearing.open(subject, sid=sid)
    expect(hearing.log_out(hearing.provider.logout_token(sid=sid)), 200)
    (event,) = command_lines("log", "--subject", subject, "--type", "session.ended", data=hearing.server.data)
    assert event["reason"] == "provider_logout" and event["actor"] == f"provider:{hearing.provider.issuer}"


NOW = int(time.time())
WRONG: list[tuple[str, dict[str, Any]]] = [
    ("iss", {"iss": LEFT_OUT}),
    ("iss", {"iss": None}),
    ("iss", {"iss": ["x"]}),
    ("iss", {"iss": "https://other.example"}),
    ("aud", {"aud": LEFT_OUT}),
    ("aud", {"aud": None}),
    ("aud", {"aud": "another"}),
    ("aud", {"aud": []}),
    ("aud", {"aud": [AUDIENCE, 7]}),
    ("iat", {"iat": LEFT_OUT}),
    ("iat", {"iat": None}),
    ("iat", {"iat": str(NOW)}),
    ("iat", {"iat": [NOW]}),
    ("iat", {"iat": NOW + 86_400}),
    ("iat", {"iat": NOW - 2 * 86_400}),
    ("exp", {"exp": LEFT_OUT}),
    ("exp", {"exp": None}),
    ("exp", {"exp": str(NOW + 120)}),
    ("exp", {"exp": [NOW + 120]}),
    ("exp", {"exp": NOW - 3600}),
    ("nbf", {"nbf": NOW + 86_400}),
    ("jti", {"jti": LEFT_OUT}),
    ("jti", {"jti": None}),
    ("jti", {"jti": ""}),
    ("jti", {"jti": 7}),
    ("jti", {"jti": ["a"]}),
    ("events", {"events": LEFT_OUT}),
    ("events", {"events": None}),
    ("events", {"events": {}}),
    ("events", {"events": [BACK_CHANNEL_EVENT]}),
    ("events", {"events": BACK_CHANNEL_EVENT}),
    ("events", {"events": {BACK_CHANNEL_EVENT: None}}),
    ("events", {"events": {BACK_CHANNEL_EVENT: True}}),
    ("events", {"events": {BACK_CHANNEL_EVENT: []}}),
    ("events", {"events": {BACK_CHANNEL_EVENT: {}, CAEP + "session-revoked": {}}}),
    ("events", {"events": {CAEP + "session-revoked": {}}}),
    ("nonce", {"nonce": "n"}),
    ("nonce", {"nonce": None}),
    ("sid", {"sid": 7}),
    ("sid", {"sid": None}),
    ("sid", {"sid": ""}),
    ("sid", {"sid": ["a"]}),
    ("sub", {"sub": 7}),
    ("sub", {"sub": None}),
    ("sub", {"sub": ""}),
]


@pytest.mark.parametrize(("claim", "changes"), WRONG, ids=[f"{claim}-{n}" for n, (claim, _) in enumerate(WRONG)])
def test_a_logout_token_with_a_wrong_claim_is_400_and_ends_nothing(
    hearing: Listener, claim: str, changes: dict[str, Any]
) -> None:
    sid, sub = fresh(), fresh()
    opened = hearing.open(sid=sid, sub=sub)
    token = by_hand(
        {"alg": "ES256", "typ": "logout+jwt", "kid": hearing.provider.keys[0].kid},
        json.dumps(hearing.provider.logout_claims(**({"sid": sid, "sub": sub} | changes))),
        hearing.provider.keys[0],
    )
    answer = expect(hearing.log_out(token), 400)
    assert answer.json()["error"] == "invalid_request" and claim in answer.json()["error_description"]
    assert "no-store" in answer.headers["Cache-Control"]
    assert hearing.alive(opened) == [True]


@pytest.mark.parametrize(
    "kind", [None, "JWT", "at+jwt", "application/at+jwt", "secevent+jwt", "statuslist+jwt", "dpop+jwt", "logout", ""]
)
def test_a_token_of_another_kind_is_400_and_ends_nothing(hearing: Listener, kind: str | None) -> None:
    sid = fresh()
    opened = hearing.open(sid=sid)
    expect(hearing.log_out(hearing.provider.sign(hearing.provider.logout_claims(sid=sid), kind)), 400)
    assert hearing.alive(opened) == [True]


def test_an_untyped_token_is_accepted_from_a_provider_that_is_known_for_it(hearing: Listener) -> None:
    with Provider() as provider:
        other = Listener(hearing.server, provider, "--accept-untyped")
        for kind in (None, "JWT"):
            sid = fresh()
            opened = other.open(sid=sid)
            expect(other.log_out(provider.sign(provider.logout_claims(sid=sid), kind)), 200)
            assert other.alive(opened) == [False]
        for kind in ("at+jwt", "secevent+jwt", "statuslist+jwt"):
            expect(other.log_out(provider.sign(provider.logout_claims(sid=fresh()), kind)), 400)


TRICKS = [
    "none",
    "None",
    "no algorithm",
    "public key as a secret",
    "JWK as a secret",
    "empty secret",
    "another's key",
    "its own jwk",
    "its own jwk without kid",
    "jku",
    "x5u",
    "crit",
    "crit of nothing",
    "kid of another kind",
    "typ of another kind",
    "a claim twice",
    "claims in an array",
    "a byte too many",
    "no signature",
    "two parts",
    "very large",
    "nothing",
    "no token",
]


def forgeries(provider: Provider, sid: str) -> dict[str, str]:
    """Tokens that a careless reader takes for the provider's, by the trick that they try."""
    key, stranger = provider.keys[0], Key("ES256")
    claims = json.dumps(provider.logout_claims(sid=sid))
    head = {"typ": "logout+jwt", "kid": key.kid, "alg": "ES256"}
    nameless = {"typ": "logout+jwt", "alg": "ES256"}
    twice = claims[:-1] + f', "sid": {json.dumps(sid)}}}'
    return {
        "none": by_hand(head | {"alg": "none"}, claims, key),
        "None": by_hand(head | {"alg": "None"}, claims, key),
        "no algorithm": by_hand({"typ": "logout+jwt", "kid": key.kid}, claims, key),
        "public key as a secret": by_hand(head | {"alg": "HS256"}, claims, key, secret=key.public_pem),
        "JWK as a secret": by_hand(head | {"alg": "HS256"}, claims, key, secret=json.dumps(key.jwk).encode()),
        "empty secret": by_hand(head | {"alg": "HS256"}, claims, key, secret=b""),
        "another's key": by_hand(head, claims, stranger),
        "its own jwk": by_hand(head | {"jwk": stranger.jwk}, claims, stranger),
        "its own jwk without kid": by_hand(nameless | {"jwk": stranger.jwk}, claims, stranger),
        "jku": by_hand(head | {"jku": "http://127.0.0.1:9/jwks", "kid": stranger.kid}, claims, stranger),
        "x5u": by_hand(head | {"x5u": "http://127.0.0.1:9/x5u"}, claims, stranger),
        "crit": by_hand(head | {"crit": ["exp"]}, claims, key),
        "crit of nothing": by_hand(head | {"crit": []}, claims, key),
        "kid of another kind": by_hand(head | {"kid": 7}, claims, key),
        "typ of another kind": by_hand(head | {"typ": ["logout+jwt"]}, claims, key),
        "a claim twice": by_hand(head, twice, key),
        "claims in an array": by_hand(head, f"[{claims}]", key),
        "a byte too many": by_hand(head, claims, key) + "A",
        "no signature": by_hand(head, claims, key).rpartition(".")[0] + ".",
        "two parts": by_hand(head, claims, key).rpartition(".")[0],
        "nothing": "",
        "no token": "hello",
        "very large": by_hand(head, json.dumps(provider.logout_claims(sid=sid, pad="x" * 20_000)), key),
    }


@pytest.mark.parametrize("trick", TRICKS)
def test_a_forgery_is_400_and_ends_nothing(hearing: Listener, trick: str) -> None:
    sid = fresh()
    opened = hearing.open(sid=sid)
    tokens = forgeries(hearing.provider, sid)
    assert tokens.keys() == set(TRICKS)
    expect(hearing.log_out(tokens[trick]), 400)
    assert hearing.alive(opened) == [True]


@pytest.mark.parametrize(("key", "claimed"), [("RS256", "PS256"), ("PS256", "RS256"), ("RS256", "RS512")])
def test_a_key_verifies_no_algorithm_but_its_own(hearing: Listener, key: str, claimed: str) -> None:
    with Provider(key) as provider:
        other, sid = Listener(hearing.server, provider), fresh()
        opened = other.open(sid=sid)
        header = {"typ": "logout+jwt", "kid": provider.keys[0].kid, "alg": claimed}
        expect(other.log_out(by_hand(header, json.dumps(provider.logout_claims(sid=sid)), provider.keys[0])), 400)
        assert other.alive(opened) == [True]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "application/x-www-form-urlencoded"),
        (b"token=x", "application/x-www-form-urlencoded"),
        (b"logout_token=a&logout_token=b", "application/x-www-form-urlencoded"),
        (b"logout_token=%FF", "application/x-www-form-urlencoded"),
        (b'{"logout_token":"x"}', "application/json"),
        (b"logout_token=" + b"x" * 70_000, "application/x-www-form-urlencoded"),
    ],
)
def test_a_request_that_is_no_form_with_a_logout_token_is_400(hearing: Listener, body: bytes, kind: str) -> None:
    place = hearing.server.url + "/backchannel-logout"
    answer = expect(requests.post(place, data=body, headers={"Content-Type": kind}, timeout=PATIENCE), 400)
    assert answer.json()["error"] == "invalid_request"


def test_a_removed_provider_is_not_heard_and_its_sessions_go_on(hearing: Listener) -> None:
    with Provider() as provider:
        other, sid = Listener(hearing.server, provider, "--push"), fresh()
        opened = other.open(sid=sid)
        command("providers", "remove", provider.issuer, data=hearing.server.data)
        expect(other.log_out(provider.logout_token(sid=sid)), 400)
        expect(other.push(provider.event(CAEP + "session-revoked", provider.person("x"))), 401)
        assert other.alive(opened) == [True]


# Keys


def test_a_key_that_came_since_is_found_at_once(start: Starter) -> None:
    with Provider() as provider:
        hearing = Listener(start(settings=ALLOWED), provider)
        old = provider.keys[0]
        provider.keys = [old, Key("RS256")]
        expect(hearing.log_out(provider.logout_token(sid="a")), 200)
        asked = len(provider.fetches)
        for _ in range(20):
            stranger = by_hand({"alg": "ES256", "typ": "logout+jwt", "kid": fresh()}, "{}", old)
            expect(hearing.log_out(stranger), 400)
            claims = json.dumps(provider.logout_claims(sid="a"))
            expect(hearing.log_out(by_hand({"alg": "ES256", "typ": "logout+jwt", "kid": fresh()}, claims, old)), 400)
        assert len(provider.fetches) == asked, "strangers made us ask again and again"


@pytest.mark.parametrize("mode", ["down", "hanging", "failing", "garbage", "huge", "another issuer's"])
def test_a_provider_without_keys_is_503_and_nothing_ends_until_it_is_back(start: Starter, mode: str) -> None:
    with Provider() as provider:
        hearing = Listener(start(settings=ALLOWED), provider)
        opened = hearing.open(sid="a")
        provider.mode = mode
        token = provider.logout_token(sid="a")
        answer = expect(hearing.log_out(token), 503)
        assert answer.json()["error"] == "temporarily_unavailable" and int(answer.headers["Retry-After"]) > 0
        assert hearing.alive(opened) == [True]
        provider.mode = "good"
        until = time.monotonic() + PATIENCE
        while hearing.log_out(token).status_code == 503:
            assert time.monotonic() < until
            time.sleep(0.5)
        assert hearing.alive(opened) == [False]


def test_a_provider_whose_keys_are_known_is_heard_while_it_is_down(start: Starter) -> None:
    with Provider() as provider:
        hearing = Listener(start(settings=ALLOWED), provider)
        expect(hearing.log_out(provider.logout_token(sid="a")), 200)
        provider.mode = "down"
        opened = hearing.open(sid="b")
        expect(hearing.log_out(provider.logout_token(sid="b")), 200)
        assert hearing.alive(opened) == [False]


def test_a_provider_at_an_address_inside_is_not_asked_unless_that_is_allowed(start: Starter) -> None:
    server = start()
    with Provider() as provider:
        hearing = Listener(server, provider)
        expect(hearing.log_out(provider.logout_token(sid="a")), 503)
        assert provider.fetches == []


# Front channel


def test_the_front_channel_ends_the_session_it_names_without_any_cookie(hearing: Listener) -> None:
    sid = fresh()
    ended, left = hearing.open(sid=sid), hearing.open(sid=fresh())
    page = expect(hearing.front(iss=hearing.provider.issuer, sid=sid), 200)
    assert hearing.alive(ended, left) == [False, True]
    assert "no-store" in page.headers["Cache-Control"]
    assert f"frame-ancestors {hearing.provider.issuer}" in page.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in page.headers and "Set-Cookie" not in page.headers
    nobody = expect(hearing.front(iss=hearing.provider.issuer, sid="nobody"), 200)
    assert nobody.content == page.content and nobody.headers.keys() == page.headers.keys()


@pytest.mark.parametrize(
    ("method", "headers"),
    [("HEAD", {}), ("GET", {"Sec-Purpose": "prefetch"}), ("GET", {"Purpose": "prefetch"})],
)
def test_the_front_channel_ends_nothing_on_a_guess(hearing: Listener, method: str, headers: dict[str, str]) -> None:
    sid = fresh()
    opened = hearing.open(sid=sid)
    expect(hearing.front(method, headers, iss=hearing.provider.issuer, sid=sid), 200)
    assert hearing.alive(opened) == [True]
    expect(hearing.front("POST", iss=hearing.provider.issuer, sid=sid), 405)


def test_the_front_channel_is_deaf_to_whom_it_was_not_opened_for(hearing: Listener) -> None:
    with Provider() as provider:
        other, sid = Listener(hearing.server, provider), fresh()
        opened = other.open(sid=sid)
        expect(other.front(iss=provider.issuer, sid=sid), 200)
        assert other.alive(opened) == [True]
    for query in ({"iss": hearing.provider.issuer}, {"sid": "x"}, {}, {"iss": "", "sid": "x"}):
        expect(hearing.front("GET", None, **query), 400)


@pytest.mark.parametrize(
    "issuer", ["javascript:alert(1)", "https://a.example;script-src *", "https://*", "https://", "x"]
)
def test_no_issuer_writes_its_own_policy_into_the_front_channels_answer(hearing: Listener, issuer: str) -> None:
    policy = expect(hearing.front(iss=issuer, sid="x"), 200).headers["Content-Security-Policy"]
    assert policy == "default-src 'none'; frame-ancestors 'none'"


# Security events


@pytest.mark.parametrize(
    "kind",
    [
        CAEP + "session-revoked",
        CAEP + "credential-change",
        RISC + "account-credential-change-required",
        RISC + "account-disabled",
        RISC + "account-purged",
        RISC + "credential-compromise",
        RISC + "identifier-changed",
        RISC + "identifier-recycled",
        RISC + "sessions-revoked",
    ],
)
@pytest.mark.parametrize("library", LIBRARIES)
def test_a_grave_event_ends_all_of_that_person(hearing: Listener, kind: str, library: str) -> None:
    provider, sub = hearing.provider, fresh()
    mine, theirs = [hearing.open(sub=sub, sid=fresh()), hearing.open(sub=sub)], hearing.open(sub=fresh())
    claims = provider.event_claims(kind, provider.person(sub))
    answer = expect(hearing.push(provider.sign(claims, "secevent+jwt", library=library)), 202)
    assert not answer.content
    assert hearing.alive(*mine, theirs) == [False, False, True]


@pytest.mark.parametrize(
    "kind",
    [
        RISC + "account-enabled",
        RISC + "recovery-activated",
        CAEP + "assurance-level-change",
        SSF + "verification",
        SSF + "stream-updated",
        "https://example.org/nobody-knows-this",
    ],
)
def test_an_event_that_only_informs_is_accepted_and_ends_nothing(hearing: Listener, kind: str) -> None:
    sub = fresh()
    opened = hearing.open(sub=sub)
    expect(hearing.push(hearing.provider.event(kind, hearing.provider.person(sub))), 202)
    assert hearing.alive(opened) == [True]


def test_a_revoked_session_ends_alone_however_it_is_named(hearing: Listener) -> None:
    provider, sub = hearing.provider, fresh()
    for simple in (True, False):
        sid = fresh()
        ended, left = hearing.open(sub=sub, sid=sid), hearing.open(sub=sub, sid=fresh())
        session = {"format": "opaque", "id": sid}
        subject = session if simple else {"format": "complex", "session": session, "user": provider.person(sub)}
        expect(hearing.push(provider.event(CAEP + "session-revoked", subject)), 202)
        assert hearing.alive(ended, left) == [False, True]


def test_an_address_names_a_built_in_account_which_may_sign_in_again(hearing: Listener) -> None:
    account = hearing.server.accounts[0]
    visitor = hearing.server.visitor().sign_in(account)
    subject = {"format": "email", "email": account.email.upper()}
    expect(hearing.push(hearing.provider.event(RISC + "account-disabled", subject)), 202)
    assert not visitor.is_signed_in()
    assert hearing.server.visitor().sign_in(account).is_signed_in()


def test_an_event_about_nobody_here_is_accepted(hearing: Listener) -> None:
    opened = hearing.open(sub="ada")
    for subject in (
        {"format": "iss_sub", "iss": "https://other.example", "sub": "ada"},
        {"format": "email", "email": "nobody@example.com"},
        {"format": "phone_number", "phone_number": "+12065550100"},
        {"format": "complex", "tenant": {"format": "opaque", "id": "ada"}},
        {"format": "opaque", "id": fresh()},
    ):
        expect(hearing.push(hearing.provider.event(RISC + "account-disabled", subject)), 202)
    assert hearing.alive(opened) == [True]


def test_each_alias_is_heeded(hearing: Listener) -> None:
    sub = fresh()
    opened = hearing.open(sub=sub)
    aliases = [{"format": "email", "email": "nobody@example.com"}, hearing.provider.person(sub)]
    subject = {"format": "aliases", "identifiers": aliases}
    expect(hearing.push(hearing.provider.event(RISC + "account-purged", subject)), 202)
    assert hearing.alive(opened) == [False]


def test_an_event_that_comes_again_does_not_end_what_was_opened_since(hearing: Listener) -> None:
    sub = fresh()
    event = hearing.provider.event(RISC + "credential-compromise", hearing.provider.person(sub))
    expect(hearing.push(event), 202)
    opened = hearing.open(sub=sub)
    expect(hearing.push(event), 202)
    assert hearing.alive(opened) == [True]


WRONG_EVENTS: list[tuple[str, dict[str, Any]]] = [
    ("invalid_request", {"iss": LEFT_OUT}),
    ("invalid_issuer", {"iss": "https://other.example"}),
    ("invalid_audience", {"aud": "another"}),
    ("invalid_audience", {"aud": LEFT_OUT}),
    ("invalid_audience", {"aud": [AUDIENCE, None]}),
    ("invalid_request", {"sub": "ada"}),
    ("invalid_request", {"sub": None}),
    ("invalid_request", {"exp": NOW + 3600}),
    ("invalid_request", {"exp": None}),
    ("invalid_request", {"iat": LEFT_OUT}),
    ("invalid_request", {"iat": str(NOW)}),
    ("invalid_request", {"iat": NOW + 86_400}),
    ("invalid_request", {"iat": NOW - 30 * 86_400}),
    ("invalid_request", {"jti": LEFT_OUT}),
    ("invalid_request", {"jti": ""}),
    ("invalid_request", {"events": LEFT_OUT}),
    ("invalid_request", {"events": {}}),
    ("invalid_request", {"events": {RISC + "account-disabled": None}}),
    ("invalid_request", {"events": {RISC + "account-disabled": {}, RISC + "account-enabled": {}}}),
    ("invalid_request", {"sub_id": LEFT_OUT}),
    ("invalid_request", {"sub_id": None}),
    ("invalid_request", {"sub_id": "ada"}),
    ("invalid_request", {"sub_id": {"format": "opaque"}}),
    ("invalid_request", {"sub_id": {"format": "iss_sub", "sub": "ada"}}),
    ("invalid_request", {"sub_id": {"format": "aliases", "identifiers": []}}),
]


@pytest.mark.parametrize(("code", "changes"), WRONG_EVENTS, ids=[f"{c}-{n}" for n, (c, _) in enumerate(WRONG_EVENTS)])
def test_a_wrong_event_is_400_with_the_code_for_it(hearing: Listener, code: str, changes: dict[str, Any]) -> None:
    provider, sub = hearing.provider, fresh()
    opened = hearing.open(sub=sub)
    claims = provider.event_claims(RISC + "account-disabled", provider.person(sub), **changes)
    header = {"alg": "ES256", "typ": "secevent+jwt", "kid": provider.keys[0].kid}
    answer = expect(hearing.push(by_hand(header, json.dumps(claims), provider.keys[0])), 400)
    assert answer.json()["err"] == code and answer.json()["description"]
    assert answer.headers["Content-Language"] == "en"
    assert hearing.alive(opened) == [True]


@pytest.mark.parametrize("kind", [None, "JWT", "logout+jwt", "at+jwt", "statuslist+jwt"])
def test_an_event_of_another_kind_of_token_is_400(hearing: Listener, kind: str | None) -> None:
    claims = hearing.provider.event_claims(RISC + "account-disabled", hearing.provider.person("x"))
    assert expect(hearing.push(hearing.provider.sign(claims, kind)), 400).json()["err"] == "invalid_request"


def test_an_event_that_no_key_of_its_issuer_has_signed_is_400(hearing: Listener) -> None:
    for trick in ("none", "public key as a secret", "another's key", "its own jwk", "jku"):
        assert expect(hearing.push(forgeries(hearing.provider, "x")[trick]), 400).json()["err"] == "invalid_key"


def test_who_may_push_is_told_apart(hearing: Listener) -> None:
    event = hearing.provider.event(SSF + "verification", {"format": "opaque", "id": "stream"})
    for authorization in ("", "Bearer", "Bearer x", f"Bearer exp_{'A' * 43}", f"Basic {hearing.push_token}"):
        answer = expect(hearing.push(event, Authorization=authorization), 401)
        assert answer.json()["err"] == "authentication_failed" and "Bearer" in answer.headers["WWW-Authenticate"]
    with Provider() as provider:
        other = Listener(hearing.server, provider, "--push")
        assert expect(other.push(event), 400).json()["err"] == "access_denied"
    assert expect(hearing.push(event, **{"Content-Type": "application/jwt"}), 400).json()["err"] == "invalid_request"
    expect(hearing.push(event, Authorization=f"bearer {hearing.push_token}"), 202)


def test_a_logout_token_pushed_and_an_event_logged_out_are_refused(hearing: Listener) -> None:
    sub = fresh()
    opened = hearing.open(sub=sub)
    expect(hearing.push(hearing.provider.logout_token(sub=sub)), 400)
    expect(hearing.log_out(hearing.provider.event(RISC + "account-disabled", hearing.provider.person(sub))), 400)
    assert hearing.alive(opened) == [True]


# Polling


def test_events_that_wait_at_a_provider_are_fetched_and_acknowledged(start: Starter, tmp_path: Path) -> None:
    secret = tmp_path / "token.txt"
    secret.write_text("poll-secret\n")
    secret.chmod(0o600)
    with Provider() as provider:
        server = start(settings=ALLOWED)
        place = ("--poll-endpoint", f"{provider.issuer}/poll", "--poll-token-file", str(secret))
        hearing = Listener(server, provider, *place)
        opened, theirs = hearing.open(sub="ada"), hearing.open(sub="grace")
        good = provider.publish(provider.event(RISC + "account-disabled", provider.person("ada")))
        wrong = provider.publish(provider.event(RISC + "account-disabled", provider.person("grace"), aud="another"))
        provider.until_fetched(good)
        provider.until_fetched(wrong)
        assert hearing.alive(opened, theirs) == [False, True]
        assert provider.refused[wrong]["err"] == "invalid_audience" and good not in provider.refused
        assert provider.poll_authorizations[-1] == "Bearer poll-secret"
        assert provider.polls[0] == {"ack": [], "setErrs": {}, "maxEvents": 50, "returnImmediately": False}


def test_events_that_nobody_can_judge_now_are_left_at_the_provider(start: Starter, tmp_path: Path) -> None:
    secret = tmp_path / "token.txt"
    secret.write_text("poll-secret")
    secret.chmod(0o600)
    with Provider() as provider:
        provider.mode = "failing"
        name = provider.publish(provider.event(RISC + "account-disabled", provider.person("ada")))
        place = ("--poll-endpoint", f"{provider.issuer}/poll", "--poll-token-file", str(secret))
        hearing = Listener(start(settings=ALLOWED), provider, *place)
        opened = hearing.open(sub="ada")
        with provider.news:
            assert provider.news.wait_for(lambda: len(provider.polls) > 2, PATIENCE)
        assert name in provider.events and hearing.alive(opened) == [True]
        provider.mode = "good"
        provider.until_fetched(name)
        assert hearing.alive(opened) == [False] and name not in provider.refused


# Commands


def test_providers_are_added_listed_and_removed(start: Starter) -> None:
    data = start(settings=ALLOWED).data
    issuer = "https://login.example.org"
    added = command_json("providers", "add", issuer, "--audience", "me", "--push", "--front-channel", data=data)
    assert added["issuer"] == issuer and added["push_token"].startswith("exp_")
    (listed,) = command_lines("providers", "list", data=data)
    assert listed["requires_type"] and listed["front_channel"] and listed["push"] and listed["audience"] == "me"
    assert added["push_token"] not in json.dumps(listed)
    assert issuer in command("providers", "list", data=data).stdout
    command("providers", "add", issuer, "--audience", "me", data=data, expected=1)
    assert command_json("providers", "remove", issuer, data=data) == {"removed": issuer}
    command("providers", "remove", issuer, data=data, expected=1)
    assert command_lines("providers", "list", data=data) == []
    kinds = [event["type"] for event in command_lines("log", data=data) if event["type"].startswith("provider.")]
    assert kinds == ["provider.added", "provider.removed"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("login.example.org", "--audience", "me"),
        ("https://login.example.org?x", "--audience", "me"),
        ("https://10.0.0.1", "--audience", "me"),
        ("https://169.254.169.254", "--audience", "me"),
        ("https://login.example.org", "--audience", ""),
        ("https://login.example.org", "--audience", "me", "--jwks-uri", "http://127.0.0.1/jwks"),
        ("https://login.example.org", "--audience", "me", "--jwks-uri", "file:///etc/passwd"),
        ("https://login.example.org", "--audience", "me", "--poll-endpoint", "https://login.example.org/poll"),
        ("https://login.example.org",),
    ],
)
def test_a_provider_that_cannot_be_heard_is_not_added(hearing: Listener, arguments: tuple[str, ...]) -> None:
    refused = command("providers", "add", *arguments, data=hearing.server.data, expected=2)
    assert refused.stderr and not refused.stdout
