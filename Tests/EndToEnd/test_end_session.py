"""Sign-out that a relying party asks for (OpenID Connect RP-Initiated Logout 1.0), clause by clause."""

from __future__ import annotations

import html
import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import jwt
import pytest
import requests
from playwright.sync_api import BrowserContext, Playwright

from browser import complaints, first_page, profile, sign_in
from catcher import Catcher
from exeunt import (
    END_SESSION,
    METADATA,
    OPENID_CONFIGURATION,
    SESSION_COOKIE,
    SIGNED_OUT,
    Visitor,
    expect,
)
from raw_http import send
from server import Server, Starter, command, command_json, command_lines
from token_provider import AUDIENCE, LEFT_OUT, Provider, by_hand

PLACE = "https://notes.example.com/signed-out"
WITH_QUERY = "https://notes.example.com/out?app=notes"
NAME = 'Notes & "Lists" <b>'
INSIDE = {"outgoing.allow": "127.0.0.0/8"}
CROSS = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
"""What a browser says of a navigation from another site."""


def add_party(data: Path, *places: str, name: str = NAME) -> str:
    """A relying party that browsers may be led to at these places; its client id."""
    wanted = [part for place in places for part in ("--post-logout-redirect-uri", place)]
    return str(command_json("clients", "add", name, "--public", *wanted, data=data)["client_id"])


@pytest.fixture(scope="module")
def party(server: Server) -> str:
    """The relying party of most tests."""
    return add_party(server.data, PLACE, WITH_QUERY)


@pytest.fixture
def visitor(server: Server) -> Visitor:
    """Somebody who is signed in."""
    return server.visitor().sign_in(server.accounts[0])


def fields(page: requests.Response) -> dict[str, str]:
    """What the page's own form would send."""
    form = re.search(r'<form method="post" action="/end-session">(.*?)</form>', page.text, re.DOTALL)
    assert form, page.text
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', form[1])
    return {html.unescape(name): html.unescape(value) for name, value in found}


def ask(visitor: Visitor, **parameters: str) -> requests.Response:
    """A relying party leads the browser here; the page that asks."""
    return expect(visitor.get(f"{END_SESSION}?{urlencode(parameters)}", headers=CROSS), 200)


def confirm(visitor: Visitor, page: requests.Response) -> requests.Response:
    """The person says yes."""
    return expect(visitor.post(END_SESSION, fields(page)), 303)


def is_refused(visitor: Visitor, parameters: dict[str, str]) -> None:
    """An error page, no way on, and nothing that has ended."""
    for answer in (
        visitor.get(f"{END_SESSION}?{urlencode(parameters)}", headers=CROSS),
        visitor.post(END_SESSION, {**parameters, "confirmed": "1"}),
    ):
        expect(answer, 400)
        assert "Location" not in answer.headers
        assert "Refresh" not in answer.headers
        assert "notes.example.com" not in answer.text.replace("&#39;", "'")
        assert "Set-Cookie" not in answer.headers
    assert visitor.is_signed_in()


# §2: GET and POST, and the question


def test_discovery_names_the_endpoint(server: Server) -> None:
    for path in (METADATA, OPENID_CONFIGURATION):
        metadata = server.get(path).json()
        assert metadata["end_session_endpoint"] == server.issuer + END_SESSION
        assert metadata["backchannel_logout_supported"] is True
        assert metadata["backchannel_logout_session_supported"] is True
    assert server.get(OPENID_CONFIGURATION).json()["issuer"] == server.issuer
    assert server.get(OPENID_CONFIGURATION).json()["frontchannel_logout_supported"] is False


def test_a_get_asks_and_ends_nothing_whoever_leads_there(visitor: Visitor, party: str) -> None:
    place = f"{END_SESSION}?{urlencode({'client_id': party, 'confirmed': '1'})}"
    for headers in (
        CROSS,
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Purpose": "prefetch"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"},
    ):
        page = expect(visitor.get(place, headers=headers), 200)
        assert "Sign out of this device?" in page.text
        assert "Set-Cookie" not in page.headers
        assert page.headers["Cache-Control"] == "no-store"
    assert visitor.http.head(visitor.url + place).status_code == 200
    assert visitor.is_signed_in()


