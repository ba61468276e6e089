"""Real Chromium: profiles, what a person does on the pages, and a witness of every frame that is painted."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Locator, Page, Playwright

from exeunt import ACCOUNT, DEVICES, LOGIN, LOGOUT, PASSWORD, PATIENCE, SIGNED_OUT, Account, end_path

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")

WITNESS = """
(() => {
  const needles = NEEDLES;
  const style = { opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: true };
  const shows = () => {
    if (!document.body) return false;
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node; (node = walker.nextNode());)
      if (needles.some((word) => node.data.includes(word)) && node.parentElement.checkVisibility(style)) return true;
    return false;
  };
  const note = (what) => {
    const notes = JSON.parse(sessionStorage.getItem("witness") ?? "[]");
    notes.push({ path: location.pathname, ...what });
    sessionStorage.setItem("witness", JSON.stringify(notes));
  };
  const frame = () => {
    note({ shows: shows() });
    requestAnimationFrame(frame);
  };
  addEventListener("pageshow", (event) => note({ persisted: event.persisted }));
  addEventListener("securitypolicyviolation", (event) =>
    console.error(`content security policy: ${event.violatedDirective} ${event.blockedURI}`));
  requestAnimationFrame(frame);
})();
"""
"""Notes for each frame, before it is painted, whether a private word is visible in it; survives in sessionStorage."""


SPY = """
(() => {
  const needles = NEEDLES;
  const style = { opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: true };
  const tell = (what) => console.debug("spy " + JSON.stringify({ path: location.pathname, at: Date.now(), ...what }));
  let last;
  const frame = () => {
    const walker = document.createTreeWalker(document.body ?? document, NodeFilter.SHOW_TEXT);
    let shows = false;
    for (let node; !shows && (node = walker.nextNode());)
      shows = needles.some((word) => node.data.includes(word)) && node.parentElement.checkVisibility(style);
    if (shows !== last) tell({ shows });
    last = shows;
    requestAnimationFrame(frame);
  };
  addEventListener("pageshow", (event) => {
    last = undefined;
    tell({ persisted: event.persisted });
  });
  requestAnimationFrame(frame);
})();
"""
"""As the witness, but it leaves nothing in the browser: pages clear what they find there."""


@contextmanager
def profile(
    playwright: Playwright,
    folder: Path,
    *,
    back_forward_cache: bool = False,
    arguments: tuple[str, ...] = (),
    **options: Any,
) -> Iterator[BrowserContext]:
    """A browser of its own, with its own cookies, history and cache on disk."""
    context = playwright.chromium.launch_persistent_context(
        folder,
        executable_path=CHROMIUM,
        args=["--no-sandbox", *arguments],
        ignore_default_args=["--disable-back-forward-cache"] if back_forward_cache else None,
        **options,
    )
    context.set_default_timeout(PATIENCE * 1000)
    context.set_default_navigation_timeout(PATIENCE * 1000)
    try:
        yield context
    finally:
        context.close()


def first_page(context: BrowserContext) -> Page:
    """The tab that the browser opened with."""
    return context.pages[0] if context.pages else context.new_page()


# What a person does


def sign_in(page: Page, url: str, account: Account, *, remember: bool = False) -> None:
    """Signs in with the form, and waits for the list of devices."""
    page.goto(url + LOGIN)
    form = page.locator(f'form[action^="{LOGIN}"]')
    form.locator('[name="email"]').fill(account.email)
    form.locator('[name="password"]').fill(account.password)
    if remember:
        form.locator('[name="remember"]').check()
    form.locator('[type="submit"]').click()
    page.wait_for_url("**" + DEVICES)


def sign_out(page: Page, scope: str = "current") -> None:
    """Signs out here, elsewhere or everywhere, and waits for what follows."""
    press(page, page.locator(f'form[action="{LOGOUT}"]:has([name="scope"][value="{scope}"]) button').first)
    page.wait_for_url("**" + (DEVICES if scope == "others" else SIGNED_OUT) + "**")


def end_device(page: Page, session_id: str) -> None:
    """Ends one session from the list of devices."""
    form = page.locator(f'form[action="{end_path(session_id)}"]')
    press(page, form.locator("button"))
    form.wait_for(state="detached")


def change_password(page: Page, url: str, old: str, new: str, *, keep: bool) -> None:
    """Changes the password on the account page."""
    page.goto(url + ACCOUNT)
    form = page.locator(f'form[action="{PASSWORD}"]')
    form.locator('[name="current_password"]').fill(old)
    form.locator('[name="new_password"]').fill(new)
    form.locator('[name="keep"][type="checkbox"]').set_checked(keep)
    press(page, form.locator("button"))


def press(page: Page, button: Locator) -> None:
    """Presses a button, opening the question that it is the answer of if there is one, and waits for the next page."""
    if not button.is_visible():
        button.locator("xpath=ancestor::details[1]/summary").click()
    with page.expect_navigation():
        button.click()


# What a person sees


def cookies_of(context: BrowserContext) -> dict[str, str]:
    """A copy of the browser's cookies, as a thief would take it."""
    return {cookie.get("name", ""): cookie.get("value", "") for cookie in context.cookies()}


