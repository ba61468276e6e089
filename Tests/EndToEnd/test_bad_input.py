"""Rubbish: each piece of it gets a clear refusal, and none costs anybody a session."""

from __future__ import annotations

import base64
import socket
from urllib.parse import urlsplit

import pytest

from exeunt import (
    DEVICES,
    HEALTH,
    INTROSPECT,
    LOGIN,
    LOGOUT,
    OPEN,
    PATIENCE,
    REVOKE,
    SESSION,
    SESSION_COOKIE,
    TOKEN,
    Account,
    Authority,
    Visitor,
)
from raw_http import RawAnswer, request, send
from server import Server

FORM = ("Content-Type", "application/x-www-form-urlencoded")
JSON = ("Content-Type", "application/json")
OURS = ("Sec-Fetch-Site", "same-origin")
BODY_LIMIT = 64 * 1024

pytestmark = pytest.mark.usefixtures("bystander")


def basic(authority: Authority) -> tuple[str, str]:
    """The client's credentials, by hand."""
    pair = f"{authority.client.id}:{authority.client.secret}".encode()
    return "Authorization", "Basic " + base64.b64encode(pair).decode()


def cookie(visitor: Visitor) -> tuple[str, str]:
    """The session cookie, by hand."""
    return "Cookie", f"{SESSION_COOKIE}={visitor.cookies()[SESSION_COOKIE]}"


def post(server: Server, path: str, headers: list[tuple[str, str | bytes]], body: bytes) -> RawAnswer:
    """A POST by hand."""
    return send(server.url, request("POST", path, headers, body))


# HEAD


@pytest.mark.parametrize("path", [LOGIN, LOGOUT, TOKEN, OPEN, "/nothing-here"])
def test_the_answer_to_a_head_has_no_body_that_would_be_taken_for_the_next_answer(server: Server, path: str) -> None:
    """RFC 9110 §9.3.2."""
    address = urlsplit(server.url)
    with socket.create_connection((str(address.hostname), address.port or 80), timeout=PATIENCE) as connection:
        connection.sendall(request("HEAD", path, [("Accept", "text/html")], close=False) + request("GET", HEALTH))
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, rest = received.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200" if path == LOGIN else b"HTTP/1.1 40")
    assert rest.startswith(b"HTTP/1.1 200"), rest


# Size


@pytest.mark.parametrize("path", [LOGIN, LOGOUT, TOKEN, REVOKE, INTROSPECT, OPEN, "/v1/logout"])
def test_a_body_over_the_limit_is_refused_by_every_door(server: Server, authority: Authority, path: str) -> None:
    kind = JSON if path.startswith("/v1") else FORM
    filler = b'{"subject":"' + b"a" * BODY_LIMIT + b'"}' if kind is JSON else b"token=" + b"a" * BODY_LIMIT
    assert post(server, path, [kind, OURS, basic(authority)], filler).status == 413


def test_a_body_that_only_claims_to_be_enormous_is_refused_without_being_read(server: Server) -> None:
    headers: list[tuple[str, str | bytes]] = [FORM, OURS, ("Content-Length", "99999999999")]
    assert send(server.url, request("POST", LOGIN, headers, b"")).refused


def test_a_chunked_body_cannot_slip_past_the_limit(server: Server) -> None:
    chunk = b"1000\r\n" + b"a" * 0x1000 + b"\r\n"
    headers: list[tuple[str, str | bytes]] = [FORM, OURS, ("Transfer-Encoding", "chunked")]
    assert post(server, LOGIN, headers, chunk * 32 + b"0\r\n\r\n").refused


@pytest.mark.parametrize("size", [100_000, 2_000_000])
def test_oversize_headers_are_refused(server: Server, size: int) -> None:
    assert send(server.url, request("GET", HEALTH, [("X-Filler", "a" * size)])).refused
    assert send(server.url, request("GET", "/" + "a" * size)).refused


def test_ten_thousand_headers_are_refused(server: Server) -> None:
    assert send(server.url, request("GET", HEALTH, [(f"X-{n}", "a" * 20) for n in range(10_000)])).refused


@pytest.mark.parametrize(
    "rubbish", [b"\x00\xff\x00\xff\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\r\n" * 50]
)
def test_what_is_not_http_is_refused(server: Server, rubbish: bytes) -> None:
    assert send(server.url, rubbish + b"GET / \r\n\r\n").refused