def test_the_page_says_who_asks_and_whose_session_it_is_and_lets_one_stay(
    server: Server, visitor: Visitor, party: str
) -> None:
    page = ask(visitor, client_id=party, post_logout_redirect_uri=PLACE, state='"><script>alert(1)</script>')
    assert html.escape(NAME, quote=True).replace("&#x27;", "&#39;") in page.text
    assert server.accounts[0].email in page.text
    assert '<a class="button button-wide" href="/">Stay signed in</a>' in page.text
    assert "<script>alert" not in page.text
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert "form-action 'self' https://notes.example.com;" in page.headers["Content-Security-Policy"]


def test_somebody_who_says_yes_is_signed_out_and_led_back(visitor: Visitor, party: str) -> None:
    kept = visitor.cookies()
    page = ask(visitor, client_id=party, post_logout_redirect_uri=PLACE, state="af0ifjsldkj")
    answer = confirm(visitor, page)
    assert answer.headers["Location"] == PLACE + "?state=af0ifjsldkj"
    assert answer.headers["Clear-Site-Data"] == '"storage"'
    assert SESSION_COOKIE not in visitor.cookies()
    assert not Visitor(visitor.url).carry(kept).is_signed_in()


def test_without_a_place_to_go_on_to_our_own_page_is_the_end(visitor: Visitor, party: str) -> None:
    assert confirm(visitor, ask(visitor, client_id=party, state="lost")).headers["Location"] == SIGNED_OUT


def test_hints_that_make_no_difference_are_taken(visitor: Visitor) -> None:
    page = ask(visitor, logout_hint="ada@example.test", ui_locales="de en", something="else")
    assert confirm(visitor, page).headers["Location"] == SIGNED_OUT


def test_a_form_of_another_site_gets_the_question_and_never_hears_that_one_is_signed_out_already(
    server: Server, visitor: Visitor, party: str
) -> None:
    form = {"client_id": party, "post_logout_redirect_uri": PLACE, "state": "s"}
    for headers in (CROSS, {**CROSS, "Sec-Fetch-Site": "same-site"}):
        # No cookie comes with it: it is SameSite=Lax.
        page = expect(server.visitor().post(END_SESSION, form, headers=headers), 200)
        assert "already" not in page.text
        assert fields(page) == {"confirmed": "1", **form}
        assert "Set-Cookie" not in page.headers
    answer = confirm(visitor, page)
    assert answer.headers["Location"] == PLACE + "?state=s"
    assert not visitor.is_signed_in()


@pytest.mark.parametrize(
    "headers",
    [
        CROSS,
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "", "Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "", "Origin": "null"},
    ],
)
def test_a_yes_that_another_site_has_forged_ends_nothing(visitor: Visitor, party: str, headers: dict[str, str]) -> None:
    sent = {name: value or None for name, value in headers.items()}
    answer = visitor.post(END_SESSION, {"client_id": party, "confirmed": "1"}, headers=sent)
    assert "Sign out of this device?" in expect(answer, 200).text
    assert visitor.is_signed_in()


def test_a_yes_without_any_word_of_where_it_comes_from_ends_nothing(server: Server, visitor: Visitor) -> None:
    cookie = f"session={visitor.cookies()[SESSION_COOKIE]}"
    head = f"POST /end-session HTTP/1.1\r\nHost: x\r\nCookie: {cookie}\r\nConnection: close\r\n"
    kind = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 11\r\n\r\n"
    answer = send(server.url, (head + kind + "confirmed=1").encode())
    assert answer.status == 200
    assert "Sign out of this device?" in answer.body
    assert visitor.is_signed_in()


def test_our_own_form_without_the_yes_is_a_question(visitor: Visitor, party: str) -> None:
    for yes in ({}, {"confirmed": ""}, {"confirmed": "0"}, {"confirmed": "true"}):
        page = expect(visitor.post(END_SESSION, {"client_id": party, **yes}), 200)
        assert "Sign out of this device?" in page.text
    assert visitor.is_signed_in()


