"""One person's browser at the double of an adapter: what the tests of the browser client do with it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Error, Page, Playwright

from adapter_double import AdapterDouble
from browser import cookies_of, first_page, profile
from exeunt import PATIENCE

WITHOUT_LOCKS = "delete Navigator.prototype.locks; delete globalThis.LockManager;"
STORED = """
async () => {
  const databases = {};
  for (const { name } of await indexedDB.databases()) {
    const opening = indexedDB.open(name);
    await new Promise((done) => (opening.onsuccess = done));
    const database = opening.result;
    databases[name] = {};
    for (const store of database.objectStoreNames) {
      const all = database.transaction(store).objectStore(store).getAll();
      databases[name][store] = await new Promise((done) => (all.onsuccess = () => done(all.result)));
    }
    database.close();
  }
  const cached = {};
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    cached[name] = (await cache.keys()).map((request) => new URL(request.url).pathname);
  }
  const workers = await navigator.serviceWorker.getRegistrations();
  return {
    local: { ...localStorage }, session: { ...sessionStorage }, databases, caches: cached,
    workers: workers.map(({ scope }) => new URL(scope).pathname), cookies: document.cookie,
  };
}
"""
"""All that a browser keeps for a site and lets scripts see."""

FILL = """
async () => {
  for (const store of [localStorage, sessionStorage])
    for (const key of ["notes:1", "notes:2", "theme"]) store.setItem(key, `private ${key}`);
  for (const name of ["notes", "notes-copy", "settings"]) {
    const opening = indexedDB.open(name);
    opening.onupgradeneeded = () => opening.result.createObjectStore("all", { autoIncrement: true }).add("private");
    await new Promise((done) => (opening.onsuccess = () => done(opening.result.close())));
  }
  for (const name of ["notes", "assets"]) await (await caches.open(name)).put("/notes", new Response("private"));
  await navigator.serviceWorker.register("/worker.js");
}
"""
"""Keeps something in each place that there is."""


class Laptop:
    """A browser with a profile of its own, and the server that it talks to."""

    def __init__(self, context: BrowserContext, double: AdapterDouble) -> None:
        self.context = context
        self.double = double
        self.page = first_page(context)
        self.complaints: list[str] = []
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        context.on("console", lambda message: self._hear(message.text))

    def _hear(self, text: str) -> None:
        if "Content Security Policy" in text:
            self.complaints.append(text)

    def sign_in(self, subject: str = "ada", page: Page | None = None) -> str:
        """Signs in, waits for the private page and gives the id of the session."""
        page = page or self.page
        page.goto(f"{self.double.url}/sign-in/{subject}")
        ready(page)
        return cookies_of(self.context)["access"]

    def open(self, path: str = "/") -> Page:
        """Opens another tab."""
        page = self.context.new_page()
        page.goto(self.double.url + path)
        ready(page)
        return page

    @property
    def cookies(self) -> dict[str, str]:
        """The cookies that the browser has."""
        return cookies_of(self.context)


def ready(page: Page) -> None:
    """Waits until the page's script has run."""
    page.locator("html[data-ready]").wait_for(state="attached")


def stored(page: Page) -> dict[str, Any]:
    """All that the browser keeps, but for the client's own mark of whose it is."""
    found: dict[str, Any] = page.evaluate(STORED)
    for store in ("local", "session"):
        found[store].pop("exeunt:session", None)
    return found


def error_of(page: Page, promise: str) -> Any:
    """What a promise is rejected with."""
    return page.evaluate(
        f"""async () => {{
          try {{
            return {{ name: "", message: JSON.stringify(await ({promise})) ?? "" }};
          }} catch ({{ name, message, status, retryAfterSeconds }}) {{
            return {{ name, message, status, retryAfterSeconds }};
          }}
        }}"""
    )


def until(page: Page, holds: Callable[[], bool]) -> None:
    """Waits until something holds, during which the browser's messages are heard."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, "it never came to that"
        page.wait_for_timeout(20)


def until_it_says(page: Page, function: str, arg: Any = None) -> None:
    """Waits until a function gives something true in the page, whichever that is by then.

    Playwright's own way evaluates a text in the page each time, which a policy (CSP) may forbid there.
    """

    def says() -> bool:
        try:
            return bool(page.evaluate(function, arg))
        except Error:
            return False  # It is on its way to another page.

    until(page, says)


def is_signed_out(page: Page) -> None:
    """Waits until the page has left for the one that anybody may see."""
    page.wait_for_url("**/signed-out")
    assert "Private" not in page.content()


@contextmanager
def opened(
    playwright: Playwright, folder: Path, *, tls: tuple[Path, Path] | None = None, **options: Any
) -> Iterator[Laptop]:
    """Opens a laptop at a server of its own. No script may fail unnoticed or offend against the pages' policy."""
    double = AdapterDouble(tls)
    try:
        with profile(playwright, folder, **options) as context:
            laptop = Laptop(context, double)
            yield laptop
            assert laptop.complaints == []
    finally:
        double.stop()
