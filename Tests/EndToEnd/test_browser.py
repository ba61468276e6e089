"""The user's own test, in real Chromium: sign in on two devices, sign out on one, and it is over."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Playwright

from browser import (
    change_password,
    cookies_of,
    end_device,
    first_page,
    forget,
    looks_private,
    profile,
    sign_in,
    sign_out,
    what_was_seen,
    witness,
)
from exeunt import (
    ACCOUNT,
    DEVICES,
    LOGIN,
    OPENAPI,
    PATIENCE,
    REMEMBER_COOKIE,
    SECURE_REMEMBER_COOKIE,
    SECURE_SESSION_COOKIE,
    SESSION_COOKIE,
    SIGNED_OUT,
    Account,
    expect,
)
from film import filming, paint_private_pages
from history_proxy import HistoryProxy
from server import Server, Starter
from tls import start_with_tls

SAFARI = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.5 Safari/605.1.15"
)
NOTE_WHEN_GONE = """
(word) => new MutationObserver(() => {
  if (!document.body.innerText.includes(word) && !sessionStorage.getItem("gone"))
    sessionStorage.setItem("gone", Date.now());
}).observe(document.documentElement, { subtree: true, childList: true, attributes: true })
"""
"""Notes the moment at which a word can no longer be seen on the page."""

Browse = Callable[..., Page]


@pytest.fixture
def browse(playwright: Playwright, tmp_path: Path) -> Iterator[Browse]:
    """Opens browsers, each with a profile of its own, and gives the first tab."""
    with ExitStack() as stack:

        def open_profile(name: str, *private: str, **options: Any) -> Page:
            context = stack.enter_context(profile(playwright, tmp_path / name, **options))
            if private:
                witness(context, *private)
                paint_private_pages(context)
            return first_page(context)

        yield open_profile


@dataclass
class Place:
    """A server, the URL that the browsers use, and what their history does."""

    server: Server
    url: str
    cached: bool
    surely_cached: bool


@pytest.fixture(params=["history without a cache", "back/forward cache", "back/forward cache in spite of no-store"])
def place(request: pytest.FixtureRequest, start: Starter) -> Iterator[Place]:
    """Chromium's history in its three ways: off, on, and on for pages that say `no-store`, as Firefox and Safari do."""
    cached, surely = "cache" in request.param.removesuffix("a cache"), "in spite" in request.param
    if surely:
        proxy = HistoryProxy()
        server = start(settings={"public_url": proxy.url})
        proxy.upstream = server.url
        yield Place(server, proxy.url, cached, surely)
        proxy.stop()
    else:
        server = start()
        yield Place(server, server.url, cached, surely)


@pytest.fixture
def proxied(start: Starter) -> Iterator[tuple[Server, HistoryProxy]]:
    """A server behind the proxy that lets Chromium keep every page."""
    proxy = HistoryProxy()
    server = start(settings={"public_url": proxy.url})
    proxy.upstream = server.url
    yield server, proxy
    proxy.stop()


def go_back_and_watch(page: Page, path: str) -> list[int]:
    """Presses Back until the page has settled; gives how much of each frame was private."""
    settle(page)
    forget(page)
    with filming(page) as film:
        page.go_back(wait_until="commit")
        page.wait_for_url(lambda url: path not in url.partition("?")[0], wait_until="load")
        settle(page)
    return film.pink_pixels(page.context)


def settle(page: Page) -> None:
    """Lets twenty more frames be painted, on whichever page it comes to."""
    page.wait_for_function(
        "(name) => document.readyState === 'complete' && (window[name] = (window[name] ?? 0) + 1) > 20",
        arg=f"settled {time.monotonic()}",
        polling="raf",
    )


def is_let_in(server: Server, cookies: dict[str, str]) -> bool:
    """Whether a thief with these cookies is let in."""
    return server.visitor().carry(cookies).is_signed_in()


def device_names(page: Page) -> str:
    """What the list of devices shows."""
    return page.locator("main").inner_text()


