"""Target files that nobody wrote: sign-ins by a command, recordings, and what `init` finds by itself."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, sync_playwright

from .auditor import PATIENCE, PROGRAM
from .zoo.accounts import ADA, BOB
from .zoo.api import Api
from .zoo.browser_sessions import Session
from .zoo.faults.sign_out import OnlyTheCookieGoes
from .zoo.faults.tokens import AccessTokenLivesOn, RefreshTokenLivesOn
from .zoo.hybrid import Hybrid
from .zoo.specimen import Specimen
from .zoo.web import Request, Response, Running, as_json, html, route
from .zoo.website import Website

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")

PROBES = (
    "sign-out-works",
    "session-cookie-replay",
    "access-token-after-logout",
    "refresh-after-logout",
    "logout-by-get",
    "logout-twice",
)
"""Enough to see that a target file says the same as another one."""

SECRETS = {"AUDIT_USER": ADA.name, "AUDIT_PASSWORD": ADA.password, "AUDIT_SECOND_PASSWORD": BOB.password}


# Running the program


def exeunt(*words: str, secrets: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """What `exeunt audit` answers."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AUDIT_")}
    return subprocess.run(
        [PROGRAM, "audit", *words],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        stdin=subprocess.DEVNULL,
        env=environment | (SECRETS if secrets is None else secrets),
    )


def verdicts(target: Path, *, secrets: dict[str, str] | None = None) -> dict[str, str]:
    """What the chosen probes say with a target file."""
    only = [word for probe in PROBES for word in ("--only", probe)]
    answer = exeunt(str(target), "--json", "--no-browser", "--patience", "1s", "--rate", "1000", *only, secrets=secrets)
    assert answer.returncode in (0, 1), answer.stderr
    assert ADA.password not in answer.stdout
    return {probe["id"]: probe["verdict"] for probe in json.loads(answer.stdout)["probes"]}


def written(app: Specimen, url: str, folder: Path) -> dict[str, str]:
    """What they say with the target file that was written by hand."""
    target = folder / "by-hand.yaml"
    target.write_text(json.dumps(app.target(url)), encoding="utf-8")
    return verdicts(target, secrets=SECRETS | {"AUDIT_NEW_PASSWORD": "another one 1816"})


@contextmanager
def running(app: Specimen) -> Iterator[str]:
    """An application at its URL."""
    server = Running(app)
    try:
        yield server.url
    finally:
        server.stop()


def has_no_secret(text: str) -> None:
    """Neither what was typed nor what was handed out may stand in a target file."""
    assert ADA.password not in text
    assert ADA.name not in re.findall(r"\w+", text)
    assert not re.search(r"eyJ[\w-]{10}|[0-9a-f]{24}|[\w-]{40}", text), text


# Applications


class MetaToken(Website):
    """The forgery token is in a meta element, and a script sends it as a header."""

    def home_page(self, session: Session) -> Response:
        """A page whose sign-out is a call."""
        script = (
            "<script>async function leave() {"
            "const token = document.querySelector('meta[name=csrf-token]').content;"
            "await fetch('/api/leave', {method: 'POST', headers: {'X-CSRF-Token': token}, body: '{}'});"
            "location.assign('/signed-out');"
            "}</script>"
        )
        return html(
            f"Hello, {session.user}",
            f'<meta name="csrf-token" content="{session.csrf}">{script}<p>{self.accounts[session.user].secret}</p>'
            '<p><a href="/letters">Letters</a></p><button id=leave onclick="leave()">Sign out</button>',
        )

    def tour(self) -> dict[str, Any]:
        """What there is here."""
        token = {"get": "/home", "pick": {"csrf": {"meta": "csrf-token"}}}
        leave = {"post": "/api/leave", "headers": {"X-CSRF-Token": "{{csrf}}"}, "text": "{}"}
        tour = super().tour()
        return {key: tour[key] for key in ("sign-in", "protected")} | {"sign-out": [token, leave]}

    @route("POST", "/api/leave")
    def leave(self, request: Request) -> Response:
        """Signs out."""
        session = self.session_of(request)
        if session and request.header("x-csrf-token") != session.csrf:
            return self.refuse_forgery()
        self.sign_out(request, session)
        return as_json({}).with_cookies(*self.deletions(request))