def test_a_second_request_cannot_hide_in_the_body_of_the_first(server: Server, ada: Account) -> None:
    visitor = server.visitor().sign_in(ada)
    hidden = request("POST", LOGOUT, [FORM, OURS, cookie(visitor)], b"scope=everywhere")
    for length in (5, 5 + len(hidden)):
        lengths: list[tuple[str, str | bytes]] = [("Content-Length", str(length)), ("Transfer-Encoding", "chunked")]
        headers = [FORM, OURS, *lengths]
        post(server, LOGIN, headers, b"0\r\n\r\n" + hidden)
        assert visitor.is_signed_in(), "two lengths, and the second request was taken from between them"


# Encoding and form


@pytest.mark.parametrize("value", [b"\xff\xfe", b"%FF%FE", b"%", b"%zz", b"%00", b"\xed\xa0\x80", b"%C0%AF"])
def test_invalid_utf_8_and_broken_escapes_in_a_form_never_harm(
    server: Server, authority: Authority, value: bytes
) -> None:
    for path in (TOKEN, REVOKE, INTROSPECT):
        body = b"grant_type=refresh_token&refresh_token=" + value + b"&token=" + value
        answer = post(server, path, [FORM, basic(authority)], body)
        assert answer.status is not None and answer.status < 500, f"{path}: {answer}"
    for path in (LOGIN, LOGOUT):
        body = b"email=" + value + b"&password=" + value + b"&scope=" + value + b"&return_to=" + value
        answer = post(server, path, [FORM, OURS], body)
        assert answer.status is not None and answer.status < 500, f"{path}: {answer}"


@pytest.mark.parametrize(
    "body",
    [
        b'{"subject":"\xff\xfe"}',
        b'{"subject":"\\ud800"}',
        b"[" * 10_000 + b"]" * 10_000,
        b'{"device":' * 10_000 + b"1" + b"}" * 10_000,
        b'{"subject":"a","device":' + b"[" * 10_000 + b"]" * 10_000 + b"}",
        b'["subject"]',
        b'"subject"',
        b"null",
        b"",
        b"{",
        b'{"subject":null}',
        b'{"subject":7}',
        b'{"subject":""}',
        b'{"subject":"a","device":"x"}',
        b'{"subject":"a","remember":"perhaps"}',
        b'{"subject":"a","authenticated_at":"yesterday"}',
        b'{"subject":"' + b"a" * 10_000 + b'"}',
        b'{"subject":"a\\u0000b"}',
        b'{"subject":1e400}',
        b"\xef\xbb\xbf\xef\xbb\xbf{}",
    ],
    ids=lambda body: repr(body[:24]),
)
def test_broken_json_is_refused_with_a_problem_that_says_so(server: Server, authority: Authority, body: bytes) -> None:
    answer = post(server, OPEN, [JSON, basic(authority)], body)
    assert answer.status in (400, 413, 422), answer
    assert "application/problem+json" in answer.headers.lower()
    assert '"title"' in answer.body and '"type"' in answer.body


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "", "x"])
def test_json_under_another_content_type_is_refused(server: Server, authority: Authority, kind: str) -> None:
    headers: list[tuple[str, str | bytes]] = [("Content-Type", kind), basic(authority)]
    assert post(server, OPEN, headers, b'{"subject":"typed"}').status == 415
    assert authority.sessions("typed") == []


@pytest.mark.parametrize("kind", ["text/plain", "application/json", "multipart/form-data; boundary=x"])
def test_a_form_under_another_content_type_ends_nothing(
    server: Server, authority: Authority, ada: Account, kind: str
) -> None:
    visitor, opened = server.visitor().sign_in(ada), authority.open("typed-form")
    headers: list[tuple[str, str | bytes]] = [("Content-Type", kind), basic(authority)]
    answer = post(server, REVOKE, headers, b"token=" + opened.refresh_token.encode())
    assert answer.status in (400, 415) and authority.is_active(opened.access_token)
    answer = post(server, LOGIN, [("Content-Type", kind), OURS], b"email=a&password=b")
    assert answer.status in (400, 401, 415)
    assert visitor.is_signed_in()


def test_a_parameter_that_comes_twice_is_refused_where_oauth_says_so(server: Server, authority: Authority) -> None:
    first, second = authority.open("twice"), authority.open("twice")
    twice = f"token={first.refresh_token}&token={second.refresh_token}".encode()
    assert post(server, REVOKE, [FORM, basic(authority)], twice).status == 400
    assert post(server, INTROSPECT, [FORM, basic(authority)], twice).status == 400
    grant = f"grant_type=refresh_token&refresh_token={first.refresh_token}&refresh_token={second.refresh_token}"
    assert post(server, TOKEN, [FORM, basic(authority)], grant.encode()).status == 400
    grant = f"grant_type=refresh_token&grant_type=refresh_token&refresh_token={first.refresh_token}"
    assert post(server, TOKEN, [FORM, basic(authority)], grant.encode()).status == 400
    assert authority.is_active(first.access_token) and authority.is_active(second.access_token)


