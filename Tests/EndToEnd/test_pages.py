"""The pages themselves: no complaint from the browser, usable at every width, by keyboard and by screen reader."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright

from browser import complaints, first_page, profile, sign_in, witness
from exeunt import ACCOUNT, DEVICES, LOGIN, SIGNED_OUT, expect
from server import Server

EVERY_PAGE = [LOGIN, SIGNED_OUT, SIGNED_OUT + "?reason=signed_out_everywhere", DEVICES, ACCOUNT]

UNLABELLED = """
() => [...document.querySelectorAll("input:not([type=hidden]), button, select, textarea, a[href]")]
  .filter((one) => one.checkVisibility())
  .filter((one) => !(one.labels?.length || one.innerText.trim() || one.getAttribute("aria-label") || one.title))
  .map((one) => one.outerHTML)
"""


@pytest.fixture
def context(playwright: Playwright, tmp_path: Path) -> Iterator[BrowserContext]:
    """A browser."""
    with profile(playwright, tmp_path / "profile") as opened:
        witness(opened, "nothing")
        yield opened


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """Its first tab."""
    return first_page(context)


def test_no_page_makes_the_browser_complain(server: Server, page: Page) -> None:
    with complaints(page) as found:
        sign_in(page, server.url, server.accounts[0])
        for path in EVERY_PAGE:
            page.goto(server.url + path)
            page.wait_for_load_state("load")
            page.reload()
    assert found == []


@pytest.mark.parametrize("width", [360, 768, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_to_be_scrolled_sideways(server: Server, page: Page, width: int, scheme: str) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    authority = server.authority()
    sign_in(page, server.url, server.accounts[0])
    subject = page.evaluate("fetch('/session').then((answer) => answer.json())")["subject"]
    device = {"label": "W" * 200, "user_agent": "x" * 512, "address": "2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff"}
    long = authority.open(subject, device=device)
    for path in EVERY_PAGE:
        page.goto(server.url + path)
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow <= 0, f"{path} is {overflow} px too wide at {width}"
    expect(authority.end(subject, long.session_id), 200)


def test_every_page_has_a_language_a_title_one_heading_a_main_part_and_names_for_its_controls(
    server: Server, page: Page
) -> None:
    sign_in(page, server.url, server.accounts[0])
    titles = set()
    for path in EVERY_PAGE:
        page.goto(server.url + path)
        titles.add(page.title())
        assert page.locator("html").get_attribute("lang"), path
        assert page.locator("h1").count() == 1 and page.locator("main").count() == 1, path
        assert page.evaluate(UNLABELLED) == [], path
        assert page.locator("img:not([alt])").count() == 0, path
    assert len(titles) >= 3 and "" not in titles


def test_every_page_behind_the_sign_in_has_a_sign_out_button_that_the_keyboard_reaches(
    server: Server, page: Page
) -> None:
    for path in (DEVICES, ACCOUNT):
        sign_in(page, server.url, server.accounts[0])
        page.goto(server.url + path)
        for _ in range(100):
            page.keyboard.press("Tab")
            if page.evaluate("/^sign out$/i.test(document.activeElement.innerText?.trim() ?? '')"):
                break
        page.keyboard.press("Enter")
        page.wait_for_url("**" + SIGNED_OUT + "**")


def test_a_wrong_password_is_said_aloud_and_the_address_is_kept(server: Server, page: Page) -> None:
    page.goto(server.url + LOGIN)
    page.locator('[name="email"]').fill("ada@example.test")
    page.locator('[name="password"]').fill("wrong")
    page.keyboard.press("Enter")
    page.locator('[role="alert"]').wait_for(state="visible")
    assert page.locator('[name="email"]').input_value() == "ada@example.test"
    assert page.locator('[name="password"]').input_value() == ""


def test_nothing_private_is_within_the_reach_of_scripts_or_left_in_storage(server: Server, page: Page) -> None:
    sign_in(page, server.url, server.accounts[0], remember=True)
    for path in (DEVICES, ACCOUNT):
        page.goto(server.url + path)
        assert page.evaluate("document.cookie") == ""
        stored = page.evaluate("JSON.stringify([{ ...localStorage }, { ...sessionStorage }])")
        kept = stored + page.content()
        assert "exs_" not in kept and "exm_" not in kept and "exr_" not in kept and "eyJ" not in kept
        assert "exs_" not in page.url


def test_times_are_relative_to_read_and_exact_on_hover(server: Server, page: Page) -> None:
    sign_in(page, server.url, server.accounts[0])
    times = page.locator("main time")
    assert times.count() > 0
    for index in range(times.count()):
        assert times.nth(index).get_attribute("datetime") and times.nth(index).get_attribute("title")


def test_sent_on_after_sign_in_to_the_page_that_was_asked_for(server: Server, page: Page) -> None:
    page.goto(server.url + ACCOUNT)
    assert LOGIN in page.url
    page.locator('[name="email"]').fill(server.accounts[0].email)
    page.locator('[name="password"]').fill(server.accounts[0].password)
    page.keyboard.press("Enter")
    page.wait_for_url("**" + ACCOUNT)
