"""The browser client's `fetch` in real Chromium: one refresh at a time, one more try, and nothing after the end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from laptop import WITHOUT_LOCKS, Laptop, error_of, is_signed_out, opened, until

ASK = "void (window.answer = exeunt.fetch('/notes').then((answer) => answer.text()))"
DEAF_FETCH = """
const hearing = window.fetch;
window.fetch = (input, { signal, ...init } = {}) => hearing(input, init);
"""
"""Such a browser, made of one that does better."""


@pytest.fixture
def laptop(playwright: Playwright, tmp_path: Path) -> Iterator[Laptop]:
    with opened(playwright, tmp_path / "laptop") as laptop:
        laptop.double.pages_watch = False
        yield laptop


def grow_stale(laptop: Laptop, session: str) -> None:
    """Lets the access token expire."""
    laptop.double.sessions[session].is_stale = True


def test_three_tabs_that_are_refused_at_once_refresh_once(laptop: Laptop) -> None:
    session = laptop.sign_in()
    tabs = [laptop.page, laptop.open(), laptop.open()]
    grow_stale(laptop, session)
    gate = laptop.double.gate("/exeunt/refresh")
    for page in tabs:
        page.evaluate(ASK + "; void window.answer.catch(() => {})")
    gate.until(1)
    until(laptop.page, lambda: laptop.double.times("/notes") == 3)
    gate.open()
    for page in tabs:
        assert page.evaluate("window.answer").startswith("Private notes of ada")
    assert laptop.double.times("/exeunt/refresh") == 1 and laptop.double.times("/notes") == 6


def test_a_tab_that_hears_late_that_it_is_refused_does_not_refresh_what_another_has_refreshed(laptop: Laptop) -> None:
    session = laptop.sign_in()
    late = laptop.open()
    grow_stale(laptop, session)
    laptop.double.statuses["/late"] = 401
    gate = laptop.double.gate("/late")
    late.evaluate("void (window.answer = exeunt.fetch('/late').then(({ status }) => status))")
    gate.until(1)
    laptop.page.evaluate(ASK)
    assert laptop.page.evaluate("window.answer").startswith("Private")
    gate.open()
    assert late.evaluate("window.answer") == 401
    assert laptop.double.times("/exeunt/refresh") == 1 and laptop.double.times("/late") == 2


@pytest.mark.parametrize("missing", ["", WITHOUT_LOCKS], ids=["", "without locks"])
def test_a_tab_that_hears_late_that_it_is_refused_does_not_refresh_once_more(laptop: Laptop, missing: str) -> None:
    laptop.context.add_init_script(missing)
    session = laptop.sign_in()
    grow_stale(laptop, session)
    laptop.double.statuses["/late"] = 401
    gate = laptop.double.gate("/late")
    laptop.page.evaluate("void (window.late = exeunt.fetch('/late').then(({ status }) => status))")
    gate.until(1)
    laptop.page.evaluate(ASK)
    assert laptop.page.evaluate("window.answer").startswith("Private")
    gate.open()
    assert laptop.page.evaluate("window.late") == 401
    assert laptop.double.times("/exeunt/refresh") == 1 and laptop.double.times("/late") == 2


@pytest.mark.parametrize(
    "body",
    [
        "'hello'",
        "new Blob(['hello'])",
        "new URLSearchParams({ text: 'hello' })",
        "(() => { const form = new FormData(); form.set('text', 'hello'); return form; })()",
    ],
    ids=["text", "blob", "parameters", "form"],
)
def test_a_body_is_sent_again_after_the_refresh(laptop: Laptop, body: str) -> None:
    grow_stale(laptop, laptop.sign_in())
    text = laptop.page.evaluate(
        f"exeunt.fetch('/notes', {{ method: 'POST', body: {body} }}).then((answer) => answer.text())"
    )
    assert "hello" in text
    sent = [one.body for one in laptop.double.asked if one.path == "/notes"]
    assert len(sent) == 2 and all("hello" in one for one in sent)


def test_what_is_refused_after_the_refresh_as_well_stays_refused(laptop: Laptop) -> None:
    laptop.double.refreshes_last = False
    grow_stale(laptop, laptop.sign_in())
    assert laptop.page.evaluate("exeunt.fetch('/notes').then(({ status }) => status)") == 401
    assert laptop.double.times("/notes") == 2 and laptop.double.times("/exeunt/refresh") == 1


def test_a_refresh_that_says_that_the_session_is_over_ends_the_page(laptop: Laptop) -> None:
    session = laptop.sign_in()
    laptop.page.evaluate("sessionStorage.setItem('notes', 'private')")
    laptop.double.end(session)
    laptop.double.gate("/signed-out")
    assert error_of(laptop.page, "exeunt.fetch('/notes')")["name"] == "SignedOutError"
    assert laptop.page.evaluate("sessionStorage.length") == 0
    assert "Private" not in laptop.page.content()
    laptop.double.gates["/signed-out"].open()
    is_signed_out(laptop.page)


def test_while_it_cannot_be_known_the_answer_is_a_503_and_the_page_stays(laptop: Laptop) -> None:
    grow_stale(laptop, laptop.sign_in())
    laptop.double.statuses["/exeunt/refresh"] = 503
    asked = "exeunt.fetch('/notes').then(({ status, headers }) => [status, headers.get('Retry-After')])"
    assert laptop.page.evaluate(f"Promise.all([{asked}, {asked}])") == [[503, "3"], [503, "3"]]
    assert laptop.page.get_by_role("heading", name="Private notes of ada").is_visible()
    laptop.double.statuses.clear()
    laptop.page.evaluate(ASK)
    assert laptop.page.evaluate("window.answer").startswith("Private")


@pytest.mark.parametrize("reaches", [True, False], ids=["as it is", "where giving up does not reach what has arrived"])
def test_after_a_sign_out_nothing_is_sent_and_no_answer_can_be_read(laptop: Laptop, reaches: bool) -> None:
    if not reaches:
        laptop.context.add_init_script(DEAF_FETCH)
    laptop.sign_in()
    laptop.double.gate("/signed-out")
    laptop.double.gate("/slow")
    laptop.double.statuses["/slow"] = 200
    laptop.page.evaluate(
        """async () => {
          const outcome = (promise) => promise.then(() => "was read", (error) => error.name);
          window.slow = outcome(exeunt.fetch("/slow"));
          const answers = [];
          for (let i = 0; i < 7; i++) answers.push(await exeunt.fetch("/notes"));
          const reader = answers[6].body.getReader();
          const copy = answers[0].clone();
          await exeunt.signOut();
          window.outcomes = async () => ({
            text: await outcome(answers[0].text()),
            copy: await outcome(copy.text()),
            json: await outcome(answers[1].json()),
            blob: await outcome(answers[2].blob()),
            bytes: await outcome(answers[3].arrayBuffer()),
            form: await outcome(answers[4].formData()),
            late: await outcome(answers[5].clone().text()),
            ...(REACHES && { reader: await outcome(reader.read()), slow: await window.slow }),
            again: await outcome(exeunt.fetch("/notes")),
          });
        }""".replace("REACHES", str(reaches).lower())
    )
    asked = laptop.double.times("/notes")
    outcomes = laptop.page.evaluate("window.outcomes()")
    assert set(outcomes.values()) <= {"SignedOutError", "AbortError"}, outcomes
    assert laptop.double.times("/notes") == asked == 7 and laptop.double.times("/exeunt/refresh") == 0
    laptop.double.gates["/signed-out"].open()
    is_signed_out(laptop.page)


def test_an_answer_that_is_being_read_when_the_session_ends_is_not_read_to_its_end(laptop: Laptop) -> None:
    laptop.sign_in()
    laptop.double.gate("/signed-out")
    name = laptop.page.evaluate(
        """async () => {
          const answer = await exeunt.fetch("/exeunt/events");
          const reading = answer.text().then(() => "was read", (error) => error.name);
          await exeunt.signOut();
          return reading;
        }"""
    )
    assert name in ("SignedOutError", "AbortError")
    laptop.double.gates["/signed-out"].open()


def test_a_caller_can_still_give_a_request_up(laptop: Laptop) -> None:
    laptop.sign_in()
    laptop.double.gate("/notes")
    error = error_of(
        laptop.page,
        """(() => {
          const patience = new AbortController();
          setTimeout(() => patience.abort(), 50);
          return exeunt.fetch("/notes", { signal: patience.signal });
        })()""",
    )
    assert error["name"] == "AbortError"


def test_it_works_where_signals_cannot_be_joined(laptop: Laptop) -> None:
    laptop.context.add_init_script("delete AbortSignal.any")
    grow_stale(laptop, laptop.sign_in())
    laptop.page.evaluate(ASK)
    assert laptop.page.evaluate("window.answer").startswith("Private")
    laptop.double.gate("/slow")
    laptop.double.gate("/signed-out")
    laptop.page.evaluate("void (window.slow = exeunt.fetch('/slow').catch(({ name }) => name))")
    laptop.page.evaluate("exeunt.signOut()")
    assert laptop.page.evaluate("window.slow") == "SignedOutError"
    laptop.double.gates["/signed-out"].open()


def test_a_wrong_password_on_a_page_for_strangers_is_no_session_that_is_over(laptop: Laptop) -> None:
    laptop.double.statuses["/password"] = 401
    page = laptop.open("/bare")
    assert page.evaluate("exeunt.fetch('/password', { method: 'POST' }).then(({ status }) => status)") == 401
    assert laptop.double.times("/exeunt/refresh") == 0
    assert page.get_by_role("heading").inner_text() == "Bare"