def test_a_remembered_login_alone_is_asked_about_and_forgotten(server: Server, party: str) -> None:
    visitor = server.visitor().sign_in(server.accounts[0], remember=True)
    visitor.http.cookies.pop(SESSION_COOKIE)
    kept = visitor.cookies()
    page = ask(visitor, client_id=party)
    assert "Sign out of this device?" in page.text
    assert SESSION_COOKIE not in visitor.cookies(), "asking has resumed the login"
    confirm(visitor, page)
    assert not server.visitor().carry(kept).is_signed_in()


# §2 and §4: hints


def test_what_is_no_id_token_of_a_known_provider_is_an_error(server: Server, visitor: Visitor, party: str) -> None:
    ours = server.authority().open("user-1").access_token
    for hint in ("x", "a.b.c", ours, ours[:-4] + "AAAA", "e30.e30.", "x" * 20_000):
        is_refused(visitor, {"id_token_hint": hint, "client_id": party, "post_logout_redirect_uri": PLACE})
        is_refused(visitor, {"id_token_hint": hint})


class Vouched:
    """A server that knows a provider, somebody whom that has vouched for, and a relying party."""

    def __init__(self, server: Server, provider: Provider) -> None:
        self.server, self.provider = server, provider
        command("providers", "add", provider.issuer, "--audience", AUDIENCE, data=server.data, settings=INSIDE)
        self.client = add_party(server.data, PLACE, name="Notes")
        upstream = {"issuer": provider.issuer, "sid": "s1", "sub": "ada-there"}
        opened = expect(server.authority().try_open("ada", upstream=upstream), 201).json()
        self.visitor = server.visitor().carry({SESSION_COOKIE: opened["session_token"]})

    def hint(self, kind: str | None = "JWT", **claims: Any) -> str:
        """An ID token about that session, but for those claims."""
        return self.provider.sign(self.claims(**claims), kind)

    def claims(self, **changes: Any) -> dict[str, Any]:
        """Its claims."""
        good = {"iss": self.provider.issuer, "aud": AUDIENCE, "sub": "ada-there", "sid": "s1", "iat": 1, "exp": 301}
        return {name: value for name, value in (good | changes).items() if value is not LEFT_OUT}


ANOTHER = "The request is about another sign-in than the one in this browser."


def test_an_id_token_that_is_about_the_session_is_a_hint_also_when_it_has_expired(start: Starter) -> None:
    with Provider() as provider:
        here = Vouched(start(settings=INSIDE), provider)
        for hint in (
            here.hint(),
            here.hint(None),
            here.hint(sid=LEFT_OUT),
            here.hint(aud=[AUDIENCE, "more"]),
            here.hint(aud=here.client),
            here.hint(exp=4_000_000_000),
        ):
            page = ask(here.visitor, id_token_hint=hint, client_id=here.client, post_logout_redirect_uri=PLACE)
            assert ANOTHER not in page.text
        # By its audience alone it says which client asks.
        page = ask(here.visitor, id_token_hint=here.hint(aud=here.client), post_logout_redirect_uri=PLACE)
        assert "Notes" in page.text
        assert confirm(here.visitor, page).headers["Location"] == PLACE
        assert not here.visitor.is_signed_in()


def test_a_hint_that_is_about_another_sign_in_is_asked_about_and_said_to_be(start: Starter) -> None:
    with Provider() as provider:
        here = Vouched(start(settings=INSIDE), provider)
        for hint in (here.hint(sid="s2"), here.hint(sub="grace-there"), here.hint(sub="grace-there", sid=LEFT_OUT)):
            page = ask(here.visitor, id_token_hint=hint, client_id=here.client)
            assert ANOTHER in page.text
            assert "Sign out of this device?" in page.text
        other = here.server.visitor().sign_in(here.server.accounts[0])
        assert ANOTHER in ask(other, id_token_hint=here.hint(), client_id=here.client).text
        assert here.visitor.is_signed_in()