def test_two_devices_one_signs_out_the_other_goes_on_and_back_shows_nothing_private(
    place: Place, browse: Browse
) -> None:
    account = place.server.accounts[0]
    laptop = browse("laptop", account.email, "Safari", back_forward_cache=place.cached)
    phone = browse("phone", user_agent=SAFARI, back_forward_cache=place.cached)
    sign_in(laptop, place.url, account)
    sign_in(phone, place.url, account, remember=True)
    laptop.reload()
    for page in (laptop, phone):
        shown = device_names(page)
        assert "Chrom" in shown and "Linux" in shown and "Safari" in shown and "macOS" in shown, shown
        assert shown.lower().count("this device") == 1, shown
    settle(laptop)
    assert what_was_seen(laptop, DEVICES).private_frames > 0, "the witness is blind"
    stolen = cookies_of(laptop.context)

    sign_out(laptop)
    pink = go_back_and_watch(laptop, DEVICES)

    seen = what_was_seen(laptop, DEVICES)
    print(f"restored from the cache: {seen.restored}, frames: {seen.frames}, private in each shown: {pink}")
    assert seen.restored or not place.surely_cached, "the page was not restored, so nothing was shown"
    assert seen.private_frames == 0 and not any(pink), "something private was painted after the sign-out"
    assert not looks_private(laptop, account.email, "Safari")
    assert not is_let_in(place.server, stolen), "a copied cookie still works"
    phone.reload()
    assert "Safari" in device_names(phone) and "Chrom" not in device_names(phone)


def test_a_page_in_history_whose_session_is_ended_elsewhere_shows_nothing_when_it_comes_back(
    place: Place, browse: Browse
) -> None:
    account = place.server.accounts[0]
    laptop = browse("laptop", account.email, back_forward_cache=place.cached)
    sign_in(laptop, place.url, account)
    session_id = laptop.evaluate("fetch('/session').then((r) => r.json())")["session_id"]
    laptop.goto(place.url + OPENAPI)
    expect(place.server.authority().end(subject_of(place.server, laptop), session_id), 200)

    pink = go_back_and_watch(laptop, DEVICES)

    seen = what_was_seen(laptop, DEVICES)
    print(f"restored from the cache: {seen.restored}, frames: {seen.frames}, private in each shown: {pink}")
    assert seen.restored or not place.surely_cached
    assert seen.private_frames == 0, "the page let itself be painted before it knew that the session is over"
    # Chromium may show its last picture of a restored page until that page paints again, before any script runs. It
    # restores none of ours, but for the proxy; a browser that does restore them is a matter of its own pictures.
    assert place.surely_cached or not any(pink)
    assert not looks_private(laptop, account.email)


def subject_of(server: Server, page: Page) -> str:
    """The subject of the session that a browser has."""
    return str(server.visitor().carry(cookies_of(page.context)).session()["subject"])


def test_a_page_that_comes_back_while_the_session_lives_shows_itself_again(
    proxied: tuple[Server, HistoryProxy], browse: Browse
) -> None:
    server, proxy = proxied
    account = server.accounts[0]
    page = browse("laptop", account.email, back_forward_cache=True)
    sign_in(page, proxy.url, account)
    page.goto(proxy.url + OPENAPI)
    forget(page)
    page.go_back(wait_until="commit")
    page.get_by_text(account.email).first.wait_for(state="visible")
    settle(page)
    seen = what_was_seen(page, DEVICES)
    assert seen.restored and seen.private_frames > 0


def test_the_witness_would_see_a_page_that_does_not_hide_itself(
    proxied: tuple[Server, HistoryProxy], browse: Browse
) -> None:
    server, proxy = proxied
    account = server.accounts[0]
    page = browse("laptop", account.email, back_forward_cache=True)
    devices = server.visitor().sign_in(account).get(DEVICES).text
    proxy.withheld = set(re.findall(r'<script[^>]* src="([^"]+)"', devices))
    assert proxy.withheld
    sign_in(page, proxy.url, account)
    sign_out(page)
    forget(page)
    with filming(page) as film:
        page.go_back(wait_until="commit")
        settle(page)
    seen = what_was_seen(page, DEVICES)
    assert seen.restored and seen.private_frames > 0 and any(film.pink_pixels(page.context))


