"""The user's own test on the examples in JavaScript and Python, in real Chromium: two devices, and one signs out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, Route

from applications import DJANGO_ASGI, EXPRESS
from browser import Spy, cookies_of, first_page, profile
from history_proxy import HistoryProxy
from laptop import until, until_it_says
from notes import PASSWORDS, Caller, Notes
from server import Server

SECRET = "a secret plan"
DRAFT = "a secret draft"

STORED = """
async () => {
  const databases = {};
  for (const { name } of await indexedDB.databases()) {
    databases[name] = await new Promise((resolve, reject) => {
      const opening = indexedDB.open(name);
      opening.onerror = () => reject(opening.error);
      opening.onsuccess = async () => {
        const database = opening.result, rows = {};
        for (const store of database.objectStoreNames) {
          const all = database.transaction(store).objectStore(store).getAll();
          rows[store] = await new Promise((done) => (all.onsuccess = () => done(all.result)));
        }
        database.close();
        resolve(rows);
      };
    });
  }
  const cached = {};
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    cached[name] = {};
    for (const request of await cache.keys()) cached[name][request.url] = await (await cache.match(request)).text();
  }
  return {
    local: { ...localStorage }, session: { ...sessionStorage }, databases, caches: cached,
    workers: (await navigator.serviceWorker.getRegistrations()).map((one) => one.scope),
    cookies: document.cookie, name: window.name, state: JSON.stringify(history.state),
  };
}
"""
"""All that a browser keeps for an origin and lets scripts see."""

Browse = Callable[..., BrowserContext]


@pytest.fixture(scope="module", params=[EXPRESS, DJANGO_ASGI], ids=lambda one: one.name)
def notes(request: pytest.FixtureRequest, server: Server) -> Iterator[Notes]:
    """One instance for all tests of this file."""
    running = Notes(server, application=request.param).until_ready()
    yield running
    running.stop()


@pytest.fixture
def browse(playwright: Playwright, tmp_path: Path) -> Iterator[Browse]:
    """Opens browsers, each with a profile of its own."""
    with ExitStack() as stack:
        yield lambda name, **options: stack.enter_context(profile(playwright, tmp_path / name, **options))


def sign_in(page: Page, url: str, name: str = "ada", *, is_watched: bool = True) -> None:
    page.goto(url)
    page.locator('[name="name"]').fill(name)
    page.locator('[name="password"]').fill(PASSWORDS[name])
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("heading", name=f"Notes of {name}").wait_for()
    if is_watched:
        watched(page)


def watched(page: Page) -> None:
    """Waits until the page's script is there."""
    page.locator("html[data-ready]").wait_for(state="attached")


def write_note(page: Page, text: str, *, is_watched: bool = True) -> None:
    page.locator('[name="text"]').fill(text)
    page.get_by_role("button", name="Keep it").click()
    page.get_by_text(text).first.wait_for()
    if is_watched:
        watched(page)


def open_board(page: Page, url: str, text: str) -> None:
    """Opens the page that React draws, and lets it keep things."""
    page.goto(url + "/board")
    page.locator("#board").get_by_text(text).first.wait_for()
    watched(page)


def sign_out(page: Page, button: str = "Sign out") -> None:
    page.get_by_role("button", name=button, exact=True).click()
    page.wait_for_url("**/signed-out*")
    page.get_by_text("signed out").first.wait_for()


def shows_nothing(page: Page) -> None:
    """Waits until the page is one for strangers, and looks whether anything private is in it."""
    page.locator("text=/Sign in/").first.wait_for()
    assert SECRET not in page.content()
    assert DRAFT not in page.content()


def thief_gets_nothing(notes: Notes, cookies: dict[str, str]) -> None:
    for path in ("/", "/notes", "/board", "/exeunt/devices"):
        answer = Caller(cookies).get(notes, path)
        assert SECRET not in answer.text
        assert "Notes of" not in answer.text


def stored(page: Page) -> Any:
    """All that the browser keeps, but for Django's secret against forged requests, which each visitor has."""
    kept = page.evaluate(STORED)
    kept["cookies"] = [pair for pair in kept["cookies"].split("; ") if pair and not pair.startswith("csrftoken=")]
    return kept


def secrets_of(page: Page) -> list[str]:
    """What belongs to one session alone, as scripts see it."""
    session = page.locator('meta[name="exeunt-session"]').get_attribute("content")
    cookies = page.evaluate("document.cookie").split("; ")
    return [str(session)] + [pair.partition("=")[2] for pair in cookies if pair]


# Two devices, one signs out


