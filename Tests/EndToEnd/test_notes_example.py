"""The notes example on two instances: what a person sees, what a thief gets, and what happens when things break."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Page, Playwright

from browser import cookies_of, first_page, forget, profile, what_was_seen, witness
from laptop import until_it_says
from notes import FOREIGN_PAGES, LEASE_MS, OWN_PAGE, PASSWORDS, Caller, Notes, eventually, outlast_the_lease
from server import Server, Starter, command

Run = Callable[..., Notes]


@pytest.fixture
def two(server: Server, run: Run) -> tuple[Notes, Notes]:
    """Two instances on the shared authority."""
    return run(server), run(server)


# In browsers


def open_notes(page: Page, notes: Notes, name: str) -> None:
    page.goto(notes.url)
    page.locator('[name="name"]').fill(name)
    page.locator('[name="password"]').fill(PASSWORDS[name])
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name=f"Notes of {name}").wait_for()


def test_signing_out_everywhere_in_one_browser_empties_the_page_in_the_other(
    two: tuple[Notes, Notes], playwright: Playwright, tmp_path: Path
) -> None:
    with profile(playwright, tmp_path / "one") as one, profile(playwright, tmp_path / "two") as other:
        here, there = first_page(one), first_page(other)
        open_notes(here, two[0], "ada")
        open_notes(there, two[1], "ada")
        there.locator('[name="text"]').fill("a <b>private</b> note")
        there.get_by_role("button", name="Keep it").click()
        there.get_by_text("a <b>private</b> note").wait_for()
        with there.expect_response("**/events"):
            there.reload()
        thief = Caller(cookies_of(other))
        assert thief.get(two[1]).json() == ["a <b>private</b> note"]

        here.get_by_role("button", name="Sign out everywhere").click()
        here.get_by_role("heading", name="You are signed out everywhere").wait_for()
        assert "no server accepts anything" in here.locator("#receipt").inner_text()
        for notes in two:
            assert thief.get(notes).status_code == 401
        there.wait_for_url("**/signed-out")
        assert "private" not in there.locator("body").inner_text()
        there.goto(two[1].url)
        there.get_by_role("button", name="Sign in").wait_for()
        assert not cookies_of(other)


def test_the_back_button_shows_nothing_of_a_session_that_was_ended_meanwhile(
    two: tuple[Notes, Notes], playwright: Playwright, tmp_path: Path
) -> None:
    with profile(playwright, tmp_path / "one", back_forward_cache=True) as context:
        witness(context, "secret plan")
        page = first_page(context)
        open_notes(page, two[0], "ada")
        page.locator('[name="text"]').fill("secret plan")
        page.get_by_role("button", name="Keep it").click()
        page.get_by_text("secret plan").wait_for()
        page.goto(two[0].url + "/status")
        Caller().sign_in(two[1]).sign_out(two[1], "everywhere")
        forget(page)
        page.go_back(wait_until="commit")
        until_it_says(page, "() => !document.body.innerText.includes('secret plan')")
        page.get_by_text("Sign in").first.wait_for()
        assert what_was_seen(page, "/").private_frames == 0


# What a thief gets


def test_after_each_sign_out_no_instance_takes_the_session_for_another_moment(two: tuple[Notes, Notes]) -> None:
    for turn in range(30):
        caller = Caller().sign_in(two[turn % 2], "ada")
        thief = caller.thief()
        for notes in two:
            assert thief.get(notes).status_code == 200
        receipt = caller.sign_out(two[turn % 2], ("current", "everywhere")[turn // 2 % 2])
        assert "settled-after" in receipt
        for notes in two:
            assert thief.thief().get(notes).status_code == 401


def test_an_instance_that_asks_instead_of_following_promises_the_same(server: Server, run: Run) -> None:
    follows, asks = run(server), run(server, mode="introspection")
    assert "starting" in asks.status, "it follows nothing"
    person = Caller().sign_in(follows)
    thief = person.thief()
    assert thief.get(asks).status_code == 200
    person.sign_out(follows)
    assert thief.get(asks).status_code == 401
    person.sign_in(asks)
    thief = person.thief()
    assert thief.get(follows).status_code == 200
    person.sign_out(asks, "everywhere")
    assert [thief.get(notes).status_code for notes in (follows, asks)] == [401, 401]


def test_signing_out_elsewhere_spares_this_browser_and_nobody_else_is_touched(two: tuple[Notes, Notes]) -> None:
    here, there, bystander = Caller().sign_in(two[0]), Caller().sign_in(two[1]), Caller().sign_in(two[0], "grace")
    assert "settled-after" in here.sign_out(two[0], "others")
    for notes in two:
        assert here.get(notes).status_code == 200
        assert there.thief().get(notes).status_code == 401
        assert bystander.get(notes).status_code == 200


def test_sign_ins_beside_a_sign_out_everywhere_live_or_die_as_a_whole(two: tuple[Notes, Notes]) -> None:
    for _ in range(5):
        callers = [Caller().sign_in(two[0]) for _ in range(3)]
        with ThreadPoolExecutor(8) as pool:
            later = [pool.submit(Caller().sign_in, two[n % 2]) for n in range(4)]
            pool.submit(callers[0].sign_out, two[0], "everywhere").result()
            survivors = [future.result() for future in later]
        for caller in survivors:
            assert len({caller.thief().get(notes).status_code for notes in two}) == 1, "the instances disagree"
        assert Caller().sign_in(two[1]).get(two[0]).status_code == 200


# What is said


def test_who_has_no_session_is_not_told_that_one_was_ended(two: tuple[Notes, Notes]) -> None:
    ended = Caller().sign_in(two[0])
    ended.thief().sign_out(two[0])
    for caller in (Caller(), Caller({"access": "nonsense", "refresh": "nonsense"}), ended):
        for scope in ("current", "everywhere"):
            answer = caller.thief().post(two[0], "/sign-out", {"scope": scope})
            assert answer.status_code == 200
            assert "There was no session to end" in answer.text
            assert "Settled" not in answer.text
            assert 'action="/sign-in"' in answer.text
            for name in ("access", "refresh"):
                assert f"{name}=; " in answer.headers["Set-Cookie"]


def test_junk_in_one_cookie_does_not_keep_the_other_from_signing_out(two: tuple[Notes, Notes]) -> None:
    for junk in ("access", "refresh"):
        caller = Caller().sign_in(two[0])
        assert "settled-after" in Caller(caller.cookies | {junk: "nonsense"}).sign_out(two[0])
        assert caller.get(two[1]).status_code == 401


def test_signing_out_elsewhere_says_what_became_of_it(server: Server, run: Run) -> None:
    first, frozen = run(server), run(server, lease_ms=60_000)
    here, there = Caller().sign_in(first, "grace"), Caller().sign_in(first, "grace")
    here.sign_out(first, "others")
    assert here.sign_out(first, "others") == {"nothing": ""}
    assert there.thief().get(first).status_code == 401
    there.sign_in(first, "grace")
    frozen.pause()
    assert here.sign_out(first, "others") == {"pending": ""}
    assert here.get(first).status_code == 200
    frozen.resume()


@pytest.mark.parametrize("path", ["/signed-out", "/signed-out?settled-after=3", "/signed-out?pending=1", "/sign-out"])
def test_no_address_says_that_somebody_is_signed_out_who_is_not(two: tuple[Notes, Notes], path: str) -> None:
    answer = Caller().sign_in(two[0]).get(two[0], path)
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/"
    stranger = Caller().get(two[0], path)
    assert "no server accepts" not in stranger.text


def test_a_sign_out_that_failed_can_be_tried_again_as_far_as_it_was_meant(start: Starter, run: Run) -> None:
    server = start()
    notes = run(server)
    caller = Caller().sign_in(notes)
    server.kill()
    answer = caller.post(notes, "/sign-out", {"scope": "everywhere"})
    assert answer.status_code == 503
    assert "You are still signed in" in answer.text
    assert 'value="everywhere"' in answer.text
    start(server.data, listen=server.url.removeprefix("http://"))


# What breaks


def test_an_instance_that_was_frozen_accepts_nothing_that_ended_meanwhile(server: Server, run: Run) -> None:
    first, frozen = run(server), run(server, lease_ms=LEASE_MS)
    caller = Caller().sign_in(first)
    thief = caller.thief()
    assert thief.get(frozen).status_code == 200
    frozen.pause()
    receipt = caller.sign_out(first)
    assert "settled-after" in receipt, "it is settled without the frozen one"
    frozen.resume()
    assert thief.thief().get(frozen).status_code in (401, 503)
    eventually(lambda: frozen.status.startswith("live"))
    assert thief.thief().get(frozen).status_code == 401


def test_a_sign_out_waits_for_a_killed_instance_no_longer_than_its_lease(server: Server, run: Run) -> None:
    first, killed = run(server), run(server, lease_ms=LEASE_MS)
    caller = Caller().sign_in(first)
    killed.kill()
    assert "settled-after" in caller.sign_out(first)


def test_a_person_who_signs_out_is_not_kept_waiting_for_an_instance_with_a_long_lease(server: Server, run: Run) -> None:
    first, frozen = run(server), run(server, lease_ms=60_000)
    caller = Caller().sign_in(first)
    thief = caller.thief()
    frozen.pause()
    assert caller.sign_out(first) == {"pending": ""}
    assert not caller.cookies
    assert thief.thief().get(first).status_code == 401
    frozen.resume()
    eventually(lambda: thief.thief().get(frozen).status_code == 401)


def test_an_instance_that_is_stopped_properly_keeps_nobody_waiting(server: Server, run: Run) -> None:
    first, stopped = run(server), run(server, lease_ms=60_000)
    caller = Caller().sign_in(first)
    assert caller.get(stopped).status_code == 200
    stopped.stop()
    assert int(caller.sign_out(first)["settled-after"]) < 60_000


def test_without_the_authority_nothing_is_believed_and_with_it_all_goes_on(start: Starter, run: Run) -> None:
    server = start()
    notes = run(server, lease_ms=LEASE_MS)
    caller = Caller().sign_in(notes)
    events = caller.get(notes, "/events", stream=True)
    server.kill()
    outlast_the_lease(notes)
    refused = caller.get(notes)
    assert refused.status_code == 503
    assert int(refused.headers["Retry-After"]) >= 1
    assert refused.headers["Cache-Control"] == "no-store"
    assert b"signed-out" not in events.content, "the stream has ended, though nobody knows of a sign-out"
    assert caller.post(notes, "/sign-out", {"scope": "current"}).status_code == 503
    assert "access" in caller.cookies, "the cookies are kept when the sign-out could not be made sure of"

    again = start(server.data, listen=server.url.removeprefix("http://"))
    eventually(lambda: notes.status.startswith("live"))
    assert caller.get(notes).status_code == 200
    assert "settled-after" in caller.sign_out(notes)
    assert again.running


def key_of(token: str) -> str:
    """The id of the key that signed an access token."""
    header = token.split(".")[0]
    return str(json.loads(base64.urlsafe_b64decode(header + "=" * (-len(header) % 4)))["kid"])


def test_the_first_token_of_a_new_signing_key_is_taken_everywhere(start: Starter, run: Run) -> None:
    server = start()
    one, other = run(server), run(server)
    before = Caller().sign_in(one)
    command("keys", "rotate", data=server.data)
    key = old = key_of(before.cookies["access"])
    while key == old:
        caller = Caller().sign_in(one)
        assert caller.get(other).status_code == 200
        key = key_of(caller.cookies["access"])
    assert before.get(other).status_code == 200, "the old key is trusted until its tokens have expired"


def test_when_the_signing_key_was_lost_its_tokens_are_refused_at_once(start: Starter, run: Run) -> None:
    server = start()
    notes = run(server, lease_ms=60_000)
    caller = Caller().sign_in(notes)
    assert caller.get(notes).status_code == 200
    server.stop()
    command("keys", "reset", "--yes", data=server.data)
    start(server.data, listen=server.url.removeprefix("http://"))
    token = caller.cookies["access"]
    bearer = {"Authorization": f"Bearer {token}"}
    eventually(lambda: Caller().get(notes, headers=bearer).status_code == 401)
    assert notes.status.startswith("live")
    assert Caller().sign_in(notes).get(notes).status_code == 200


# Cookies and headers


@pytest.fixture
def quick(start: Starter, run: Run) -> Notes:
    """An instance whose access tokens live for a second."""
    return run(start(settings={"tokens.access_lifetime_seconds": "1"}))


def expired(notes: Notes) -> Caller:
    """A browser whose access token has just expired."""
    caller = Caller().sign_in(notes)
    token = caller.cookies["access"]
    eventually(
        lambda: (
            requests.get(notes.url + "/notes", headers={"Authorization": f"Bearer {token}"}, timeout=60).status_code
            == 401
        )
    )
    return caller


def test_a_browser_does_not_notice_that_its_access_token_has_expired(quick: Notes) -> None:
    caller = expired(quick)
    before = caller.cookies
    answer = caller.get(quick)
    assert answer.status_code == 200
    assert caller.cookies["access"] != before["access"]
    assert caller.cookies["refresh"] != before["refresh"]
    for cookie in answer.headers["Set-Cookie"].split(", "):
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "Path=/" in cookie


def test_twenty_requests_at_once_refresh_once(quick: Notes) -> None:
    caller = expired(quick)
    thieves = [caller.thief() for _ in range(20)]
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda thief: thief.get(quick), thieves))
    assert {answer.status_code for answer in answers} == {200}
    assert len({thief.cookies["refresh"] for thief in thieves}) == 1


def test_the_new_tokens_arrive_with_an_error_too(quick: Notes) -> None:
    caller = expired(quick)
    before = caller.cookies["refresh"]
    answer = caller.post(quick, "/notes", {"nothing": "of use"})
    assert 400 <= answer.status_code < 500
    assert answer.headers["Cache-Control"] == "no-store"
    assert caller.cookies["refresh"] != before


def test_a_session_that_has_ended_is_not_refreshed_and_its_cookies_go(quick: Notes) -> None:
    caller = expired(quick)
    thief = caller.thief()
    caller.sign_out(quick)
    assert not caller.cookies
    answer = thief.get(quick)
    assert answer.status_code == 401
    assert not thief.cookies
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


def test_who_shows_nothing_is_told_to_and_who_shows_nonsense_is_told_so(two: tuple[Notes, Notes]) -> None:
    nothing = Caller().get(two[0])
    assert nothing.status_code == 401
    assert nothing.headers["WWW-Authenticate"] == 'Bearer realm="exeunt"'
    for token in ("nonsense", "", "a.b.c", "x" * 9000):
        answer = Caller().get(two[0], headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="exeunt", error="invalid_token"'
        assert answer.headers["Cache-Control"] == "no-store"
    other_scheme = Caller().get(two[0], headers={"Authorization": "Basic YTpi"})
    assert other_scheme.headers["WWW-Authenticate"] == 'Bearer realm="exeunt"'


def test_an_api_caller_needs_no_cookie(two: tuple[Notes, Notes]) -> None:
    token = Caller().sign_in(two[0]).cookies["access"]
    for scheme in ("Bearer", "bearer"):
        answer = Caller().get(two[1], headers={"Authorization": f"{scheme} {token}"})
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store"


def test_two_different_cookies_of_one_name_count_as_none(two: tuple[Notes, Notes]) -> None:
    own, planted = Caller().sign_in(two[0]).cookies["access"], Caller().sign_in(two[0], "grace").cookies["access"]
    answer = Caller().get(two[0], headers={"Cookie": f"access={planted}; access={own}"})
    assert answer.status_code == 401


@pytest.mark.parametrize("headers", FOREIGN_PAGES)
@pytest.mark.parametrize("path", ["/notes", "/sign-in", "/sign-out"])
def test_changes_that_come_from_elsewhere_are_refused(
    two: tuple[Notes, Notes], path: str, headers: dict[str, str]
) -> None:
    caller = Caller().sign_in(two[0])
    form = {"text": "planted", "name": "ada", "password": PASSWORDS["ada"]}
    assert caller.post(two[0], path, form, **headers).status_code == 403
    assert "planted" not in caller.get(two[0]).json()


def test_a_form_of_an_own_page_is_taken_whatever_way_the_browser_says_so(two: tuple[Notes, Notes]) -> None:
    caller = Caller().sign_in(two[0])
    for headers in (OWN_PAGE, {"Origin": two[0].url}):
        assert caller.post(two[0], "/notes", {"text": f"{headers}"}, **headers).status_code == 303
    assert len(caller.get(two[0]).json()) == 2
