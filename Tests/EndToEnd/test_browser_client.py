"""The browser client signs out in real Chromium: what is left, what is said, and what the server is told."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from math import ceil
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Playwright

from adapter_double import CLIENT
from laptop import FILL, Laptop, error_of, is_signed_out, opened, ready, stored, until


@pytest.fixture
def laptop(playwright: Playwright, tmp_path: Path) -> Iterator[Laptop]:
    with opened(playwright, tmp_path / "laptop") as laptop:
        yield laptop


def test_what_is_shipped_is_small_and_as_large_as_is_said() -> None:
    said = (CLIENT / "README.md").read_text()
    sizes = {name: len(gzip.compress((CLIENT / name).read_bytes())) for name in ("exeunt.js", "exeunt.min.js")}
    assert sizes["exeunt.min.js"] < 6 * 1024
    for name, size in sizes.items():
        assert f"`{name}` is {ceil(size / 1024)} KB" in said, size


# What is left


@pytest.mark.parametrize("is_minified", [False, True], ids=["as it is", "minified"])
@pytest.mark.parametrize(
    ("clear", "gone"),
    [
        ("{}", {"session": ["notes:1", "notes:2", "theme"]}),
        ("{ sessionStorage: false }", {}),
        (
            '{ localStorage: ["notes:*"], sessionStorage: ["notes:1"], indexedDB: ["notes"], caches: ["not*"] }',
            {"local": ["notes:1", "notes:2"], "session": ["notes:1"], "databases": ["notes"], "caches": ["notes"]},
        ),
        (
            "{ localStorage: true, indexedDB: true, caches: true, serviceWorker: true }",
            {
                "local": ["notes:1", "notes:2", "theme"],
                "session": ["notes:1", "notes:2", "theme"],
                "databases": ["notes", "notes-copy", "settings"],
                "caches": ["notes", "assets"],
                "workers": ["/"],
            },
        ),
    ],
    ids=["what is usual", "nothing", "some", "all"],
)
def test_a_sign_out_empties_what_it_was_told_to_and_nothing_else(
    laptop: Laptop, clear: str, gone: dict[str, list[str]], is_minified: bool
) -> None:
    laptop.double.options, laptop.double.is_minified = f"{{ clear: {clear} }}", is_minified
    session = laptop.sign_in()
    laptop.page.evaluate(FILL)
    before = stored(laptop.page)
    assert before["workers"] == ["/"] and len(before["databases"]) == 3

    receipt = laptop.page.evaluate("exeunt.signOut()")

    is_signed_out(laptop.page)
    expected: dict[str, Any] = {**before}
    for place, names in gone.items():
        assert set(names) <= set(before[place]), "there was nothing to empty"
        expected[place] = (
            [name for name in before[place] if name not in names]
            if place == "workers"
            else {name: value for name, value in before[place].items() if name not in names}
        )
    assert stored(laptop.page) == expected
    assert "exeunt:session" not in laptop.page.evaluate("({ ...localStorage, ...sessionStorage })")
    assert receipt["ended_sessions"] == 1 and laptop.double.sessions[session].ended.is_set()
    assert "access" not in laptop.cookies


def test_what_is_written_late_is_gone_as_well(laptop: Laptop) -> None:
    laptop.double.options = '{ clear: { localStorage: ["notes:*"], indexedDB: ["notes"], caches: ["notes"] } }'
    laptop.sign_in()
    laptop.page.evaluate(
        """async () => {
          const opening = indexedDB.open("notes");
          opening.onupgradeneeded = () => opening.result.createObjectStore("all", { autoIncrement: true });
          await new Promise((done) => (opening.onsuccess = done));
          const write = () => {
            localStorage.setItem("notes:late", "private");
            sessionStorage.setItem("late", "private");
            opening.result.transaction("all", "readwrite").objectStore("all").add("private");
            caches.open("notes").then((cache) => cache.put("/notes", new Response("private"))).catch(() => {});
          };
          setInterval(write, 5);
          addEventListener("pagehide", write);
          document.addEventListener("visibilitychange", write);
        }"""
    )
    laptop.page.evaluate("exeunt.signOut()")
    is_signed_out(laptop.page)
    left = stored(laptop.page)
    assert left["local"] == {} and left["session"] == {}
    # What a page writes there as it is being torn down nobody can take back then, but the next one does first of all.
    laptop.sign_in("grace")
    laptop.page.evaluate("exeunt.ready")
    left = stored(laptop.page)
    assert left["databases"] == {} and left["caches"] == {}


def test_a_database_that_a_page_keeps_open_is_emptied_all_the_same(laptop: Laptop) -> None:
    laptop.double.options = '{ clear: { indexedDB: ["notes"] } }'
    laptop.sign_in()
    laptop.page.evaluate(FILL)
    other = laptop.context.new_page()
    other.goto(laptop.double.url + "/plain")
    other.evaluate(
        """() => new Promise((done) => {
          indexedDB.open("notes").onsuccess = ({ target }) => done(void (window.database = target.result));
        })"""
    )
    laptop.page.evaluate("exeunt.signOut()")
    is_signed_out(laptop.page)
    rows = """() => new Promise((done) => {
      const reading = window.database.transaction("all").objectStore("all").getAll();
      reading.onsuccess = () => done(reading.result);
    })"""
    assert other.evaluate(rows) == []
    other.close()
    # The browser hears in its own time that nobody holds it any more, and deletes it then.
    names = "async () => (await indexedDB.databases()).map(({ name }) => name)"
    until(laptop.page, lambda: "notes" not in laptop.page.evaluate(names))


def test_what_the_application_holds_is_reset_and_a_reset_that_fails_stops_nothing(laptop: Laptop) -> None:
    laptop.sign_in()
    laptop.double.gate("/signed-out")
    called = laptop.page.evaluate(
        """async () => {
          const called = [];
          const client = { cancelQueries: async () => called.push("cancelled"), clear: () => called.push("cleared") };
          const mutate = async (keys, data, { revalidate }) => called.push([keys("any"), data ?? null, revalidate]);
          exeunt.onSignedOut(() => Promise.reject(new Error("a reset failed")));
          exeunt.onSignedOut(() => { throw new Error("another reset failed"); });
          exeunt.onSignedOut(() => called.push("taken back"))();
          exeunt.onSignedOut(reactQuery(client));
          exeunt.onSignedOut(swr(mutate, new Map([["$inf$notes", ["private"]]])));
          const cache = new Map([["$inf$notes", ["private"]]]);
          exeunt.onSignedOut(swr(mutate, cache));
          exeunt.onSignedOut(() => exeunt.fetch("/notes").catch(({ name }) => called.push(name)));
          await exeunt.signOut();
          return [called, cache.size];
        }"""
    )
    assert called[0][:2] == ["cancelled", "cleared"] and [True, None, False] in called[0] and called[1] == 0
    assert "taken back" not in called[0] and "SignedOutError" in called[0]
    laptop.double.gates["/signed-out"].open()
    is_signed_out(laptop.page)


def test_what_another_session_has_left_is_gone_before_the_next_page_reads_it(laptop: Laptop) -> None:
    laptop.double.options = "{ clear: { localStorage: true, indexedDB: true, caches: true } }"
    laptop.double.script = "window.first = { ...localStorage, ...sessionStorage };"
    session = laptop.sign_in()
    laptop.page.evaluate(FILL)
    laptop.page.goto(laptop.double.url + "/plain")
    laptop.double.end(session)
    assert "private" in str(stored(laptop.page)), "there was nothing to leave behind"
    laptop.sign_in("grace")
    assert "private" not in str(laptop.page.evaluate("window.first"))
    laptop.page.evaluate("exeunt.ready")
    assert "private" not in str(stored(laptop.page))


def test_what_is_this_session_s_own_stays_from_page_to_page(laptop: Laptop) -> None:
    laptop.double.options = "{ clear: { localStorage: true, indexedDB: true, caches: true } }"
    laptop.sign_in()
    laptop.page.evaluate(FILL)
    before = stored(laptop.page)
    laptop.page.goto(laptop.double.url + "/another")
    ready(laptop.page)
    laptop.page.evaluate("exeunt.ready")
    assert stored(laptop.page) == before


# What is said


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (503, "", "Try again in 3 s"),
        (502, "<h1>Bad gateway</h1>", "Try again in 3 s"),
        (404, "", "Is that where the server's adapter is mounted?"),
        (403, "", "answered 403"),
        (303, "", "Is that where the server's adapter is mounted?"),
        (200, "<h1>Welcome to our wireless network</h1>", "Is that where the server's adapter is mounted?"),
        (200, "{}", "answered 200"),
    ],
)
def test_a_sign_out_that_did_not_take_place_says_so_and_leaves_the_page_as_it_was(
    laptop: Laptop, status: int, body: str, words: str
) -> None:
    laptop.double.options = "{ clear: { localStorage: true, indexedDB: true, caches: true } }"
    session = laptop.sign_in()
    page, double = laptop.page, laptop.double
    page.evaluate(FILL)
    before = stored(page)
    double.statuses["/exeunt/logout"], double.bodies["/exeunt/logout"] = status, body

    error = error_of(page, "exeunt.signOut()")

    assert error["name"] == "StillSignedInError" and "nothing was cleared" in error["message"]
    assert words in error["message"] and "/exeunt/logout" in error["message"]
    assert error["retryAfterSeconds"] == (1 if status == 303 else 3)
    assert stored(page) == before and page.get_by_role("heading", name="Private notes of ada").is_visible()
    assert page.evaluate("exeunt.fetch('/notes').then((answer) => answer.text())").startswith("Private notes of ada")
    assert not double.sessions[session].ended.is_set() and "signing-out" not in laptop.cookies
    del double.statuses["/exeunt/logout"]
    page.evaluate("exeunt.signOut()")
    is_signed_out(page)


def test_what_is_asked_for_while_a_sign_out_is_under_way_waits_for_how_it_ends(laptop: Laptop) -> None:
    laptop.sign_in()
    page, double = laptop.page, laptop.double
    ask = "exeunt.fetch('/notes').then((answer) => answer.text(), (error) => error.name)"
    for fails in (True, False):
        asked, gate = double.times("/notes"), double.gate("/exeunt/logout")
        double.gate("/signed-out")
        if fails:
            double.statuses["/exeunt/logout"] = 503
        else:
            double.statuses.clear()
        page.evaluate("void (window.leaving = exeunt.signOut().catch(() => {}))")
        gate.until(1)
        page.evaluate(f"void (window.answer = {ask})")
        assert double.times("/notes") == asked
        gate.open()
        answer = page.evaluate("window.answer")
        assert answer.startswith("Private notes") if fails else answer == "SignedOutError"
    assert double.times("/notes") == 1
    double.gates["/signed-out"].open()


def test_signing_out_elsewhere_stays_here_and_gives_the_receipt(laptop: Laptop) -> None:
    session, other = laptop.sign_in(), laptop.double.open_session("ada")
    laptop.page.evaluate(FILL)
    before = stored(laptop.page)
    receipt = laptop.page.evaluate("exeunt.signOut({ scope: 'others' })")
    assert receipt["ended_sessions"] == 1 and receipt["settled"]
    assert laptop.double.sessions[other].ended.is_set() and not laptop.double.sessions[session].ended.is_set()
    assert stored(laptop.page) == before
    assert laptop.page.evaluate("exeunt.fetch('/notes').then(({ ok }) => ok)")
    laptop.context.set_offline(True)
    error = error_of(laptop.page, "exeunt.signOut({ scope: 'others' })")
    assert error["name"] == "StillSignedInError" and error["status"] == 0 and "cannot be reached" in error["message"]
    assert stored(laptop.page) == before


@pytest.mark.parametrize(
    ("wanted", "path"),
    [
        ("/elsewhere", "/elsewhere"),
        ("/elsewhere?a=b#c", "/elsewhere"),
        ("//localhost/elsewhere", "/signed-out"),
        ("/\\\\localhost/elsewhere", "/signed-out"),
        ("/\\t/localhost/elsewhere", "/signed-out"),
        ("http://localhost/elsewhere", "/signed-out"),
        ("javascript:document.write(1)", "/signed-out"),
        ("elsewhere", "/signed-out"),
    ],
)
def test_a_sign_out_leads_to_a_path_of_this_site_and_nowhere_else(laptop: Laptop, wanted: str, path: str) -> None:
    laptop.sign_in()
    laptop.page.evaluate(f"exeunt.signOut({{ returnTo: '{wanted}' }})")
    laptop.page.wait_for_url(lambda url: url.partition("?")[0] == laptop.double.url + path)
    assert laptop.page.get_by_role("heading").inner_text() == "You are signed out"


@pytest.mark.parametrize(
    ("farewell", "shown"),
    [
        ("undefined", "You have been signed out."),
        ("false", ""),
        ("() => `<img src=x onerror='document.title = 1'>`", "<img src=x onerror='document.title = 1'>"),
        ("() => Object.assign(document.createElement('b'), { textContent: 'Good night' })", "Good night"),
        ("() => { throw new Error('no farewell') }", "You have been signed out."),
    ],
)
def test_the_farewell_takes_the_page_s_place_and_what_it_says_is_text(
    laptop: Laptop, farewell: str, shown: str
) -> None:
    laptop.double.options = f"{{ farewell: {farewell} }}"
    laptop.sign_in()
    gate = laptop.double.gate("/signed-out")
    left = "[document.body.innerText, document.body.children[0].className, document.images.length, document.title]"
    seen = laptop.page.evaluate(f"exeunt.signOut().then(() => {left})")
    assert seen == [shown, "exeunt-farewell", 0, "Signed out"]
    gate.open()
    is_signed_out(laptop.page)


def test_while_it_is_not_settled_the_farewell_says_so(laptop: Laptop) -> None:
    laptop.sign_in()
    laptop.double.settles = False
    laptop.page.evaluate("exeunt.signOut()")
    laptop.page.get_by_text("A server that is cut off may need a little longer to know").wait_for()
    is_signed_out(laptop.page)


def test_pressing_twice_signs_out_once(laptop: Laptop) -> None:
    laptop.sign_in()
    laptop.page.evaluate("Promise.all([exeunt.signOut(), exeunt.signOut({ scope: 'everywhere' })])")
    is_signed_out(laptop.page)
    assert laptop.double.times("/exeunt/logout") == 1
