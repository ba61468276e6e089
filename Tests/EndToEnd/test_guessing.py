"""Guessing: no answer tells which account or token exists, and whoever keeps trying is slowed down."""

from __future__ import annotations

import time

import pytest
import requests

from exeunt import Account, Authority, Client, Visitor, expect
from server import Server, Starter

ENOUGH = 200
"""Tries after which even a patient throttle must have spoken."""

WRONG = "not-the-password"


def shape(response: requests.Response, *typed: str) -> tuple[int, str, list[str]]:
    """All of an answer that could tell one case from another, without what the visitor had typed."""
    text = response.text
    for word in typed:
        text = text.replace(word, "…")
    return response.status_code, text, sorted(name.lower() for name in response.headers)


def test_an_unknown_account_and_a_wrong_password_get_the_same_answer(server: Server, ada: Account) -> None:
    known = server.visitor().try_sign_in(ada.email, WRONG)
    unknown = server.visitor().try_sign_in("eva@example.test", WRONG)
    assert known.status_code == 401
    assert shape(known, ada.email) == shape(unknown, "eva@example.test")


def test_an_unknown_account_costs_the_same_work_as_a_wrong_password(start: Starter) -> None:
    server = start(settings={"sign_in.scrypt_log2_n": "14", "trusted_proxies": "127.0.0.1"})
    known, unknown = server.accounts[0].email, "eva@example.test"
    quickest = {known: float("inf"), unknown: float("inf")}
    for _ in range(6):
        for email in (known, unknown):
            visitor = server.visitor()
            began = time.perf_counter()
            expect(visitor.try_sign_in(email, WRONG), 401)
            quickest[email] = min(quickest[email], time.perf_counter() - began)
    print({email: f"{seconds * 1000:.1f} ms" for email, seconds in quickest.items()})
    ratio = quickest[unknown] / quickest[known]
    assert 0.4 < ratio < 2.5, f"the time of an answer tells whether the account exists: {ratio:.2f}"


def test_one_account_is_throttled_however_many_addresses_the_guesses_come_from(start: Starter) -> None:
    server = start(settings={"trusted_proxies": "127.0.0.1"})
    ada, grace = server.accounts[:2]
    tries, refusal = guess(lambda: server.visitor().try_sign_in(ada.email, WRONG))
    print(f"throttled after {tries} tries from as many addresses")
    assert int(refusal.headers["Retry-After"]) > 0
    assert server.visitor().try_sign_in(ada.email.upper(), WRONG).status_code == 429, "another spelling is let through"
    assert server.visitor().sign_in(grace).is_signed_in(), "somebody else's account suffers"


def test_an_account_that_does_not_exist_is_throttled_as_one_that_does(start: Starter) -> None:
    server = start(settings={"trusted_proxies": "127.0.0.1"})
    real, refusal = guess(lambda: server.visitor().try_sign_in(server.accounts[0].email, WRONG))
    fake, other = guess(lambda: server.visitor().try_sign_in("eva@example.test", WRONG))
    assert real == fake
    assert shape(refusal, server.accounts[0].email)[:2] == shape(other, "eva@example.test")[:2]


def test_many_accounts_are_throttled_when_the_guesses_come_from_one_address(start: Starter) -> None:
    server = start(settings={"trusted_proxies": "127.0.0.1"})
    guesser = Visitor(server.url, **{"X-Forwarded-For": "203.0.113.9"})
    names = iter(range(ENOUGH + 1))
    tries, _ = guess(lambda: guesser.try_sign_in(f"user-{next(names)}@example.test", WRONG))
    print(f"throttled after {tries} tries on as many accounts")
    assert server.visitor().sign_in(server.accounts[0]).is_signed_in(), "another address suffers"


def test_an_ipv6_neighbourhood_counts_as_one_address(start: Starter) -> None:
    server = start(settings={"trusted_proxies": "127.0.0.1"})
    names = iter(range(ENOUGH + 1))

    def try_next() -> requests.Response:
        number = next(names)
        visitor = Visitor(server.url, **{"X-Forwarded-For": f"2001:db8:1:2::{number:x}"})
        return visitor.try_sign_in(f"user-{number}@example.test", WRONG)

    guess(try_next)


@pytest.mark.parametrize(
    ("trusted", "forged"),
    [(None, "198.51.100.{n}"), ("127.0.0.1", "198.51.100.{n}, 203.0.113.9"), ("10.0.0.0/8", "198.51.100.{n}")],
    ids=["no proxy is trusted", "the proxy adds the real address", "another proxy is trusted"],
)
def test_a_forged_forwarding_header_buys_no_more_tries(start: Starter, trusted: str | None, forged: str) -> None:
    server = start(settings={"trusted_proxies": trusted} if trusted else {})
    names = iter(range(ENOUGH + 1))

    def try_next() -> requests.Response:
        number = next(names)
        visitor = Visitor(server.url, **{"X-Forwarded-For": forged.format(n=number % 250)})
        return visitor.try_sign_in(f"user-{number}@example.test", WRONG)

    guess(try_next)