def test_each_mutation_of_a_hint_is_an_error(start: Starter) -> None:
    with Provider() as provider, Provider() as stranger:
        here = Vouched(start(settings=INSIDE), provider)
        good = here.hint()
        for bad in (
            here.hint(iss=stranger.issuer),
            stranger.sign(here.claims(), "JWT"),
            here.hint("logout+jwt"),
            here.hint("at+jwt"),
            here.hint("secevent+jwt"),
            here.hint(sub=LEFT_OUT),
            here.hint(sub=""),
            here.hint(aud=LEFT_OUT),
            here.hint(iat=LEFT_OUT),
            here.hint(exp=LEFT_OUT),
            here.hint(events={}),
            here.hint(sid=7),
            good[:-6] + ("AAAAAA" if not good.endswith("AAAAAA") else "BBBBBB"),
            by_hand({"alg": "none"}, json.dumps(here.claims()), provider.keys[0]),
            by_hand({"alg": "HS256"}, json.dumps(here.claims()), provider.keys[0], provider.keys[0].public_pem),
        ):
            is_refused(here.visitor, {"id_token_hint": bad, "client_id": here.client})
        # For somebody else than the client that is named, or than us.
        is_refused(here.visitor, {"id_token_hint": here.hint(aud="somebody"), "client_id": here.client})
        other = add_party(here.server.data, PLACE, name="Other")
        is_refused(here.visitor, {"id_token_hint": here.hint(aud=other), "client_id": here.client})
        # For us: then it does not say which client asks, and where to.
        is_refused(here.visitor, {"id_token_hint": good, "post_logout_redirect_uri": PLACE})
        assert ask(here.visitor, id_token_hint=good, client_id=here.client)


def test_a_client_that_there_is_none_of_is_an_error(visitor: Visitor) -> None:
    is_refused(visitor, {"client_id": "client_nobody"})
    is_refused(visitor, {"client_id": "exeunt"})
    is_refused(visitor, {"client_id": "client_nobody", "post_logout_redirect_uri": PLACE})


# §3: where it leads


@pytest.mark.parametrize(
    "place",
    [
        PLACE + "/",
        PLACE + "?x=1",
        PLACE + "#x",
        PLACE[:-1],
        PLACE.replace("https", "http"),
        PLACE.replace("notes.", "notes.example.com."),
        PLACE.replace("notes.example.com", "NOTES.example.com"),
        PLACE.replace("//", "//user@"),
        PLACE.replace("example.com", "example.com:443"),
        PLACE.replace("signed-out", "signed%2Dout"),
        PLACE.replace("/signed", "/./signed"),
        WITH_QUERY + "&more=1",
        WITH_QUERY.replace("?app=notes", ""),
        "https://evil.example/",
        "//notes.example.com/signed-out",
        "/signed-out",
        "javascript:alert(1)",
        " " + PLACE,
        PLACE + "\r\nX: y",
    ],
)
def test_a_place_that_is_not_registered_to_the_letter_is_an_error_and_leads_nowhere(
    visitor: Visitor, party: str, place: str
) -> None:
    is_refused(visitor, {"client_id": party, "post_logout_redirect_uri": place, "state": "s"})


def test_a_place_of_another_client_or_of_nobody_is_an_error(server: Server, visitor: Visitor) -> None:
    other = add_party(server.data, "https://other.example/out", name="Other")
    is_refused(visitor, {"client_id": other, "post_logout_redirect_uri": PLACE})
    is_refused(visitor, {"post_logout_redirect_uri": PLACE})


def test_a_field_that_comes_twice_is_an_error(visitor: Visitor, party: str) -> None:
    query = urlencode([("client_id", party), ("post_logout_redirect_uri", PLACE), ("post_logout_redirect_uri", PLACE)])
    expect(visitor.get(f"{END_SESSION}?{query}", headers=CROSS), 400)
    assert visitor.is_signed_in()


@pytest.mark.parametrize("state", ["a", "a b&c=d#e?f/%20+", "ünïcode ✓", "\r\nSet-Cookie: a=b", "=", "x" * 2048])
@pytest.mark.parametrize("place", [PLACE, WITH_QUERY])
def test_the_state_comes_back_as_it_was_sent(server: Server, party: str, place: str, state: str) -> None:
    visitor = server.visitor()
    page = expect(
        visitor.post(END_SESSION, {"client_id": party, "post_logout_redirect_uri": place, "state": state}), 200
    )
    location = confirm(visitor, page).headers["Location"]
    assert location.startswith(place)
    expected = dict(parse_qsl(urlsplit(place).query)) | {"state": state}
    assert dict(parse_qsl(urlsplit(location).query, keep_blank_values=True)) == expected
    assert urlsplit(location).fragment == ""
    assert location.isascii()