def test_one_device_signs_out_the_other_goes_on_and_the_first_shows_nothing_however_it_is_asked(
    notes: Notes, browse: Browse
) -> None:
    laptop, phone = (browse(name, back_forward_cache=True) for name in ("laptop", "phone"))
    here, there = first_page(laptop), first_page(phone)
    sign_in(here, notes.url)
    write_note(here, SECRET)
    sign_in(there, notes.url)
    spy = Spy(laptop, SECRET)
    here.reload()
    here.get_by_text(SECRET).wait_for()
    with laptop.expect_page() as opened:
        here.evaluate("window.open(location.href)")
    duplicate = opened.value
    duplicate.get_by_text(SECRET).wait_for()
    watched(duplicate)
    stolen = cookies_of(laptop)
    assert spy.has_seen, "the spy is blind"

    sign_out(here)
    duplicate.wait_for_url("**/signed-out*")
    spy.forget()
    for page in (here, duplicate):
        page.go_back(wait_until="commit")
        shows_nothing(page)
        page.goto(notes.url)
        shows_nothing(page)
        page.go_back(wait_until="commit")
        # A page that leaves by itself is none that one can go forward from.
        shows_nothing(page)
        page.go_forward(wait_until="commit")
        shows_nothing(page)
    assert spy.looked
    assert not spy.has_seen
    thief_gets_nothing(notes, stolen)
    assert not {"access", "refresh"} & set(cookies_of(laptop))
    there.reload()
    there.get_by_text(SECRET).wait_for()


@pytest.mark.parametrize("is_guarded", [True, False], ids=["guarded", "without the guard"])
def test_a_page_from_the_back_forward_cache_is_shown_to_nobody_after_its_session(
    notes: Notes, browse: Browse, is_guarded: bool
) -> None:
    # Chromium keeps no page that is `no-store` and has asked for something; others do, and so does it behind this.
    proxy = HistoryProxy()
    proxy.upstream = notes.url
    if not is_guarded:
        proxy.withheld = {"/static/app.js"}
    laptop = browse("laptop", back_forward_cache=True, service_workers="block")
    spy = Spy(laptop, SECRET)
    page = first_page(laptop)
    sign_in(page, proxy.url, is_watched=is_guarded)
    write_note(page, SECRET, is_watched=is_guarded)
    page.goto(proxy.url + "/status")
    Caller().sign_in(notes).sign_out(notes, "everywhere")
    spy.forget()
    page.go_back(wait_until="commit")
    until(page, lambda: spy.restored)
    if is_guarded:
        shows_nothing(page)
        assert not spy.has_seen
    else:
        # The guard is what keeps it from being seen.
        until(page, lambda: spy.has_seen)
    proxy.stop()


def test_a_tab_that_the_browser_restores_shows_nothing(notes: Notes, playwright: Playwright, tmp_path: Path) -> None:
    with profile(playwright, tmp_path / "laptop") as laptop:
        page = first_page(laptop)
        sign_in(page, notes.url)
        write_note(page, SECRET)
    restore = ("--restore-last-session",)
    with profile(playwright, tmp_path / "laptop", arguments=restore) as laptop:
        restored = _tab_at(laptop, notes)
        restored.get_by_text(SECRET).first.wait_for()
        stolen = cookies_of(laptop)
    Caller(stolen).sign_out(notes)
    with profile(playwright, tmp_path / "laptop", arguments=restore) as laptop:
        restored = _tab_at(laptop, notes)
        shows_nothing(restored)
    thief_gets_nothing(notes, stolen)


def _tab_at(context: BrowserContext, notes: Notes) -> Page:
    """The tab that the browser brought back by itself."""
    at_notes = [page for page in context.pages if page.url.startswith(notes.url)]
    return at_notes[0] if at_notes else context.wait_for_event("page", lambda page: page.url.startswith(notes.url))


def test_pages_on_another_device_leave_by_themselves(notes: Notes, browse: Browse) -> None:
    laptop, phone = browse("laptop"), browse("phone")
    here, there = first_page(laptop), first_page(phone)
    sign_in(here, notes.url)
    sign_in(there, notes.url)
    write_note(there, SECRET)
    second = phone.new_page()
    open_board(second, notes.url, SECRET)
    sign_out(here, "Sign out everywhere")
    for page in (there, second):
        page.wait_for_url("**/signed-out*")
        assert SECRET not in page.content()


def test_signing_out_elsewhere_leaves_this_page_where_it_is(notes: Notes, browse: Browse) -> None:
    laptop, phone = browse("laptop"), browse("phone")
    here, there = first_page(laptop), first_page(phone)
    sign_in(here, notes.url)
    sign_in(there, notes.url)
    here.get_by_role("button", name="Sign out elsewhere").click()
    there.wait_for_url("**/signed-out*")
    here.reload()
    here.get_by_role("heading", name="Notes of ada").wait_for()


# User B after user A