def guess(attempt: object) -> tuple[int, requests.Response]:
    """Tries until it is refused as too often; each try before that is a plain 401."""
    assert callable(attempt)
    for number in range(ENOUGH):
        response: requests.Response = attempt()
        if response.status_code == 429:
            return number, response
        expect(response, 401)
    raise AssertionError(f"{ENOUGH} wrong passwords, and still no throttle")


def test_a_right_password_is_never_held_against_its_owner(start: Starter) -> None:
    server = start()
    for _ in range(60):
        assert server.visitor().sign_in(server.accounts[0]).is_signed_in()


def dead_tokens(authority: Authority, other: Authority, kind: str) -> dict[str, str]:
    """Tokens that must all look alike to `authority`, each for a reason of its own."""
    ended, foreign = authority.open("ended"), other.open("foreign")
    expect(authority.logout(ended.session_token), 200)
    of_kind = {"refresh": "refresh_token", "access": "access_token", "session": "session_token"}[kind]
    unknown = {"refresh": "exr_" + "A" * 71, "access": "e30.e30.AAAA", "session": "exs_" + "A" * 43}[kind]
    tokens = {"unknown": unknown, "ended": getattr(ended, of_kind), "rubbish": "rubbish", "empty-ish": "."}
    if kind == "refresh":
        tokens["foreign"] = foreign.refresh_token
    last = "A" if getattr(ended, of_kind)[-1] != "A" else "B"
    tokens["touched"] = getattr(ended, of_kind)[:-1] + last
    return tokens


@pytest.mark.parametrize("kind", ["refresh", "access", "session"])
def test_introspection_says_the_same_of_every_token_that_is_not_good(
    server: Server, authority: Authority, kind: str
) -> None:
    for name, token in dead_tokens(authority, server.authority(), kind).items():
        if name != "foreign":
            response = authority.request("POST", "/introspect", data={"token": token})
            assert (response.status_code, response.json()) == (200, {"active": False}), name


def test_the_token_endpoint_says_the_same_of_every_refresh_token_that_it_does_not_take(
    server: Server, authority: Authority
) -> None:
    tokens = dead_tokens(authority, server.authority(), "refresh")
    answers = {name: shape(authority.refresh(token)) for name, token in tokens.items()}
    assert {answer[0] for answer in answers.values()} == {400}
    assert len({answer[1] for answer in answers.values()}) == 1, answers


def test_revocation_says_the_same_of_every_token(server: Server, authority: Authority) -> None:
    good = authority.open("revoked").refresh_token
    tokens = {**dead_tokens(authority, server.authority(), "refresh"), "good": good}
    answers = {name: shape(authority.revoke(token)) for name, token in tokens.items()}
    assert {answer[:2] for answer in answers.values()} == {(200, "")}, answers


def test_a_logout_says_the_same_of_a_token_that_is_over_and_of_one_that_never_was(authority: Authority) -> None:
    tokens = dead_tokens(authority, authority, "session")
    tokens["another kind"] = "exr_" + "A" * 71
    answers = {name: shape(authority.logout(token)) for name, token in tokens.items()}
    assert len({answer[:2] for answer in answers.values()}) == 1, answers
    assert expect(authority.logout("exs_" + "A" * 43), 200).json()["ended_sessions"] == 0


def test_an_unknown_client_and_a_wrong_secret_get_the_same_answer(server: Server, authority: Authority) -> None:
    secret = "exc_" + "A" * 43
    strangers = [Client(authority.client.id, secret), Client("nobody", secret), Client("A" * 22, secret)]
    for path in ("/token", "/revoke", "/introspect"):
        bodies = {
            shape(Authority(server.url, stranger).request("POST", path, data={"token": "x"}))[:2]
            for stranger in strangers
        }
        assert len(bodies) == 1 and next(iter(bodies))[0] == 401, bodies
    problems = [Authority(server.url, stranger).try_open("x") for stranger in strangers]
    assert {problem.status_code for problem in problems} == {401}
    assert len({problem.json()["title"] + problem.json().get("detail", "") for problem in problems}) == 1


def test_a_session_of_another_subject_and_one_that_never_was_are_the_same_404(authority: Authority) -> None:
    theirs = authority.open("theirs")
    problems = [expect(authority.end("mine", each), 404).json() for each in (theirs.session_id, "A" * 22)]
    for problem in problems:
        problem.pop("instance", None)
    assert problems[0] == problems[1]
    assert authority.is_active(theirs.access_token)