def test_a_state_that_is_too_long_is_an_error(visitor: Visitor, party: str) -> None:
    is_refused(visitor, {"client_id": party, "post_logout_redirect_uri": PLACE, "state": "x" * 2049})


# §4: once more is as good as once


def test_once_more_is_as_good_as_once(visitor: Visitor, party: str) -> None:
    page = ask(visitor, client_id=party, post_logout_redirect_uri=PLACE, state="s")
    places = {expect(visitor.post(END_SESSION, fields(page)), 303).headers["Location"] for _ in range(3)}
    assert places == {PLACE + "?state=s"}


def test_somebody_who_is_not_signed_in_hears_so_and_goes_on(server: Server, party: str) -> None:
    dead = server.visitor().sign_in(server.accounts[0])
    kept = dead.cookies()
    dead.sign_out()
    for visitor in (server.visitor(), server.visitor().carry(kept), server.visitor().carry({SESSION_COOKIE: "x"})):
        page = ask(visitor, client_id=party, post_logout_redirect_uri=PLACE, state="s")
        assert "You are signed out already" in page.text
        assert f'href="{PLACE}?state=s"' in page.text
        assert page.headers["Refresh"] == f"3; url={PLACE}?state=s"
        assert "Refresh" not in ask(visitor, client_id=party).headers


def test_a_request_that_may_lack_cookies_never_says_that_one_is_signed_out(server: Server, party: str) -> None:
    for headers in (
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"},
        {**CROSS, "Sec-Purpose": "prefetch;prerender"},
    ):
        page = expect(server.visitor().get(f"{END_SESSION}?client_id={party}", headers=headers), 200)
        assert "Sign out of this device?" in page.text


# §2: relying parties are told before the browser goes on


def add_told(server: Server, url: str) -> str:
    """A relying party that is told at this address of every session that ends; its client id."""
    client = add_party(server.data, PLACE, name="Told")
    told = ("--client", client, "--url", url, "--hears", "all")
    command("receivers", "add", "backchannel", *told, data=server.data, settings=INSIDE)
    return client


def test_who_is_told_has_been_told_when_the_browser_goes_on(start: Starter) -> None:
    server = start(settings=INSIDE)
    visitor = server.visitor().sign_in(server.accounts[0])
    session = visitor.session()["session_id"]
    with Catcher() as party:
        client = add_told(server, party.url)
        page = ask(visitor, client_id=client, post_logout_redirect_uri=PLACE)
        assert confirm(visitor, page).headers["Location"] == PLACE
        token = parse_qsl(party.caught.get_nowait().body)[0][1]
    assert jwt.decode(token, options={"verify_signature": False})["sid"] == session


def test_one_that_hangs_does_not_keep_the_browser_and_the_page_says_so(start: Starter) -> None:
    server = start(settings=INSIDE)
    visitor = server.visitor().sign_in(server.accounts[0])
    with Catcher() as party:
        party.answers.clear()
        client = add_told(server, party.url)
        page = ask(visitor, client_id=client, post_logout_redirect_uri=PLACE, state="s")
        answer = expect(visitor.post(END_SESSION, fields(page)), 200)
        assert "You are signed out" in answer.text
        assert "An application could not be told yet." in answer.text
        assert f'href="{PLACE}?state=s"' in answer.text
        assert answer.headers["Clear-Site-Data"] == '"storage"'
        assert not visitor.is_signed_in()


# Registration (§3.1)


@pytest.mark.parametrize(
    "place",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "http://notes.example.com/out",
        "https://notes.example.com/out#x",
        "https://user@notes.example.com/",
        "https://",
        "/out",
        "",
        "notes",
        "https://notes.example.com/a b",
        "https://notes.example.com/;,",
        "https://notes.example.com/" + "x" * 2048,
        "vbscript:x",
        "file:///etc/passwd",
    ],
)
def test_a_place_where_no_browser_should_be_led_cannot_be_registered(server: Server, place: str) -> None:
    arguments = ("clients", "add", "bad", "--public", f"--post-logout-redirect-uri={place}")
    assert command(*arguments, data=server.data, expected=None).returncode not in (0, 70)