def looks_private(page: Page, *needles: str) -> bool:
    """Whether one of these words can be seen on the page."""
    text = page.locator("body").inner_text()
    return any(needle in text for needle in needles)


@dataclass(frozen=True)
class Testimony:
    """What the witness saw on one path since it was last told to forget."""

    frames: int
    private_frames: int
    restored: bool


def witness(context: BrowserContext, *needles: str) -> None:
    """Watches every frame of every page that opens from now on for these words."""
    context.add_init_script(WITNESS.replace("NEEDLES", json.dumps(needles)))


class Spy:
    """What is seen of some words, on all pages that open from now on."""

    def __init__(self, context: BrowserContext, *needles: str) -> None:
        self.notes: list[dict[str, Any]] = []
        self._since = 0.0
        context.add_init_script(SPY.replace("NEEDLES", json.dumps(needles)))
        context.on("console", lambda message: self._hear(message.text))

    def _hear(self, text: str) -> None:
        if text.startswith("spy "):
            note = json.loads(text.removeprefix("spy "))
            # A page that comes back from the cache repeats all that it said before.
            if note["at"] >= self._since:
                self.notes.append(note)

    def forget(self) -> None:
        """Starts anew."""
        self.notes.clear()
        self._since = time.time() * 1000

    @property
    def has_seen(self) -> bool:
        """Whether a word was visible in some frame."""
        return any(note.get("shows", False) for note in self.notes)

    @property
    def looked(self) -> bool:
        """Whether a frame was looked at, since a page came out of the back/forward cache if one did."""
        restored = [place for place, note in enumerate(self.notes) if note.get("persisted", False)]
        return any("shows" in note for note in self.notes[restored[-1] if restored else 0 :])

    @property
    def restored(self) -> bool:
        """Whether a page came out of the back/forward cache."""
        return any(note.get("persisted", False) for note in self.notes)


def forget(page: Page) -> None:
    """Starts the testimony anew."""
    page.evaluate("sessionStorage.setItem('witness', '[]')")


def what_was_seen(page: Page, path: str) -> Testimony:
    """What was seen on one path."""
    notes = page.evaluate("JSON.parse(sessionStorage.getItem('witness') ?? '[]')")
    here = [note for note in notes if note["path"] == path]
    return Testimony(
        frames=sum("shows" in note for note in here),
        private_frames=sum(note.get("shows", False) for note in here),
        restored=any(note.get("persisted", False) for note in here),
    )


@contextmanager
def complaints(page: Page) -> Iterator[list[str]]:
    """All errors that the browser reports about a page, violations of its content security policy included."""
    found: list[str] = []
    page.on("pageerror", lambda error: found.append(f"{page.url}: {error}"))
    page.on(
        "console",
        lambda message: found.append(f"{page.url}: {message.text}") if message.type in ("error", "warning") else None,
    )
    yield found
