"""The browser client signs out without a network: it clears at once, says what is so, and tells the server first."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright

from laptop import FILL, Laptop, error_of, is_signed_out, opened, ready, stored, until
from tls import self_signed

CLEAR = "{ clear: { localStorage: true, indexedDB: true, caches: true } }"


@pytest.fixture
def laptop(playwright: Playwright, tmp_path: Path) -> Iterator[Laptop]:
    with opened(playwright, tmp_path / "laptop") as laptop:
        laptop.double.options = CLEAR
        yield laptop


def sign_out_offline(laptop: Laptop, scope: str = "current") -> str:
    """Signs in, cuts the network, signs out, and forgets what was asked until then."""
    session = laptop.sign_in()
    laptop.page.evaluate(FILL)
    laptop.context.set_offline(True)
    assert laptop.page.evaluate(f"exeunt.signOut({{ scope: '{scope}' }})") is None, "a receipt that nobody has given"
    laptop.double.asked.clear()
    return session


def move_to_a_new_tab(laptop: Laptop) -> Page:
    """Opens another tab before the first one is closed: with the last one a browser forgets the session's cookies."""
    page = laptop.context.new_page()
    laptop.page.close()
    laptop.page = page
    return page


@pytest.mark.parametrize("scope", ["current", "everywhere"])
def test_it_clears_at_once_says_what_is_so_and_tells_the_server_when_there_is_a_network(
    laptop: Laptop, scope: str
) -> None:
    other = laptop.double.open_session("ada")
    session = sign_out_offline(laptop, scope)
    page, double = laptop.page, laptop.double
    said = page.locator(".exeunt-farewell").inner_text()
    assert "the session ends as soon as the server can be reached" in said and "have been signed out" not in said
    assert "Private" not in page.content() and "private" not in str(stored(page))
    assert laptop.cookies["signing-out"] == f"{scope}.{session}"
    cookie = next(one for one in laptop.context.cookies() if one.get("name") == "signing-out")
    assert cookie.get("sameSite") == "Lax" and cookie.get("path") == "/"
    assert not double.sessions[session].ended.is_set()

    laptop.context.set_offline(False)

    is_signed_out(page)
    assert double.asked[0].cookies["signing-out"] == f"{scope}.{session}"
    assert double.sessions[session].ended.is_set()
    assert double.sessions[other].ended.is_set() == (scope == "everywhere")
    assert not {"signing-out", "access"} & set(laptop.cookies)


@pytest.mark.parametrize("way", ["reload", "a new tab"])
def test_the_first_request_with_a_network_tells_the_server_before_it_is_answered(laptop: Laptop, way: str) -> None:
    session = sign_out_offline(laptop)
    page = laptop.page
    if way == "reload":
        with pytest.raises(Exception, match="ERR_INTERNET_DISCONNECTED"):
            page.reload()
    else:
        page = move_to_a_new_tab(laptop)
    laptop.context.set_offline(False)
    page.goto(laptop.double.url)
    assert laptop.double.asked[0].cookies["signing-out"] == f"current.{session}"
    assert laptop.double.sessions[session].ended.is_set()
    assert page.get_by_role("heading").inner_text() == "Sign in"
    assert not {"signing-out", "access"} & set(laptop.cookies)


def test_where_the_server_does_not_heed_the_cookie_the_next_page_wipes_itself_and_posts(laptop: Laptop) -> None:
    laptop.double.heeds_cookie = False
    laptop.double.script = "exeunt.fetch('/notes').catch((error) => (window.refused = error.name));"
    session = sign_out_offline(laptop, "everywhere")
    page = move_to_a_new_tab(laptop)
    laptop.context.set_offline(False)
    gate = laptop.double.gate("/exeunt/logout")
    page.goto(laptop.double.url)
    gate.until(1)
    assert page.evaluate("window.refused") == "SignedOutError"
    assert "Private" not in page.content()
    gate.open()
    is_signed_out(page)
    assert laptop.double.sessions[session].ended.is_set() and laptop.double.times("/notes") == 0
    assert '"everywhere"' in next(one.body for one in laptop.double.asked if one.path == "/exeunt/logout")
    assert "signing-out" not in laptop.cookies