def test_a_clients_places_can_be_changed_while_the_server_runs(server: Server) -> None:
    client = add_party(server.data, PLACE, name="Changing")
    visitor = server.visitor()
    new = "com.example.notes:/signed-out"
    command("clients", "set", client, "--name", "Changed", "--post-logout-redirect-uri", new, data=server.data)
    assert "Changed" in expect(visitor.post(END_SESSION, {"client_id": client}), 200).text
    form = {"client_id": client, "post_logout_redirect_uri": new, "state": "s"}
    assert confirm(visitor, visitor.post(END_SESSION, form)).headers["Location"] == new + "?state=s"
    expect(visitor.post(END_SESSION, {**form, "post_logout_redirect_uri": PLACE}), 400)
    command("clients", "set", client, "--no-post-logout-redirect-uri", data=server.data)
    expect(visitor.post(END_SESSION, form), 400)
    listed = {row["client_id"]: row for row in command_lines("clients", "list", data=server.data)}
    assert listed[client]["post_logout_redirect_uris"] == []
    assert listed[client]["name"] == "Changed"
    command("clients", "set", "client_nobody", "--name", "x", data=server.data, expected=1)
    command("clients", "set", client, data=server.data, expected=2)


# In a real browser


class _Party(BaseHTTPRequestHandler):
    """A relying party's site: any path with its own form on it."""

    form = ""

    def do_GET(self) -> None:
        """Answers with the form, or with the page that comes after."""
        body = f"<!DOCTYPE html><title>Party</title><p>{html.escape(self.path)}</p>{self.form}".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def site() -> Iterator[str]:
    """A site that is another one for a browser: 127.0.0.1, where the server is at localhost."""
    listening = ThreadingHTTPServer(("127.0.0.1", 0), _Party)
    threading.Thread(target=listening.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{listening.server_port}"
    listening.shutdown()
    listening.server_close()


@pytest.fixture
def context(playwright: Playwright, tmp_path: Path) -> Iterator[BrowserContext]:
    """A browser."""
    with profile(playwright, tmp_path / "profile") as opened:
        yield opened


@pytest.mark.parametrize("method", ["get", "post"])
def test_in_chromium_a_relying_party_on_another_site_signs_one_out_after_a_yes(
    start: Starter, context: BrowserContext, site: str, method: str, tmp_path: Path
) -> None:
    server = start()
    client = add_party(server.data, site + "/out", name="Notes")
    inputs = {"client_id": client, "post_logout_redirect_uri": site + "/out", "state": "af0 &"}
    _Party.form = (
        f'<form method="{method}" action="{server.issuer}/end-session">'
        + "".join(f'<input type="hidden" name="{k}" value="{html.escape(v)}">' for k, v in inputs.items())
        + "<button>Log out of Notes</button></form>"
    )
    page = first_page(context)
    with complaints(page) as found:
        sign_in(page, server.issuer, server.accounts[0])
        page.goto(site + "/")
        page.get_by_role("button", name="Log out of Notes").click()
        page.wait_for_url("**/end-session*")
        text = page.locator("main").inner_text()
        assert "Notes asks to sign you out here." in text
        assert (server.accounts[0].email in text) == (method == "get"), "a cross-site form brings no Lax cookie"
        page.set_viewport_size({"width": 390, "height": 844})
        page.screenshot(path=tmp_path / f"end-session-{method}.png")
        page.get_by_role("link", name="Stay signed in").click()
        page.wait_for_url("**/account/sessions")
        page.goto(site + "/")
        page.get_by_role("button", name="Log out of Notes").click()
        page.get_by_role("button", name="Sign out", exact=True).click()
        page.wait_for_url(site + "/out?state=af0%20%26")
    assert found == []
    page.goto(server.issuer + "/account/sessions")
    assert "/login" in page.url
