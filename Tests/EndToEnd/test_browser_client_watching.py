"""The browser client watches in real Chromium: tabs, the stream of events, the back/forward cache."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from browser import Spy
from laptop import WITHOUT_LOCKS, Laptop, is_signed_out, opened, ready, stored, until

WITHOUT_MESSAGES = "delete globalThis.BroadcastChannel;"
COME_FORWARD = "document.dispatchEvent(new Event('visibilitychange'))"
CALL_ROLL = """
() => new Promise((done) => {
  new BroadcastChannel("exeunt:/exeunt").onmessage = ({ data }) => data.kind === "holder" && done();
  document.dispatchEvent(new Event("visibilitychange"));
})
"""
"""Comes forward, and waits until the tab that has the stream says so."""


@pytest.fixture
def laptop(playwright: Playwright, tmp_path: Path) -> Iterator[Laptop]:
    with opened(playwright, tmp_path / "laptop", back_forward_cache=True) as laptop:
        yield laptop


# Tabs


def test_a_session_that_ends_elsewhere_ends_in_every_tab_over_one_stream(laptop: Laptop) -> None:
    laptop.double.options = "{ clear: { localStorage: true } }"
    session = laptop.sign_in()
    tabs = [laptop.page, laptop.open(), laptop.open("/another")]
    for page in tabs:
        page.evaluate("localStorage.setItem('notes', 'private'); sessionStorage.setItem('notes', 'private')")
    until(laptop.page, lambda: laptop.double.streams == 1)
    assert laptop.double.times("/exeunt/events") == 1
    laptop.double.end(session)
    for page in tabs:
        is_signed_out(page)
        left = stored(page)
        assert left["local"] == {} and left["session"] == {}


def test_when_the_tab_that_has_the_stream_is_closed_another_takes_it(laptop: Laptop) -> None:
    session = laptop.sign_in()
    until(laptop.page, lambda: laptop.double.streams == 1)
    heir = laptop.open()
    laptop.page.close()
    until(heir, lambda: laptop.double.times("/exeunt/events") == 2)
    laptop.double.end(session)
    is_signed_out(heir)


def test_a_tab_that_comes_forward_takes_the_stream_from_one_that_the_system_has_put_to_sleep(laptop: Laptop) -> None:
    session = laptop.sign_in()
    until(laptop.page, lambda: laptop.double.streams == 1)
    tab = laptop.open()
    tab.evaluate(CALL_ROLL)
    sleeper = laptop.context.new_cdp_session(laptop.page)
    sleeper.send("Debugger.enable")
    asleep: list[object] = []
    sleeper.on("Debugger.paused", lambda event: asleep.append(event))
    laptop.page.evaluate("void setTimeout(() => { debugger; })")
    until(tab, lambda: bool(asleep))
    tab.evaluate(COME_FORWARD)
    until(tab, lambda: laptop.double.times("/exeunt/events") >= 2)
    laptop.double.end(session)
    is_signed_out(tab)
    sleeper.send("Debugger.resume")
    is_signed_out(laptop.page)


def test_a_sign_out_in_one_tab_is_known_in_the_others_at_once(laptop: Laptop) -> None:
    laptop.double.offers_events = False
    laptop.sign_in()
    other = laptop.open()
    asked = laptop.double.times("/exeunt/session")
    laptop.page.evaluate("exeunt.signOut()")
    is_signed_out(other)
    is_signed_out(laptop.page)
    assert laptop.double.times("/exeunt/session") == asked


def test_a_tab_leaves_when_somebody_else_signs_in_and_takes_nothing_of_theirs_along(laptop: Laptop) -> None:
    laptop.double.options = "{ clear: { localStorage: true } }"
    laptop.sign_in("ada")
    laptop.page.evaluate("localStorage.setItem('draft', 'of ada')")
    other = laptop.context.new_page()
    gate = laptop.double.gate("/exeunt/session")
    laptop.sign_in("grace", other)
    assert other.evaluate("localStorage.getItem('draft')") is None
    other.evaluate("localStorage.setItem('draft', 'of grace')")
    gate.open()
    is_signed_out(laptop.page)
    assert other.evaluate("localStorage.getItem('draft')") == "of grace"
    assert other.get_by_role("heading", name="Private notes of grace").is_visible()


def test_a_tab_asks_anew_when_it_comes_forward(laptop: Laptop) -> None:
    laptop.sign_in("ada")
    until(laptop.page, lambda: laptop.double.streams == 1)
    grace = laptop.double.open_session("grace")
    laptop.context.add_cookies([{"name": "access", "value": grace, "url": laptop.double.url}])
    laptop.page.evaluate(COME_FORWARD)
    is_signed_out(laptop.page)


def test_where_no_events_are_offered_every_tab_asks_for_itself(laptop: Laptop) -> None:
    laptop.double.offers_events = False
    session = laptop.sign_in()
    other = laptop.open()
    until(other, lambda: laptop.double.times("/exeunt/events") == 2)
    asked = laptop.double.times("/exeunt/session")
    until(other, lambda: laptop.double.times("/exeunt/session") >= asked + 2)
    assert laptop.double.times("/exeunt/events") == 2
    laptop.double.end(session)
    is_signed_out(other)
    is_signed_out(laptop.page)


def test_a_stream_that_is_refused_is_opened_anew(laptop: Laptop) -> None:
    laptop.double.statuses["/exeunt/events"] = 503
    session = laptop.sign_in()
    until(laptop.page, lambda: laptop.double.times("/exeunt/events") >= 2)
    laptop.double.statuses.clear()
    until(laptop.page, lambda: laptop.double.streams == 1)
    assert laptop.page.get_by_role("heading", name="Private notes of ada").is_visible()
    laptop.double.end(session)
    is_signed_out(laptop.page)


@pytest.mark.parametrize(
    "missing", [WITHOUT_LOCKS, WITHOUT_MESSAGES, WITHOUT_LOCKS + WITHOUT_MESSAGES], ids=["locks", "messages", "both"]
)
def test_without_what_an_older_browser_lacks_it_goes_on_with_a_stream_a_tab(laptop: Laptop, missing: str) -> None:
    laptop.context.add_init_script(missing)
    laptop.sign_in()
    other = laptop.open()
    until(other, lambda: laptop.double.streams == 2)
    laptop.double.sessions[laptop.cookies["access"]].is_stale = True
    answers = "Promise.all([1, 2, 3].map(() => exeunt.fetch('/notes').then(({ ok }) => ok)))"
    assert other.evaluate(answers) == [True, True, True]
    assert laptop.double.times("/exeunt/refresh") == 1
    laptop.page.evaluate("exeunt.signOut()")
    is_signed_out(laptop.page)
    is_signed_out(other)


def test_a_page_that_does_not_know_its_session_asks_whose_it_is_and_goes_with_it(laptop: Laptop) -> None:
    session = laptop.sign_in()
    page = laptop.open("/bare")
    page.evaluate("exeunt.ready")
    laptop.page.close()
    laptop.double.end(session)
    is_signed_out(page)


# Back


@pytest.mark.parametrize("watches", [True, False], ids=["with the guard", "without it"])
def test_back_shows_a_page_to_nobody_once_its_session_is_over(laptop: Laptop, watches: bool) -> None:
    laptop.double.pages_watch = watches
    spy = Spy(laptop.context, "Private notes")
    session = laptop.sign_in()
    until(laptop.page, lambda: spy.has_seen)
    laptop.page.goto(laptop.double.url + "/plain")
    laptop.double.end(session)
    spy.forget()
    laptop.page.go_back(wait_until="commit")
    until(laptop.page, lambda: spy.restored and spy.looked)
    if watches:
        is_signed_out(laptop.page)
    assert spy.restored, "the page was not kept, so nothing could be seen"
    assert spy.has_seen != watches


def test_back_after_a_sign_out_shows_no_page_of_before(laptop: Laptop) -> None:
    spy = Spy(laptop.context, "Private notes")
    laptop.sign_in()
    laptop.page.goto(laptop.double.url + "/another")
    ready(laptop.page)
    laptop.page.evaluate("exeunt.signOut()")
    is_signed_out(laptop.page)
    spy.forget()
    laptop.page.go_back(wait_until="commit")
    until(laptop.page, lambda: spy.restored)
    is_signed_out(laptop.page)
    assert not spy.has_seen
    laptop.page.go_forward(wait_until="commit")
    assert "Private" not in laptop.page.content()


def test_back_after_a_sign_out_without_a_network_shows_nothing_either(laptop: Laptop) -> None:
    spy = Spy(laptop.context, "Private notes")
    laptop.sign_in()
    laptop.page.goto(laptop.double.url + "/another")
    ready(laptop.page)
    laptop.double.is_cut_off = True
    laptop.page.evaluate("exeunt.signOut()")
    spy.forget()
    laptop.page.go_back(wait_until="commit")
    until(laptop.page, lambda: spy.restored)
    laptop.page.locator(".exeunt-farewell").wait_for()
    assert not spy.has_seen and "Private" not in laptop.page.content()
    laptop.double.is_cut_off = False
    is_signed_out(laptop.page)


def test_back_shows_a_page_again_where_it_was_while_the_session_lives(laptop: Laptop) -> None:
    spy = Spy(laptop.context, "Private notes")
    session = laptop.sign_in()
    laptop.page.evaluate("scrollTo(0, 500)")
    laptop.page.goto(laptop.double.url + "/plain")
    spy.forget()
    gate = laptop.double.gate("/exeunt/session")
    laptop.page.go_back(wait_until="commit")
    laptop.page.get_by_text("Checking that you are still signed in").wait_for()
    assert spy.restored and not spy.has_seen
    gate.open()
    laptop.page.get_by_role("heading", name="Private notes of ada").wait_for()
    assert laptop.page.locator(".exeunt-veil").count() == 0
    assert laptop.page.evaluate("scrollY") == 500
    until(laptop.page, lambda: laptop.double.streams == 1)
    laptop.double.end(session)
    is_signed_out(laptop.page)


def test_back_shows_nothing_while_it_cannot_be_known_whose_the_page_is(laptop: Laptop) -> None:
    spy = Spy(laptop.context, "Private notes")
    laptop.sign_in()
    laptop.page.goto(laptop.double.url + "/plain")
    spy.forget()
    laptop.double.statuses["/exeunt/session"] = 503
    laptop.page.go_back(wait_until="commit")
    laptop.page.get_by_text("cannot be confirmed").wait_for()
    assert spy.restored and not spy.has_seen
    laptop.double.statuses.clear()
    laptop.page.get_by_role("button", name="Try again").click()
    laptop.page.get_by_role("heading", name="Private notes of ada").wait_for()


def test_back_shows_nobody_the_page_of_another(laptop: Laptop) -> None:
    spy = Spy(laptop.context, "of ada")
    laptop.double.options = "{ clear: { localStorage: true } }"
    laptop.sign_in("ada")
    laptop.page.goto(laptop.double.url + "/plain")
    laptop.sign_in("grace")
    laptop.page.evaluate("for (const store of [localStorage, sessionStorage]) store.setItem('theme', 'dark')")
    spy.forget()
    laptop.page.evaluate("void history.go(-2)")
    until(laptop.page, lambda: spy.restored)
    is_signed_out(laptop.page)
    assert not spy.has_seen
    left = stored(laptop.page)
    assert "theme" in left["local"] and "theme" in left["session"], "that was the other one's"