def test_a_logout_scope_that_is_unknown_or_comes_twice_never_ends_more_than_it_says(
    server: Server, ada: Account
) -> None:
    other, visitor = server.visitor().sign_in(ada), server.visitor().sign_in(ada)
    for body in (b"scope=current&scope=everywhere", b"scope=galaxy", b"scope=", b"scope=Everywhere"):
        answer = post(server, LOGOUT, [FORM, OURS, cookie(visitor)], body)
        assert answer.status in (303, 400, 422), answer
        assert other.is_signed_in(), f"{body!r} ended another device"


def test_client_credentials_given_twice_or_broken_are_refused(server: Server, authority: Authority) -> None:
    opened = authority.open("twice-authenticated")
    token = f"token={opened.refresh_token}"
    both = f"{token}&client_id={authority.client.id}&client_secret={authority.client.secret}".encode()
    assert post(server, REVOKE, [FORM, basic(authority)], both).status in (400, 401)
    assert authority.is_active(opened.access_token), "RFC 6749 2.3: no more than one method in each request"
    for value in ("Basic", "Basic !!!!", "Basic " + base64.b64encode(b"nocolon").decode(), "Bearer x", "Basic //79"):
        answer = post(server, REVOKE, [FORM, ("Authorization", value)], token.encode())
        assert answer.status in (400, 401), f"{value}: {answer}"
    assert authority.is_active(opened.access_token)


# Cookies


def test_cookies_by_the_hundred_change_nothing(server: Server, ada: Account) -> None:
    visitor = server.visitor().sign_in(ada)
    crowd = "; ".join(f"c{number}=v{number}" for number in range(300))
    _, own = cookie(visitor)
    for line in (f"{crowd}; {own}", f"{own}; {crowd}"):
        answer = send(server.url, request("GET", SESSION, [("Cookie", line)]))
        assert answer.status == 200 and '"signed_in":true' in answer.body.replace(" ", ""), answer


def test_a_doubled_session_cookie_lets_no_stranger_in(server: Server) -> None:
    garbage = f"{SESSION_COOKIE}=exs_{'A' * 43}"
    for line in (f"{garbage}; {garbage}", f"{SESSION_COOKIE}=; {garbage}", f"{garbage}; {SESSION_COOKIE}"):
        answer = send(server.url, request("GET", SESSION, [("Cookie", line)]))
        assert '"signed_in":false' in answer.body.replace(" ", ""), answer


@pytest.mark.parametrize("garbage_first", [True, False])
def test_logout_with_a_doubled_session_cookie_ends_the_real_one_or_says_that_it_did_not(
    server: Server, ada: Account, garbage_first: bool
) -> None:
    visitor = server.visitor().sign_in(ada)
    pair = [f"{SESSION_COOKIE}=exs_{'A' * 43}", cookie(visitor)[1]]
    line = "; ".join(pair if garbage_first else reversed(pair))
    answer = post(server, LOGOUT, [FORM, OURS, ("Cookie", line)], b"scope=current")
    assert answer.status in (303, 400), answer
    assert answer.status == 400 or not visitor.is_signed_in(), "told that it is signed out, and still let in"


@pytest.mark.parametrize(
    "line", [b"session=\xff\xfe", b"session=exs_\x01", b"=;=;;;", b"session", b"session=" + b"a" * 4000, b";" * 500]
)
def test_a_garbled_cookie_is_no_session_and_no_error(server: Server, line: bytes) -> None:
    for method, path in (("GET", SESSION), ("GET", DEVICES), ("GET", LOGIN)):
        answer = send(server.url, request(method, path, [("Cookie", line)]))
        assert answer.status in (200, 303, 400), answer
        assert '"signed_in":true' not in answer.body.replace(" ", "")
    answer = post(server, LOGOUT, [FORM, OURS, ("Cookie", line)], b"scope=current")
    assert answer.status in (303, 400), answer


def test_two_cookie_headers_are_read_or_refused_and_never_mixed_up(server: Server, ada: Account) -> None:
    own = cookie(server.visitor().sign_in(ada))
    answer = send(server.url, request("GET", SESSION, [("Cookie", "a=1"), own, ("Cookie", "b=2")]))
    assert answer.status in (200, 400), answer
