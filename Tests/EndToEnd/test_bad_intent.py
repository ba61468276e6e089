"""Malice: requests that the user never meant, places that they must not lead to, and names that are code."""

from __future__ import annotations

import html

import pytest

from exeunt import (
    DEVICES,
    LOGIN,
    LOGOUT,
    PATIENCE,
    REMEMBER_COOKIE,
    SESSION_COOKIE,
    Account,
    Authority,
    Visitor,
    end_path,
    expect,
)
from raw_http import request, send
from server import Server

pytestmark = pytest.mark.usefixtures("bystander")

FORM = ("Content-Type", "application/x-www-form-urlencoded")


def cookie(visitor: Visitor) -> tuple[str, str]:
    """The session cookie, by hand."""
    return "Cookie", f"{SESSION_COOKIE}={visitor.cookies()[SESSION_COOKIE]}"


# Where to go next

EVIL = [
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "/%09/evil.example",
    "https://evil.example/",
    "HTTPS://evil.example",
    "https:evil.example",
    "https:/evil.example",
    "http://127.0.0.1@evil.example/",
    "http://127.0.0.1:8080@evil.example/",
    "http://127.0.0.1.evil.example/",
    "javascript:alert(1)",
    "data:text/html,x",
    "/..//evil.example",
    "/.//evil.example",
    "/account/..//evil.example",
    "/%2F/evil.example",
    "/%5Cevil.example",
    "%2F%2Fevil.example",
    "/\u2028/evil.example",
    "/\u00a0/evil.example",
    "/ok\r\nSet-Cookie: a=b",
    "/ok\r\nLocation: https://evil.example",
    "/\x00/evil.example",
    "?//evil.example",
    "evil.example",
    "/\\/evil.example",
    "/;@evil.example",
    "https://evil.example\\@127.0.0.1/",
]


def leads_home(server: Server, location: str) -> bool:
    """Whether a browser that follows this Location stays on our origin, by the WHATWG rules for odd slashes."""
    cleaned = location.strip("".join(map(chr, range(0x21)))).replace("\t", "").replace("\n", "").replace("\r", "")
    slashed = cleaned.replace("\\", "/")
    if slashed.startswith(server.issuer + "/"):
        return True
    return slashed.startswith("/") and not slashed.startswith("//")


@pytest.mark.parametrize("target", EVIL)
def test_return_to_never_leads_away_from_home(server: Server, ada: Account, target: str) -> None:
    visitor = server.visitor()
    signed_in = expect(visitor.try_sign_in(ada.email, ada.password, return_to=target), 303, 400)
    if signed_in.status_code == 303:
        assert leads_home(server, signed_in.headers["Location"]), signed_in.headers["Location"]
        assert "a" not in visitor.cookies(), "a header was injected"
    visitor.sign_in(ada)
    signed_out = expect(visitor.sign_out(return_to=target), *((400,) if "\0" in target else (303,)))
    if signed_out.status_code == 303:
        assert leads_home(server, signed_out.headers["Location"]), signed_out.headers["Location"]
        assert "a" not in visitor.cookies() and not visitor.is_signed_in(), "the odd target kept the session alive"
    page = server.get(LOGIN, params={"return_to": target})
    assert page.status_code in (200, 400) and "a" not in page.cookies


@pytest.mark.parametrize("target", [DEVICES, "/account?tab=password", "/signed-out"])
def test_return_to_a_page_of_our_own_is_kept(server: Server, ada: Account, target: str) -> None:
    visitor = server.visitor()
    assert visitor.try_sign_in(ada.email, ada.password, return_to=target).headers["Location"].endswith(target)
    assert visitor.sign_out(return_to=target).headers["Location"].endswith(target)


# Requests that the user never meant

FETCH_SITES = ["same-origin", "none", "same-site", "cross-site", "rubbish", None]
ORIGINS = ["own", "null", "https://evil.example", "same-host-other-port", None]