def test_on_a_page_that_does_not_know_its_session_nothing_is_sent_before_the_server_is_told(laptop: Laptop) -> None:
    laptop.double.heeds_cookie = False
    laptop.double.script = "window.answer = exeunt.fetch('/notes').then(({ status }) => status);"
    sign_out_offline(laptop)
    page = move_to_a_new_tab(laptop)
    laptop.context.set_offline(False)
    page.goto(laptop.double.url + "/bare")
    assert page.evaluate("window.answer") == 401
    paths = [one.path for one in laptop.double.asked if not one.path.endswith(".js") and one.path != "/bare"]
    assert paths.index("/exeunt/logout") < paths.index("/notes")


def test_a_server_that_cannot_end_it_yet_is_told_again(laptop: Laptop) -> None:
    session = sign_out_offline(laptop)
    laptop.double.statuses["/exeunt/session"] = 503
    laptop.context.set_offline(False)
    until(laptop.page, lambda: laptop.double.times("/exeunt/session") >= 2)
    assert laptop.cookies["signing-out"] == f"current.{session}"
    laptop.double.statuses.clear()
    is_signed_out(laptop.page)
    assert laptop.double.sessions[session].ended.is_set()


@pytest.mark.parametrize("value", ["current.another", "nonsense"])
def test_what_was_never_told_of_one_session_does_not_end_the_next(laptop: Laptop, value: str) -> None:
    laptop.double.heeds_cookie = False
    session = laptop.sign_in()
    laptop.context.add_cookies([{"name": "signing-out", "value": value, "url": laptop.double.url}])
    laptop.page.reload()
    ready(laptop.page)
    answer = laptop.page.evaluate("exeunt.fetch('/notes').then((answer) => answer.text())")
    assert answer.startswith("Private notes of ada")
    assert not laptop.double.sessions[session].ended.is_set() and laptop.double.times("/exeunt/logout") == 0
    assert laptop.cookies.get("signing-out", "nonsense") == "nonsense"


def test_other_tabs_leave_as_well_and_do_not_come_back(laptop: Laptop) -> None:
    laptop.sign_in()
    other = laptop.open()
    laptop.context.set_offline(True)
    laptop.page.evaluate("exeunt.signOut()")
    other.locator(".exeunt-farewell").wait_for()
    assert "as soon as the server can be reached" in other.inner_text("body")
    assert "Private" not in other.content()
    laptop.context.set_offline(False)
    is_signed_out(laptop.page)
    is_signed_out(other)


def test_whoever_closes_the_page_before_the_answer_is_signed_out_all_the_same(laptop: Laptop) -> None:
    session = laptop.sign_in()
    laptop.page.evaluate(FILL)
    gate = laptop.double.gate("/exeunt/logout")
    laptop.page.evaluate("void exeunt.signOut()")
    gate.until(1)
    laptop.double.statuses["/exeunt/logout"] = 503
    laptop.page.goto(laptop.double.url + "/plain")
    gate.open()
    assert "private" not in str(stored(laptop.page)["local"])
    laptop.page.reload()
    assert laptop.double.sessions[session].ended.is_set(), "the next request was to end it"
    assert "access" not in laptop.cookies


def test_a_page_that_does_not_know_its_session_cannot_sign_out_offline_and_says_so(laptop: Laptop) -> None:
    laptop.double.statuses["/exeunt/session"] = 503
    laptop.sign_in()
    page = laptop.open("/bare")
    laptop.context.set_offline(True)
    error = error_of(page, "exeunt.signOut()")
    assert error["name"] == "StillSignedInError" and 'meta name="exeunt-session"' in error["message"]
    assert page.get_by_role("heading").inner_text() == "Bare"


def test_over_tls_the_cookie_that_tells_the_server_is_one_that_no_other_host_can_set(
    playwright: Playwright, tmp_path: Path
) -> None:
    certificate = self_signed(tmp_path)
    with opened(playwright, tmp_path / "laptop", tls=certificate, ignore_https_errors=True) as laptop:
        session = laptop.sign_in()
        laptop.context.set_offline(True)
        laptop.page.evaluate("exeunt.signOut()")
        cookie = next(one for one in laptop.context.cookies() if one.get("name") == "__Host-signing-out")
        assert cookie.get("value") == f"current.{session}" and cookie.get("secure")
        laptop.context.set_offline(False)
        is_signed_out(laptop.page)
        assert laptop.double.sessions[session].ended.is_set()
        assert laptop.cookies == {}