def test_all_four_credentials_of_a_session_are_refused_after_its_browser_signed_out(
    start: Starter, browse: Browse
) -> None:
    server = start()
    authority = server.authority()
    opened = authority.open("user-1", remember=True, device={"user_agent": SAFARI, "label": "Kitchen"})
    page = browse("laptop")
    cookies = {SESSION_COOKIE: opened.session_token, REMEMBER_COOKIE: opened.remember_token or ""}
    page.context.add_cookies([{"name": name, "value": value, "url": server.url} for name, value in cookies.items()])
    page.goto(server.url + DEVICES)
    assert "Kitchen" in device_names(page)
    renewed = expect(authority.refresh(opened.refresh_token), 200).json()
    stolen = cookies_of(page.context)
    sign_out(page)

    assert cookies_of(page.context) == {}
    for token in (*stolen.values(), opened.access_token, renewed["access_token"], renewed["refresh_token"]):
        assert authority.introspect(token) == {"active": False}
    for token in (opened.refresh_token, renewed["refresh_token"]):
        assert expect(authority.refresh(token), 400).json()["error"] == "invalid_grant"
    expect(authority.resume(stolen[REMEMBER_COOKIE]), 401)
    for thief in (stolen, *({name: value} for name, value in stolen.items())):
        assert not is_let_in(server, thief), f"let in with {sorted(thief)}"
    assert authority.sessions("user-1") == []


def test_signing_out_everywhere_ends_an_open_page_elsewhere_and_it_says_so_by_itself(
    start: Starter, browse: Browse
) -> None:
    server = start()
    account = server.accounts[0]
    second, third = browse("second", user_agent=SAFARI), browse("third", account.email)
    sign_in(second, server.url, account)
    sign_in(third, server.url, account, remember=True)
    tab = third.context.new_page()
    tab.goto(server.url + ACCOUNT)
    stolen = cookies_of(third.context)
    for page in (third, tab):
        page.evaluate(NOTE_WHEN_GONE, account.email)
    clicked = second.evaluate("Date.now()")

    sign_out(second, "everywhere")

    for name, page in (("devices", third), ("account", tab)):
        page.wait_for_url("**" + SIGNED_OUT + "**")
        assert "signed out" in page.locator("main").inner_text().lower()
        took = page.evaluate("Number(sessionStorage.getItem('gone'))") - clicked
        print(f"the open {name} page showed nothing private any more {took} ms after the click")
        assert 0 < took < PATIENCE * 100, "that is not by itself, that is by chance"
    assert not is_let_in(server, stolen)
    third.reload()
    third.goto(server.url + DEVICES)
    assert LOGIN in third.url


def test_a_sign_out_empties_what_pages_of_this_origin_had_stored(start: Starter, browse: Browse) -> None:
    server = start()
    page = browse("laptop")
    sign_in(page, server.url, server.accounts[0])
    page.evaluate("localStorage.setItem('cache', 'of an app'); sessionStorage.setItem('draft', 'of a letter')")
    page.evaluate("new Promise((done) => (indexedDB.open('app').onsuccess = done))")
    sign_out(page)
    assert page.evaluate("localStorage.length") == 0
    assert page.evaluate("indexedDB.databases().then((all) => all.length)") == 0
    assert cookies_of(page.context) == {}


def test_over_tls_the_browser_takes_the_prefixed_cookies_and_the_logout_deletes_them(
    start: Starter, browse: Browse, tmp_path: Path
) -> None:
    server = start_with_tls(start, tmp_path)
    page = browse("laptop", ignore_https_errors=True)
    sign_in(page, server.url, server.accounts[0], remember=True)
    kept = page.context.cookies()
    assert {one.get("name") for one in kept} == {SECURE_SESSION_COOKIE, SECURE_REMEMBER_COOKIE}
    assert all(one.get("secure") and one.get("httpOnly") and one.get("sameSite") == "Lax" for one in kept)
    sign_out(page)
    assert cookies_of(page.context) == {}
    page.go_back()
    assert not looks_private(page, server.accounts[0].email)


