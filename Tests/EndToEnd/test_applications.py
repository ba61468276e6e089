"""The examples in JavaScript and Python, alone and beside the one in Swift: what a thief gets, and what is said."""

from __future__ import annotations

import itertools
import os
import signal
from collections.abc import Callable

import pytest

from applications import DJANGO_ASGI, EXPRESS, HUMMINGBIRD, Application, django_workers
from notes import FOREIGN_PAGES, LEASE_MS, OWN_PAGE, PASSWORDS, Caller, Notes, eventually, outlast_the_lease
from postgres import descendants, state_of
from server import Server, Starter

LOGOUT = "/exeunt/logout"
Run = Callable[..., Notes]

each = pytest.mark.parametrize("application", [EXPRESS, DJANGO_ASGI], ids=lambda one: one.name)


def is_let_in(notes: Notes, cookies: dict[str, str]) -> bool:
    """Whether somebody with these cookies sees anything that is private, in whatever way."""
    statuses = {Caller(cookies).get(notes, path).status_code for path in ("/notes", "/board", "/exeunt/devices")}
    shown = Caller(cookies).get(notes, "/").text
    said = Caller(cookies).get(notes, "/exeunt/session").json()
    assert statuses == {200} or 200 not in statuses, statuses
    assert (statuses == {200}) == ("Notes of" in shown) == said["signed_in"], (statuses, shown, said)
    return bool(said["signed_in"])


def test_a_process_that_ends_leaves_the_others_their_database(server: Server, run: Run) -> None:
    notes = run(server, django_workers(2))
    workers = descendants(notes.process.pid)[1:]
    os.kill(workers[0], signal.SIGTERM)
    eventually(lambda: state_of(workers[0]) == "Z")
    for _ in range(4):
        assert Caller().sign_in(notes).get(notes).status_code == 200


# What a thief gets


@each
@pytest.mark.parametrize("scope", ["current", "everywhere"])
def test_no_cookie_of_a_session_opens_anything_after_its_sign_out_alone_or_with_others(
    server: Server, run: Run, application: Application, scope: str
) -> None:
    notes = run(server, application)
    caller = Caller().sign_in(notes)
    stolen = caller.cookies
    assert is_let_in(notes, stolen), stolen
    assert "settled-after" in caller.sign_out(notes, scope)
    for count in range(1, len(stolen) + 1):
        for names in itertools.combinations(stolen, count):
            assert not is_let_in(notes, {name: stolen[name] for name in names}), names
    bearer = {"Authorization": f"Bearer {stolen['access']}"}
    assert Caller().get(notes, headers=bearer).status_code == 401
    other = Caller().sign_in(notes, "grace")
    for name in stolen.keys() & other.cookies.keys():
        mixed = other.cookies | {name: stolen[name]}
        answer = Caller(mixed).get(notes)
        assert answer.status_code != 200 or answer.json() == [], "somebody else's token opened the old session"
        assert "Notes of ada" not in Caller(mixed).get(notes, "/").text


@each
def test_the_application_s_own_cookie_is_worth_nothing_without_a_session(
    server: Server, run: Run, application: Application
) -> None:
    notes = run(server, application)
    caller = Caller().sign_in(notes)
    own = {name: value for name, value in caller.cookies.items() if name not in ("access", "refresh")}
    assert own, "the example has a login of its own, and so a cookie of its own"
    assert not is_let_in(notes, own)
    assert is_let_in(notes, Caller().sign_in(notes).cookies)


