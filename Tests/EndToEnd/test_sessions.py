"""Sessions and their endings over HTTP, as an app and a signed-in person meet them."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import requests

from exeunt import (
    GLOBAL_REVOCATION,
    METADATA,
    PATIENCE,
    RECEIPT_FIELDS,
    Authority,
    Credentials,
    expect,
)
from server import Server, Starter


def alive(authority: Authority, opened: Credentials) -> bool:
    """Whether a session is let in; all of its credentials must agree."""
    tokens = [opened.access_token, opened.session_token, opened.refresh_token]
    answers = {authority.is_active(token) for token in tokens}
    assert len(answers) == 1, "some credentials of the session are let in and others are not"
    return answers.pop()


# Refreshing


def test_the_same_refresh_token_within_the_grace_gets_the_same_successor(server: Server, authority: Authority) -> None:
    opened = authority.open("graceful")
    first, second = (expect(authority.refresh(opened.refresh_token), 200).json() for _ in range(2))
    assert first["refresh_token"] == second["refresh_token"] != opened.refresh_token
    third = expect(authority.refresh(first["refresh_token"]), 200).json()
    assert third["refresh_token"] != first["refresh_token"]
    assert authority.is_active(third["access_token"])


def test_twenty_refreshes_at_once_have_one_successor(authority: Authority) -> None:
    opened = authority.open("hurried")
    apps = [Authority(authority.url, authority.client) for _ in range(20)]
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda app: expect(app.refresh(opened.refresh_token), 200).json(), apps))
    successors = {answer["refresh_token"] for answer in answers}
    assert len(successors) == 1
    assert alive(authority, replace(opened, refresh_token=successors.pop()))


def test_a_refresh_token_that_comes_back_after_the_grace_ends_the_session(start: Starter) -> None:
    server = start(settings={"refresh.grace_seconds": 0})
    authority = server.authority()
    opened, other = authority.open("user", remember=True), authority.open("user")
    renewed = expect(authority.refresh(opened.refresh_token), 200).json()
    assert expect(authority.refresh(opened.refresh_token), 400).json()["error"] == "invalid_grant"
    for token in (renewed["access_token"], renewed["refresh_token"], opened.session_token):
        assert not authority.is_active(token), "the thief's lineage goes on"
    expect(authority.resume(opened.remember_token or ""), 401)
    assert alive(authority, other)


def test_what_a_reused_refresh_token_ends_is_a_setting(start: Starter) -> None:
    server = start(settings={"refresh.grace_seconds": 0, "refresh.reuse_ends": "all"})
    authority = server.authority()
    opened, other = authority.open("user"), authority.open("user")
    expect(authority.refresh(opened.refresh_token), 200)
    expect(authority.refresh(opened.refresh_token), 400)
    assert not alive(authority, other)


# Remembering


def test_a_remember_me_token_opens_a_new_session_and_is_replaced(authority: Authority) -> None:
    opened = authority.open("absent-minded", remember=True)
    again = Credentials.of(expect(authority.resume(opened.remember_token or ""), 201).json())
    assert again.session_id != opened.session_id and again.remember_token != opened.remember_token
    assert alive(authority, again)
    expect(authority.logout(again.session_token), 200)
    expect(authority.resume(again.remember_token or ""), 401)


def test_a_logout_of_any_session_that_it_opened_ends_a_remembered_login(authority: Authority) -> None:
    opened = authority.open("forgetful", remember=True)
    again = Credentials.of(expect(authority.resume(opened.remember_token or ""), 201).json())
    expect(authority.logout(opened.session_token), 200)
    expect(authority.resume(again.remember_token or ""), 401)


def test_a_remember_me_token_that_comes_back_after_the_grace_ends_everything(start: Starter) -> None:
    server = start(settings={"refresh.grace_seconds": 0})
    authority = server.authority()
    opened, other = authority.open("user", remember=True), authority.open("user", remember=True)
    again = Credentials.of(expect(authority.resume(opened.remember_token or ""), 201).json())
    expect(authority.resume(opened.remember_token or ""), 401)
    assert not any(alive(authority, each) for each in (opened, other, again))
    for token in (again.remember_token, other.remember_token):
        expect(authority.resume(token or ""), 401)


# Ending


@pytest.mark.parametrize(
    ("credential", "scope"),
    [
        (credential, scope)
        for credential in ("session_token", "access_token", "refresh_token", "remember_token")
        for scope in ("current", "others", "everywhere")
        # A remembered login has no session of its own that the others would be other than.
        if (credential, scope) != ("remember_token", "others")
    ],
)
def test_a_logout_with_whichever_credential_ends_what_its_scope_says(
    authority: Authority, credential: str, scope: str
) -> None:
    subject = f"{credential}-{scope}"
    mine, other, stranger = (authority.open(name, remember=True) for name in (subject, subject, subject + "-x"))
    receipt = expect(authority.logout(getattr(mine, credential), scope), 200).json()
    assert receipt.keys() >= RECEIPT_FIELDS and receipt["settled"] is True
    assert receipt["ended_sessions"] == {"current": 1, "others": 1, "everywhere": 2}[scope]
    assert alive(authority, mine) is (scope == "others")
    assert alive(authority, other) is (scope == "current")
    assert alive(authority, stranger)
    for opened, kept in ((mine, scope == "others"), (other, scope == "current")):
        assert authority.resume(opened.remember_token or "").status_code == (201 if kept else 401)


def test_a_second_logout_is_no_error_and_ends_nothing_more(authority: Authority) -> None:
    opened = authority.open("twice")
    expect(authority.logout(opened.session_token), 200)
    receipt = expect(authority.logout(opened.session_token), 200).json()
    assert receipt["ended_sessions"] == 0 and receipt["seq"] is None
    expect(authority.end("twice", opened.session_id), 404)


def test_a_kept_session_goes_on_with_every_credential_that_it_had(authority: Authority) -> None:
    mine, other = authority.open("kept", remember=True), authority.open("kept")
    expect(authority.end_all("kept", keep=mine.session_id), 200)
    assert alive(authority, mine) and not alive(authority, other)
    renewed = expect(authority.refresh(mine.refresh_token), 200).json()
    assert authority.is_active(renewed["access_token"])
    expect(authority.end_all("kept"), 200)
    assert not authority.is_active(renewed["access_token"]) and not alive(authority, mine)


def test_a_session_of_somebody_else_cannot_be_kept_and_is_not_ended(authority: Authority) -> None:
    mine, theirs = authority.open("mine"), authority.open("theirs")
    assert expect(authority.end_all("mine", keep=theirs.session_id), 200).json()["ended_sessions"] == 1
    assert not alive(authority, mine) and alive(authority, theirs)


KEEPING = ["password_changed", "email_changed", "factor_changed"]
SWEEPING = ["password_reset", "security_concern", "account_disabled", "account_deleted"]


@pytest.mark.parametrize("kind", KEEPING + SWEEPING)
def test_what_happened_to_an_account_ends_what_the_policy_says(authority: Authority, kind: str) -> None:
    mine, other = authority.open(kind, remember=True), authority.open(kind, remember=True)
    receipt = expect(authority.event(kind, kind, keep=mine.session_id), 200).json()
    kept = kind in KEEPING
    assert receipt["ended_sessions"] == (1 if kept else 2)
    assert alive(authority, mine) is kept and not alive(authority, other)
    assert authority.resume(mine.remember_token or "").status_code == (201 if kept else 401)
    expect(authority.resume(other.remember_token or ""), 401)


def test_without_a_session_to_keep_an_event_ends_all(authority: Authority) -> None:
    opened = [authority.open("nothing-to-keep") for _ in range(3)]
    assert expect(authority.event("nothing-to-keep", "password_changed"), 200).json()["ended_sessions"] == 3
    assert not any(alive(authority, each) for each in opened)


def test_the_policy_can_be_set_to_keep_nothing(start: Starter) -> None:
    server = start(settings={"policy.password_changed": "all"})
    authority = server.authority()
    mine = authority.open("user")
    expect(authority.event("user", "password_changed", keep=mine.session_id), 200)
    assert not alive(authority, mine)


def test_an_administrator_ends_everyone_and_an_app_may_not(server: Server, start: Starter) -> None:
    own = start()
    app, administrator = own.authority(), own.authority("admin", "introspect")
    opened = [app.open(subject) for subject in ("a", "b")]
    visitor = own.visitor().sign_in(own.accounts[0])
    expect(app.request("POST", "/v1/logout-all"), 403)
    assert expect(administrator.request("POST", "/v1/logout-all"), 200).json()["ended_sessions"] == 3
    assert not any(alive(app, each) for each in opened) and not visitor.is_signed_in()
    assert alive(app, app.open("a"))


# Global Token Revocation


def named(**identifier: object) -> dict[str, object]:
    return {"sub_id": identifier}


def test_whoever_asks_for_all_of_a_subject_gets_all_and_nobody_else_s(server: Server, authority: Authority) -> None:
    hers = [authority.open("ada lovelace ü", remember=True) for _ in range(2)]
    other = authority.open("grace")
    answer = authority.request("POST", GLOBAL_REVOCATION, json=named(format="opaque", id="ada lovelace ü"))
    assert expect(answer, 204).content == b""
    for held in hers:
        assert not alive(authority, held)
        assert authority.refresh(held.refresh_token).status_code == 400
        assert authority.resume(held.remember_token or "").status_code == 401
    assert alive(authority, other)
    issuer = server.get(METADATA).json()["issuer"]
    expect(authority.request("POST", GLOBAL_REVOCATION, json=named(format="iss_sub", iss=issuer, sub="grace")), 204)
    assert not alive(authority, other)


def test_somebody_is_named_by_the_address_that_signs_in(server: Server, authority: Authority) -> None:
    account = server.accounts[1]
    visitor = server.visitor().sign_in(account, remember=True)
    stolen = visitor.cookies()
    named_by_email = named(format="email", email=account.email.upper())
    expect(authority.request("POST", GLOBAL_REVOCATION, json=named_by_email), 204)
    assert not server.visitor().carry(stolen).is_signed_in()
    nobody = named(format="email", email="nobody@example.test")
    answer = expect(authority.request("POST", GLOBAL_REVOCATION, json=nobody), 404)
    assert answer.json()["type"] == "/problems/subject-not-found"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"sub_id": "user"}, 400),
        (named(id="user"), 400),
        (named(format="opaque"), 400),
        (named(format="opaque", id=7), 400),
        (named(format="opaque", id="user", sub="user"), 400),
        (named(format="iss_sub", sub="user"), 400),
        (named(format="iss_sub", iss="https://elsewhere.example", sub="user"), 422),
        (named(format="phone_number", phone_number="+12065550100"), 422),
        (named(format="opaque", id=""), 422),
        (named(format="opaque", id="u" * 256), 422),
    ],
)
def test_a_name_that_names_nobody_ends_nothing(authority: Authority, body: object, status: int) -> None:
    held = authority.open("user")
    expect(authority.request("POST", GLOBAL_REVOCATION, json=body), status)
    assert alive(authority, held)


def test_only_clients_that_may_end_sessions_revoke_globally(server: Server, authority: Authority) -> None:
    held, body = authority.open("user"), named(format="opaque", id="user")
    expect(server.authority("introspect").request("POST", GLOBAL_REVOCATION, json=body), 403)
    expect(requests.post(server.url + GLOBAL_REVOCATION, json=body, timeout=PATIENCE), 401)
    assert alive(authority, held)
    expect(server.authority("admin").request("POST", GLOBAL_REVOCATION, json=body), 204)
    assert not alive(authority, held)


# Lifetimes and limits


def test_a_session_that_is_left_alone_ends_and_its_open_page_hears_why(start: Starter) -> None:
    server = start(settings={"session.idle_timeout_seconds": 2})
    authority, visitor = server.authority(), server.visitor().sign_in(server.accounts[0])
    opened = authority.open("user")
    assert "idle_timeout" in expect(visitor.listen(), 200).text
    assert not visitor.is_signed_in()
    wait_until_over(authority, opened)
    assert not authority.is_active(opened.access_token)
    expect(authority.refresh(opened.refresh_token), 400)


def test_a_session_ends_at_its_absolute_limit_however_busy_it_is(start: Starter) -> None:
    server = start(settings={"session.absolute_timeout_seconds": 3, "session.idle_timeout_seconds": 3})
    authority = server.authority()
    opened = authority.open("user")
    refresh_token, deadline = opened.refresh_token, time.monotonic() + PATIENCE
    while (answer := authority.refresh(refresh_token)).status_code == 200:
        refresh_token = answer.json()["refresh_token"]
        assert time.monotonic() < deadline, "it is kept alive for ever by refreshing it"
        time.sleep(0.05)
    wait_until_over(authority, opened)
    assert authority.sessions("user") == []


def wait_until_over(authority: Authority, opened: Credentials) -> None:
    """Asks until the session token is refused."""
    deadline = time.monotonic() + PATIENCE
    while authority.is_active(opened.session_token):
        assert time.monotonic() < deadline, "it never ends"
        time.sleep(0.1)


def test_at_the_cap_the_least_recently_active_session_ends_or_the_new_one_is_refused(start: Starter) -> None:
    server = start(settings={"session.max_per_subject": 2})
    authority = server.authority()
    opened = [authority.open("user") for _ in range(3)]
    assert [alive(authority, each) for each in opened] == [False, True, True]
    strict = start(settings={"session.max_per_subject": 2, "session.when_full": "refuse"})
    app = strict.authority()
    kept = [app.open("user") for _ in range(2)]
    assert expect(app.try_open("user"), 409).headers["Content-Type"].startswith("application/problem+json")
    assert all(alive(app, each) for each in kept)
    expect(app.logout(kept[0].session_token), 200)
    app.open("user")


def test_the_list_tells_what_a_person_needs_to_know_a_device_by_page_by_page(authority: Authority) -> None:
    device = {"user_agent": "Mozilla/5.0 Firefox/140.0", "address": "192.0.2.7", "label": "Kitchen"}
    opened = {authority.open("listed", device=device).session_id for _ in range(120)}
    listed = authority.sessions("listed")
    assert {session["id"] for session in listed} == opened and len(listed) == 120
    assert all(session["device"] == device for session in listed)
    for name in ("created_at", "last_active_at", "expires_at"):
        assert listed[0][name].endswith("Z") and "T" in listed[0][name]
    assert listed[0]["client_id"] == authority.client.id and listed[0]["remembered"] is False
    assert not {"session_token", "refresh_token", "access_token"} & listed[0].keys()