def test_the_next_person_never_sees_a_byte_of_the_one_before(notes: Notes, browse: Browse) -> None:
    laptop = browse("laptop", back_forward_cache=True)
    page = first_page(laptop)
    page.goto(notes.url)
    before = stored(page)
    sign_in(page, notes.url)
    write_note(page, SECRET)
    open_board(page, notes.url, SECRET)
    page.locator("#board textarea, #board input").first.fill(DRAFT)
    _until_kept(page)
    kept = stored(page)
    words = [SECRET, DRAFT, *secrets_of(page)]

    page.get_by_role("button", name="Sign out", exact=True).click()
    page.wait_for_url("**/signed-out*")
    after = stored(page)
    assert after == before, f"before: {before}\nafter: {after}\nmeanwhile: {kept}"
    assert not [word for word in words if word in page.evaluate("document.cookie")]

    sign_in(page, notes.url, "grace")
    open_board(page, notes.url, "")
    _nothing_of(words, page)
    for _ in range(6):
        page.go_back(wait_until="commit")
        # The page is asked, since one that comes from the cache loads nothing that could be waited for.
        until_it_says(page, "() => document.readyState === 'complete'")
        _nothing_of(words, page)
    thief = first_page(laptop)
    assert all(word not in json.dumps(stored(thief)) for word in words)


def _until_kept(page: Page) -> None:
    """Until the page has kept what is private in each of the places that it has."""
    until_it_says(
        page,
        """async ([secret, draft, collect]) => {
          const has = (what, word) => JSON.stringify(what).includes(word);
          const kept = await eval(collect)();
          return has(kept.local, draft) && has(kept.databases, secret) && has(kept.caches, secret);
        }""",
        [SECRET, DRAFT, STORED],
    )


def _nothing_of(words: list[str], page: Page) -> None:
    seen = page.content()
    assert not [word for word in words if word in seen], page.url
    if page.url.startswith("http"):
        kept = json.dumps(stored(page))
        assert not [word for word in words if word in kept], kept


def test_an_answer_that_comes_after_the_sign_out_is_not_kept_nor_shown(notes: Notes, browse: Browse) -> None:
    laptop = browse("laptop", service_workers="block")
    page = first_page(laptop)
    sign_in(page, notes.url)
    write_note(page, SECRET)
    page.goto(notes.url + "/status")
    empty = stored(page)
    held: list[Route] = []
    laptop.route("**/notes", lambda route: held.append(route))
    page.goto(notes.url + "/board")
    watched(page)
    until(page, lambda: bool(held))
    other = laptop.new_page()
    other.goto(notes.url)
    watched(other)
    sign_out(other)
    for route in held:
        # The browser may have given the question up meanwhile, which is as good.
        try:
            route.fulfill(json=[SECRET])
        except Exception as error:
            print(error)
    page.wait_for_url("**/signed-out*")
    assert SECRET not in page.content()
    assert stored(page)["databases"] == empty["databases"]
    assert SECRET not in json.dumps(stored(page))


# Without a network


@pytest.mark.parametrize("return_by", ["the page itself", "a new page"])
def test_a_sign_out_without_a_network_holds_at_once_and_is_told_before_anything_else_is_sent(
    notes: Notes, browse: Browse, return_by: str
) -> None:
    proxy = HistoryProxy()
    proxy.upstream = notes.url
    laptop = browse("laptop", service_workers="block")
    page = first_page(laptop)
    page.goto(proxy.url)
    before = stored(page)
    sign_in(page, proxy.url)
    write_note(page, SECRET)
    open_board(page, proxy.url, SECRET)
    stolen = cookies_of(laptop)
    laptop.set_offline(True)
    page.get_by_role("button", name="Sign out", exact=True).click()
    until_it_says(page, "(secret) => !document.documentElement.innerHTML.includes(secret)", SECRET)
    assert Caller(stolen).get(notes).status_code == 200, "the server does not know yet"

    proxy.asked.clear()
    if return_by == "the page itself":
        laptop.set_offline(False)
        page.wait_for_url("**/signed-out*")
    else:
        # With its last tab a browser forgets the cookies of a session.
        page, left = laptop.new_page(), page
        left.close()
        laptop.set_offline(False)
        page.goto(proxy.url)
        shows_nothing(page)
    until(page, lambda: Caller(stolen).get(notes).status_code == 401)
    thief_gets_nothing(notes, stolen)
    path, cookies = proxy.asked[0]
    assert path == "/exeunt/logout" or "signing-out=" in cookies, (path, cookies)
    page.goto(proxy.url)
    shows_nothing(page)
    assert stored(page) == before
    assert not {"access", "refresh", "signing-out"} & set(cookies_of(laptop))
    proxy.stop()