def test_after_each_sign_out_no_application_of_any_kind_takes_the_session_for_another_moment(
    server: Server, run: Run
) -> None:
    fleet = [run(server, kind) for kind in (HUMMINGBIRD, EXPRESS, DJANGO_ASGI, django_workers(3))]
    for turn in range(24):
        here = fleet[turn % 4]
        caller = Caller().sign_in(here)
        bearer = {"Authorization": f"Bearer {caller.cookies['access']}"}
        for notes in fleet:
            assert Caller().get(notes, headers=bearer).status_code == 200, notes.application.name
        assert "settled-after" in caller.sign_out(here, ("current", "everywhere")[turn // 4 % 2])
        for notes in fleet * 3:
            assert Caller().get(notes, headers=bearer).status_code == 401, notes.application.name


@each
def test_signing_out_elsewhere_spares_this_browser_and_nobody_else_is_touched(
    server: Server, run: Run, application: Application
) -> None:
    notes = run(server, application)
    here, there = Caller().sign_in(notes), Caller().sign_in(notes)
    bystander = Caller().sign_in(notes, "grace")
    assert "settled-after" in here.sign_out(notes, "others")
    assert is_let_in(notes, here.cookies)
    assert is_let_in(notes, bystander.cookies)
    assert not is_let_in(notes, there.cookies)


@each
def test_a_password_change_ends_the_other_sessions_and_not_this_one(
    server: Server, run: Run, application: Application
) -> None:
    notes = run(server, application)
    here, there = Caller().sign_in(notes), Caller().sign_in(notes)
    answer = here.post(notes, "/password", {"password": "made-up-and-long-enough-3"})
    assert answer.status_code in (200, 303), answer.text
    assert is_let_in(notes, here.cookies)
    assert not is_let_in(notes, there.cookies)


@each
def test_one_ends_a_device_of_one_s_own_and_nobody_else_s(server: Server, run: Run, application: Application) -> None:
    notes = run(server, application)
    here, there = Caller().sign_in(notes), Caller().sign_in(notes)
    stranger = Caller().sign_in(notes, "grace")
    listed = here.get(notes, "/exeunt/devices", headers={"Accept": "application/json"}).json()["sessions"]
    own = {one["id"] for one in listed if one["current"]}
    assert len(own) == 1
    other = Caller(there.cookies).get(notes, "/exeunt/session").json()["session_id"]
    assert other in {one["id"] for one in listed}
    assert stranger.post(notes, f"/exeunt/devices/{other}/end", {}).status_code == 404
    assert is_let_in(notes, there.cookies)
    assert here.post(notes, f"/exeunt/devices/{other}/end", {}).status_code in (200, 303)
    assert not is_let_in(notes, there.cookies)
    assert is_let_in(notes, here.cookies)


@each
def test_the_notice_of_a_sign_out_that_was_made_offline_is_heeded_before_anything_is_served(
    server: Server, run: Run, application: Application
) -> None:
    notes = run(server, application)
    caller, other = Caller().sign_in(notes), Caller().sign_in(notes)
    stolen = caller.cookies
    session = Caller(stolen).get(notes, "/exeunt/session").json()["session_id"]
    foreign = Caller(other.cookies | {"signing-out": f"current.{session}"})
    assert foreign.get(notes).status_code == 200, "a notice about another session ends nothing"
    assert is_let_in(notes, stolen)
    for nonsense in ("current.", f"nobody.{session}", "x" * 5000, f"current.{session}.more"):
        assert Caller(stolen | {"signing-out": nonsense}).get(notes).status_code == 200, nonsense
    returning = Caller(stolen | {"signing-out": f"current.{session}"})
    answer = returning.get(notes, "/")
    assert "Notes of" not in answer.text
    assert not {"access", "refresh", "signing-out"} & set(returning.cookies)
    assert not is_let_in(notes, stolen)


# What breaks


@each
def test_without_the_authority_nothing_is_believed_and_nobody_is_told_that_he_is_signed_out(
    start: Starter, run: Run, application: Application
) -> None:
    server = start()
    notes = run(server, application, lease_ms=LEASE_MS)
    caller = Caller().sign_in(notes)
    server.kill()
    outlast_the_lease(notes)
    refused = caller.get(notes)
    assert refused.status_code == 503
    assert int(refused.headers["Retry-After"]) >= 1
    assert "no-store" in refused.headers["Cache-Control"]
    answer = caller.post(notes, LOGOUT, {"scope": "current"})
    assert answer.status_code == 503
    assert "still signed in" in answer.text.lower()
    assert {"access", "refresh"} <= set(caller.cookies)
    start(server.data, listen=server.url.removeprefix("http://"))
    eventually(lambda: notes.status.startswith("live"))
    assert is_let_in(notes, caller.cookies)
    assert "settled-after" in caller.sign_out(notes)


@each
def test_an_application_that_was_frozen_accepts_nothing_that_ended_meanwhile(
    server: Server, run: Run, application: Application
) -> None:
    first, frozen = run(server, EXPRESS), run(server, application, lease_ms=LEASE_MS)
    caller = Caller().sign_in(first)
    bearer = {"Authorization": f"Bearer {caller.cookies['access']}"}
    assert Caller().get(frozen, headers=bearer).status_code == 200
    frozen.pause()
    assert "settled-after" in caller.sign_out(first), "it is settled without the frozen one"
    frozen.resume()
    assert Caller().get(frozen, headers=bearer).status_code in (401, 503)
    eventually(lambda: frozen.status.startswith("live"))
    assert Caller().get(frozen, headers=bearer).status_code == 401


@each
def test_an_application_that_is_stopped_properly_keeps_nobody_waiting(
    server: Server, run: Run, application: Application
) -> None:
    first, stopped = run(server, EXPRESS), run(server, application, lease_ms=60_000)
    caller = Caller().sign_in(first)
    bearer = {"Authorization": f"Bearer {caller.cookies['access']}"}
    assert Caller().get(stopped, headers=bearer).status_code == 200
    stopped.stop()
    assert "settled-after" in caller.sign_out(first)


# Cookies and headers


@each
def test_a_browser_does_not_notice_that_its_access_token_has_expired(
    start: Starter, run: Run, application: Application
) -> None:
    notes = run(start(settings={"tokens.access_lifetime_seconds": "1"}), application)
    caller = Caller().sign_in(notes)
    before = caller.cookies
    bearer = {"Authorization": f"Bearer {before['access']}"}
    eventually(lambda: Caller().get(notes, headers=bearer).status_code == 401)
    thief = caller.thief()
    answer = caller.get(notes)
    assert answer.status_code == 200
    assert caller.cookies["access"] != before["access"]
    assert caller.cookies["refresh"] != before["refresh"]
    for cookie in answer.headers["Set-Cookie"].split(", "):
        if cookie.startswith(("access=", "refresh=")):
            assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    caller.sign_out(notes)
    assert thief.get(notes).status_code == 401
    assert not {"access", "refresh"} & set(thief.cookies)


@each
def test_getting_or_prefetching_the_sign_out_ends_nothing(server: Server, run: Run, application: Application) -> None:
    notes = run(server, application)
    caller = Caller().sign_in(notes)
    for headers in ({}, {"Sec-Purpose": "prefetch"}, {"Purpose": "prefetch"}):
        answer = caller.get(notes, LOGOUT, headers=headers)
        assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert caller.http.head(notes.url + LOGOUT).status_code == 405
    prefetched = caller.post(notes, LOGOUT, {"scope": "current"}, **OWN_PAGE, **{"Sec-Purpose": "prefetch"})
    assert prefetched.status_code >= 400
    assert is_let_in(notes, caller.cookies)


@each
@pytest.mark.parametrize("headers", FOREIGN_PAGES)
def test_changes_that_come_from_elsewhere_are_refused(
    server: Server, run: Run, application: Application, headers: dict[str, str]
) -> None:
    notes = run(server, application)
    caller = Caller().sign_in(notes)
    form = {"text": "planted", "name": "ada", "password": PASSWORDS["ada"], "scope": "current"}
    for path in (LOGOUT, "/exeunt/refresh", "/notes", "/sign-in", "/password"):
        assert caller.post(notes, path, form, **headers).status_code == 403, path
    assert "planted" not in caller.get(notes).json()


@each
@pytest.mark.parametrize(
    "target", ["//evil.example", "/\\evil.example", "https://evil.example/", "/\t/evil", "javascript:1"]
)
def test_a_sign_out_leads_to_no_other_place(server: Server, run: Run, application: Application, target: str) -> None:
    notes = run(server, application)
    caller = Caller().sign_in(notes)
    answer = caller.post(notes, LOGOUT, {"scope": "current", "return_to": target})
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/signed-out"


@each
def test_a_sign_out_without_a_session_is_answered_as_any_other(
    server: Server, run: Run, application: Application
) -> None:
    notes = run(server, application)
    for caller in (Caller(), Caller({"access": "nonsense", "refresh": "nonsense"})):
        answer = caller.post(notes, LOGOUT, {"scope": "current", "return_to": "/signed-out"})
        assert (answer.status_code, answer.headers["Location"]) == (303, "/signed-out")
        assert not {"access", "refresh"} & set(caller.cookies)
    assert Caller().sign_out(notes) == {"nothing": ""}