class Client(Api):
    """The API with a page whose script signs in."""

    @route("GET", "/")
    def index(self, request: Request) -> Response:
        """The page, with another site's picture and a style."""
        return html("Client", "<link rel=stylesheet href=/style.css><p id=done></p>")


class LeakyClient(AccessTokenLivesOn, RefreshTokenLivesOn, Client):
    """The same with tokens that live on."""


# What somebody does in a browser


def visit_website(page: Page, url: str) -> None:
    page.goto(url + "/login")
    page.fill("[name=username]", ADA.name)
    page.fill("[name=password]", ADA.password)
    page.click("button")
    page.wait_for_url("**/home")
    page.goto(url + "/letters")
    page.goto(url + "/home")
    page.locator("#leave, form[action='/logout'] button").first.click()
    page.wait_for_url("**/signed-out*")


def visit_hybrid(page: Page, url: str) -> None:
    page.goto(url + "/login")
    page.fill("[name=username]", ADA.name)
    page.fill("[name=password]", ADA.password)
    page.click("button")
    page.wait_for_url("**/app")
    page.locator("#secret", has_text=ADA.secret).wait_for()
    # The script listens to the button only when all else is done.
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    page.click("#logout")
    page.wait_for_url("**/signed-out*")


def visit_client(page: Page, url: str) -> None:
    page.goto(url + "/")
    page.evaluate(
        """async ([username, password]) => {
            const call = async (method, path, token, body) => {
                const headers = {"Content-Type": "application/json"};
                if (token) headers.Authorization = `Bearer ${token}`;
                const answer = await fetch(path, {method, headers, body: body && JSON.stringify(body)});
                return answer.headers.get("Content-Type") === "application/json" ? answer.json() : null;
            };
            let tokens = await call("POST", "/api/login", null, {username, password});
            await call("GET", "/api/me", tokens.access_token);
            tokens = await call("POST", "/api/refresh", null, {refresh_token: tokens.refresh_token});
            await call("GET", "/api/letters", tokens.access_token);
            await call("POST", "/api/logout", tokens.access_token, {refresh_token: tokens.refresh_token});
        }""",
        [ADA.name, ADA.password],
    )


KINDS: dict[str, tuple[type[Specimen], Callable[[Page, str], None]]] = {
    "a form with a hidden token": (OnlyTheCookieGoes, visit_website),
    "a token in a meta element": (MetaToken, visit_website),
    "a script with a cookie": (Hybrid, visit_hybrid),
    "an API with tokens": (LeakyClient, visit_client),
}


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@contextmanager
def browser(playwright: Playwright, **options: Any) -> Iterator[BrowserContext]:
    """A browser that has never been anywhere."""
    chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
    try:
        context = chromium.new_context(**options)
        yield context
        context.close()
    finally:
        chromium.close()


def same_verdicts(app: Specimen, url: str, target: Path, folder: Path) -> None:
    """A file that was made says what the one by hand says, of all that it knows."""
    made, by_hand = verdicts(target), written(app, url, folder)
    differing = {probe: (made[probe], by_hand[probe]) for probe in PROBES if made[probe] != by_hand[probe]}
    assert not differing, target.read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", KINDS)
def test_a_browsers_recording_becomes_a_target_file(kind: str, playwright: Playwright, tmp_path: Path) -> None:
    shape, visit = KINDS[kind]
    app = shape()
    har, target = tmp_path / "visit.har", tmp_path / "target.yaml"
    with running(app) as url:
        with browser(playwright, record_har_path=har, record_har_content="embed") as context:
            visit(context.new_page(), url)
        # Without the account in the environment it must find by itself what was typed.
        answer = exeunt("init", "--har", str(har), "--output", str(target), secrets={})
        assert answer.returncode == 0, answer.stderr
        assert "not tried" in answer.stderr
        has_no_secret(target.read_text(encoding="utf-8").replace(url, ""))
        same_verdicts(app, url, target, tmp_path)