@pytest.mark.parametrize("site", FETCH_SITES)
@pytest.mark.parametrize("origin", ORIGINS)
def test_a_post_counts_only_when_our_own_page_sent_it(
    server: Server, ada: Account, site: str | None, origin: str | None
) -> None:
    visitor = server.visitor().sign_in(ada)
    headers: list[tuple[str, str | bytes]] = [FORM, cookie(visitor)]
    if site is not None:
        headers.append(("Sec-Fetch-Site", site))
    port = int(server.issuer.rsplit(":", 1)[1])
    named = {"own": server.issuer, "same-host-other-port": f"http://127.0.0.1:{port ^ 1}"}
    if origin is not None:
        headers.append(("Origin", named.get(origin, origin)))
    ours = site in ("same-origin", "none") or (site is None and origin == "own")
    session_id = visitor.session()["session_id"]
    foreign = [(end_path(session_id), b""), (LOGIN, b"email=a&password=b"), ("/account/report", b"current_password=a")]
    for path, body in [*([] if ours else foreign), (LOGOUT, b"scope=everywhere")]:
        answer = send(server.url, request("POST", path, headers, body, host=server.url.partition("://")[2]))
        assert (answer.status == 403) is not ours, f"{path}: {answer}"
    assert visitor.is_signed_in() is not ours


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"])
@pytest.mark.parametrize("extra", [{}, {"Sec-Purpose": "prefetch"}, {"Purpose": "prefetch"}, {"X-Moz": "prefetch"}])
def test_no_other_method_and_no_prefetch_ever_signs_anyone_out(
    server: Server, ada: Account, method: str, extra: dict[str, str]
) -> None:
    visitor = server.visitor().sign_in(ada)
    for path in (LOGOUT, LOGOUT + "?scope=everywhere", end_path(visitor.session()["session_id"])):
        answer = visitor.http.request(method, server.url + path, headers=extra, allow_redirects=False, timeout=PATIENCE)
        assert answer.status_code in (404, 405), f"{method} {path} answered {answer.status_code}"
        if path == LOGOUT:
            assert answer.status_code == 405 and "POST" in answer.headers["Allow"]
        assert "Clear-Site-Data" not in answer.headers and "Set-Cookie" not in answer.headers
    assert visitor.is_signed_in()


@pytest.mark.parametrize(
    ("method", "headers"),
    [("GET", {"Sec-Purpose": "prefetch;prerender"}), ("GET", {"Purpose": "prefetch"}), ("HEAD", {}), ("POST", {})],
)
def test_what_is_no_visit_to_a_page_leaves_a_remembered_login_as_it_was(
    server: Server, ada: Account, method: str, headers: dict[str, str]
) -> None:
    remembered = server.visitor().sign_in(ada, remember=True).cookies()[REMEMBER_COOKIE]
    visitor = server.visitor().carry({REMEMBER_COOKIE: remembered})
    path = end_path("A" * 22) if method == "POST" else DEVICES
    answer = visitor.http.request(method, server.url + path, headers=headers, allow_redirects=False, timeout=PATIENCE)
    assert ada.email not in answer.text
    assert visitor.cookies() == {REMEMBER_COOKIE: remembered}, "the login is live, and its cookie was taken away"
    assert expect(visitor.get(DEVICES), 200).text and visitor.is_signed_in()


def test_a_method_override_does_not_turn_a_get_into_a_post(server: Server, ada: Account) -> None:
    visitor = server.visitor().sign_in(ada)
    visitor.get(LOGOUT, headers={"X-HTTP-Method-Override": "POST"})
    visitor.get(LOGOUT + "?_method=POST")
    assert visitor.is_signed_in()


# What belongs to somebody else