def test_a_sign_out_in_one_tab_is_noticed_in_the_other(start: Starter, browse: Browse) -> None:
    server = start()
    account = server.accounts[0]
    tab = browse("laptop")
    sign_in(tab, server.url, account)
    other = tab.context.new_page()
    other.goto(server.url + DEVICES)
    sign_out(tab)
    other.wait_for_url("**" + SIGNED_OUT + "**")
    other.go_back()
    assert not looks_private(other, account.email)


def test_ending_one_device_from_the_list_ends_that_one_alone(start: Starter, browse: Browse) -> None:
    server = start()
    account = server.accounts[0]
    laptop, phone, third = browse("laptop"), browse("phone", user_agent=SAFARI), server.visitor().sign_in(account)
    sign_in(laptop, server.url, account)
    sign_in(phone, server.url, account)
    laptop.reload()
    end_device(laptop, phone.evaluate("fetch('/session').then((r) => r.json())")["session_id"])
    phone.wait_for_url("**" + SIGNED_OUT + "**")
    assert "Safari" not in device_names(laptop) and third.is_signed_in()


def test_a_password_change_that_keeps_this_device_ends_the_rest_and_gives_this_one_a_new_handle(
    start: Starter, browse: Browse
) -> None:
    server = start()
    account = server.accounts[0]
    laptop, phone = browse("laptop"), browse("phone", user_agent=SAFARI)
    sign_in(phone, server.url, account, remember=True)
    sign_in(laptop, server.url, account)
    before, stolen = cookies_of(laptop.context), cookies_of(phone.context)
    change_password(laptop, server.url, account.password, "a-better-password", keep=True)
    phone.wait_for_url("**" + SIGNED_OUT + "**")
    assert not is_let_in(server, stolen)
    laptop.goto(server.url + DEVICES)
    assert "Safari" not in device_names(laptop) and "Chrom" in device_names(laptop)
    after = cookies_of(laptop.context)
    assert after[SESSION_COOKIE] != before[SESSION_COOKIE] and is_let_in(server, after)
    assert not is_let_in(server, before), "whoever copied the handle before the change is still in"
    assert server.visitor().try_sign_in(account.email, account.password).status_code == 401
    assert server.visitor().sign_in(Account(account.email, "a-better-password")).is_signed_in()


def test_a_password_change_that_keeps_nothing_ends_this_device_too(start: Starter, browse: Browse) -> None:
    server = start()
    account = server.accounts[0]
    laptop = browse("laptop")
    sign_in(laptop, server.url, account, remember=True)
    stolen = cookies_of(laptop.context)
    change_password(laptop, server.url, account.password, "a-better-password", keep=False)
    laptop.goto(server.url + DEVICES)
    assert LOGIN in laptop.url and not is_let_in(server, stolen)


def test_all_of_it_works_without_javascript(start: Starter, browse: Browse) -> None:
    server = start()
    account = server.accounts[0]
    laptop = browse("laptop", java_script_enabled=False)
    phone = browse("phone", user_agent=SAFARI, java_script_enabled=False)
    third = server.visitor().sign_in(account)
    sign_in(phone, server.url, account)
    sign_in(laptop, server.url, account)
    phone_session = server.visitor().carry(cookies_of(phone.context)).session()["session_id"]
    assert "Safari" in device_names(laptop)
    end_device(laptop, phone_session)
    phone.reload()
    assert LOGIN in phone.url and third.is_signed_in()
    sign_out(laptop, "others")
    assert not third.is_signed_in() and "Chrom" in device_names(laptop)
    change_password(laptop, server.url, account.password, "a-better-password", keep=True)
    stolen = cookies_of(laptop.context)
    laptop.goto(server.url + DEVICES)
    sign_out(laptop)
    assert not is_let_in(server, stolen)
    laptop.go_back()
    assert not looks_private(laptop, account.email)
    sign_in(laptop, server.url, Account(account.email, "a-better-password"))
    sign_out(laptop, "everywhere")
    laptop.goto(server.url + ACCOUNT)
    assert LOGIN in laptop.url