@pytest.mark.parametrize("kind", ["a form with a hidden token", "a script with a cookie"])
def test_the_recorder_makes_a_target_file_of_a_visit(kind: str, playwright: Playwright, tmp_path: Path) -> None:
    shape, visit = KINDS[kind]
    app = shape()
    target = tmp_path / "target.yaml"
    with running(app) as url:
        with recorder(url, target) as (address, process):
            with browser(playwright) as context:
                page = context.new_page()
                visit(page, address)
                if kind.startswith("a form"):
                    page.goto(address + "/.exeunt/stop")
                else:
                    process.send_signal(signal.SIGINT)
            _, said = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, said
        assert "tried: it signs in and out" in said
        has_no_secret(target.read_text(encoding="utf-8").replace(url, ""))
        assert address not in target.read_text(encoding="utf-8")
        same_verdicts(app, url, target, tmp_path)


@contextmanager
def recorder(url: str, target: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The recorder at work, and where it answers."""
    process = subprocess.Popen(
        [PROGRAM, "audit", "record", url, "--output", str(target)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | SECRETS,
    )
    try:
        assert process.stderr is not None
        first = process.stderr.readline()
        yield first.split(" is at ")[1].strip().rstrip("/"), process
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def test_a_stream_does_not_hold_the_recorder_up(playwright: Playwright, tmp_path: Path) -> None:
    target = tmp_path / "target.yaml"
    with running(Website()) as url, recorder(url, target) as (address, process):
        with browser(playwright) as context:
            page = context.new_page()
            page.goto(address + "/login")
            page.fill("[name=username]", ADA.name)
            page.fill("[name=password]", ADA.password)
            page.click("button")
            page.wait_for_url("**/home")
            heard = page.evaluate(
                "() => new Promise((done) => {"
                "const events = new EventSource('/events'); events.onmessage = (event) => done(event.data); })"
            )
            assert heard.startswith(ADA.name)
            page.locator("form[action='/logout'] button").click()
            page.wait_for_url("**/signed-out*")
            process.send_signal(signal.SIGINT)
            _, said = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, said
        assert "sse: /events" in target.read_text(encoding="utf-8")


# A command that signs in

COMMAND = """
import http.cookiejar, os, re, sys, urllib.parse, urllib.request
jar = http.cookiejar.CookieJar(http.cookiejar.DefaultCookiePolicy(secure_protocols=("http", "https")))
browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
url = sys.argv[1]
token = re.search(r'name=csrf value="([^"]+)"', browser.open(url + "/login").read().decode()).group(1)
fields = {"csrf": token, "username": os.environ["AUDIT_USER"], "password": os.environ["AUDIT_PASSWORD"], "next": ""}
request = urllib.request.Request(url + "/login", urllib.parse.urlencode(fields).encode(), {"Origin": url})
browser.open(request)
print("# Netscape HTTP Cookie File")
for cookie in jar:
    place = ["#HttpOnly_" + cookie.domain, "FALSE", cookie.path, str(cookie.secure).upper(), "0"]
    print(*place, cookie.name, cookie.value, sep="\\t")
print("elsewhere.example", "FALSE", "/", "FALSE", 0, "other", "not for this host", sep="\\t")
"""


def command_target(url: str, folder: Path, program: str) -> Path:
    """A target file whose sign-in is a program."""
    script, target = folder / "sign_in.py", folder / "target.yaml"
    script.write_text(program, encoding="utf-8")
    tour = {
        "base": url,
        "sign-in": {"command": [sys.executable, str(script), url]},
        "sign-out": [{"form": "/home", "action": "/logout"}],
        "protected": ["/home", "/letters"],
    }
    target.write_text(json.dumps(tour), encoding="utf-8")
    return target


@pytest.mark.parametrize(("shape", "verdict"), [(Website, "pass"), (OnlyTheCookieGoes, "fail")])
def test_a_command_signs_in(shape: type[Specimen], verdict: str, tmp_path: Path) -> None:
    with running(shape()) as url:
        found = verdicts(command_target(url, tmp_path, COMMAND))
    assert found["sign-out-works"] == "pass"
    assert found["session-cookie-replay"] == verdict


def test_a_command_that_fails_says_why_and_no_secret(tmp_path: Path) -> None:
    program = "import os, sys; print('wrong password', os.environ['AUDIT_PASSWORD'], file=sys.stderr); sys.exit(7)"
    with running(Website()) as url:
        answer = exeunt(str(command_target(url, tmp_path, program)))
    assert answer.returncode == 2
    assert "status 7" in answer.stderr and "wrong password" in answer.stderr
    assert ADA.password not in answer.stderr


def test_a_dry_run_does_not_run_the_command(tmp_path: Path) -> None:
    trace = tmp_path / "was-run"
    target = command_target("http://127.0.0.1:9", tmp_path, f"open({str(trace)!r}, 'w')")
    answer = exeunt(str(target), "--dry-run")
    assert answer.returncode == 0 and "sign_in.py" in answer.stdout
    assert not trace.exists()


# What `init` finds by itself


def test_init_finds_signs_in_and_tries_what_it_writes(tmp_path: Path) -> None:
    app = OnlyTheCookieGoes()
    target = tmp_path / "target.yaml"
    with running(app) as url:
        answer = exeunt("init", url + "/login", "--output", str(target))
        assert answer.returncode == 0, answer.stderr
        assert "tried: it signs in and out" in answer.stderr
        text = target.read_text(encoding="utf-8")
        for line in ("action: /logout", "action: /logout/others", "action: /logout/everywhere", "action: /password"):
            assert line in text
        assert "__Host-remember" in text or "remember" in text
        has_no_secret(text)
        same_verdicts(app, url, target, tmp_path)


def test_on_a_terminal_it_asks_for_the_rest(tmp_path: Path) -> None:
    target = tmp_path / "target.yaml"
    answers = iter(["", "", "", "no path", "/home /letters"])
    with running(Website()) as url:
        child, terminal = pty.fork()
        if child == 0:
            command = [PROGRAM, "audit", "init", url + "/login", "--output", str(target)]
            os.execve(PROGRAM, command, os.environ | SECRETS)
        said = b""
        with contextlib.suppress(OSError):  # Which is how the end of it looks.
            while piece := os.read(terminal, 4096):
                said += piece
                if said.endswith(b": "):
                    os.write(terminal, next(answers, "").encode() + b"\n")
        os.close(terminal)
        _, status = os.waitpid(child, 0)
    assert status == 0 and b"`no` is no path" in said
    text = target.read_text(encoding="utf-8")
    assert "protected:\n  - /home\n  - /letters\n" in text and "/letters.csv" not in text
    assert b"tried: it signs in and out" in said


def test_init_finds_the_call_of_a_script_that_signs_in(tmp_path: Path) -> None:
    with running(Hybrid()) as url:
        answer = exeunt("init", url + "/login")
    assert "post: /api/login" in answer.stdout
    # What the sign-out's call brings along is nowhere to be seen, and that is said.
    assert "does not work yet" in answer.stderr


# What cannot be read


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "no HAR"),
        (b"\x00\xff not json", "no HAR"),
        (b'{"log": {"entries": 3}}', "no HAR"),
        (b'{"log": {"entries": []}}', "no request"),
        (
            json.dumps(
                {
                    "log": {
                        "entries": [
                            {"request": {"method": "GET", "url": "http://a.example/"}, "response": {"status": 200}}
                        ]
                    }
                }
            ).encode(),
            "no sign-in was seen",
        ),
    ],
    ids=["empty", "binary", "wrong shape", "no entries", "no sign-in"],
)
def test_what_is_no_recording_is_told_in_a_sentence(content: bytes, complaint: str, tmp_path: Path) -> None:
    har = tmp_path / "broken.har"
    har.write_bytes(content)
    answer = exeunt("init", "--har", str(har))
    assert answer.returncode == 2
    assert answer.stderr.startswith(f"exeunt: {har}: ")
    assert complaint in answer.stderr and not answer.stdout


def test_a_huge_recording_is_refused(tmp_path: Path) -> None:
    har = tmp_path / "huge.har"
    with har.open("wb") as file:
        file.truncate((64 << 20) + 1)
    answer = exeunt("init", "--har", str(har))
    assert answer.returncode == 2 and "64 MiB" in answer.stderr