def test_another_users_session_is_a_404_and_goes_on(server: Server) -> None:
    ada, grace = (server.visitor().sign_in(account) for account in server.accounts[:2])
    theirs = grace.session()["session_id"]
    foreign, missing = ada.post(end_path(theirs)), ada.post(end_path("A" * 22))
    assert foreign.status_code == missing.status_code == 404
    assert foreign.text.replace(theirs, "") == missing.text.replace("A" * 22, "")
    assert grace.is_signed_in() and ada.is_signed_in()


@pytest.mark.parametrize("odd", ["../sessions", "%2e%2e", "' OR 1=1 --", "A" * 3000, "%00", "\u00e9", "*", "%"])
def test_an_odd_session_id_is_a_404_and_ends_nothing(server: Server, ada: Account, odd: str) -> None:
    visitor = server.visitor().sign_in(ada)
    answer = visitor.post(end_path(odd))
    assert answer.status_code in (400, 404, 405), answer.text
    assert visitor.is_signed_in()


def test_a_page_asked_for_without_a_session_leads_to_the_sign_in(server: Server) -> None:
    visitor = server.visitor()
    for path in (DEVICES, "/account"):
        answer = expect(visitor.get(path), 303)
        assert answer.headers["Location"].split("?")[0].endswith(LOGIN)
    stream = visitor.listen()
    assert stream.status_code in (200, 204, 401), stream.status_code
    stream.close()


def test_a_scope_that_a_client_lacks_is_a_403_and_does_nothing(server: Server, authority: Authority) -> None:
    opened = authority.open("scoped")
    reader = server.authority("introspect")
    for response in (reader.try_open("scoped"), reader.end_all("scoped"), reader.event("scoped", "password_reset")):
        assert response.status_code == 403, response.text
        assert response.headers["Content-Type"].startswith("application/problem+json")
    expect(authority.request("POST", "/v1/logout-all", json={}), 403)
    assert len(authority.sessions("scoped")) == 1 and authority.is_active(opened.access_token)


# Names that are code

NASTY = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'; DROP TABLE sessions; --",
    "{{{email}}} {{#sessions}} ${7*7}",
    "\u202etxt.exe\u202c",
    "a\u0000b\nc",
]


@pytest.mark.parametrize("nasty", NASTY)
def test_sql_and_html_in_a_device_show_up_as_the_text_they_are(
    server: Server, authority: Authority, ada: Account, nasty: str
) -> None:
    visitor = server.visitor().sign_in(ada)
    subject = visitor.session()["subject"]
    answer = authority.try_open(subject, device={"label": nasty, "user_agent": nasty, "address": "192.0.2.7"})
    page = expect(visitor.get(DEVICES), 200).text
    assert "<script>alert" not in page and "<img src=x" not in page, "a label became markup"
    if "\0" in nasty and answer.status_code in (400, 422):
        return
    session_id = expect(answer, 201).json()["session_id"]
    label = next(listed["device"]["label"] for listed in authority.sessions(subject) if listed["id"] == session_id)
    assert label == nasty or not nasty.isprintable(), f"the list has {label!r}"
    assert label in html.unescape(page), f"the page does not show {label!r}"
    expect(authority.end(subject, session_id), 200)


@pytest.mark.parametrize("nasty", NASTY[:3])
def test_a_browser_that_signs_in_with_a_nasty_user_agent_is_only_text(server: Server, ada: Account, nasty: str) -> None:
    visitor = server.visitor(agent=nasty).sign_in(ada)
    page = expect(visitor.get(DEVICES), 200).text
    assert "<script>alert" not in page and "<img src=x" not in page
    assert visitor.is_signed_in()


@pytest.mark.parametrize("nasty", ["' OR '1'='1", "ada@example.test' --", "%", "_", "*", "ada@example.test\x00"])
def test_sql_in_the_sign_in_form_signs_nobody_in(server: Server, nasty: str) -> None:
    visitor = server.visitor()
    for form in ((nasty, nasty), (server.accounts[0].email, nasty), (nasty, server.accounts[0].password)):
        assert visitor.try_sign_in(*form).status_code in (400, 401, 429)
    assert not visitor.is_signed_in()
