"""What the middleware makes of a request: tokens, cookies, Django's session, headers."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings

from exeunt_django.authority.client import AuthorityClient
from exeunt_django.authority.sessions import SessionTokens
from exeunt_django.process import process

from .browsers import OWN, browser, cookies_of, sign_in
from .support import Authority, eventually

Use = Callable[..., None]


def session_of(client: Client) -> str:
    """The id of a browser's session."""
    return str(browser(cookies_of(client)).get("/exeunt/session").json()["session_id"])


# Costs


def test_a_request_that_does_not_look_into_the_session_asks_neither_the_database_nor_the_authority(
    new_user: Callable[..., Any],
) -> None:
    client = sign_in(new_user())
    checked = process().verifier.status.checks["accepted"]
    with CaptureQueriesContext(connection) as queries:
        for path in ("/notes", "/public", "/exeunt/session"):
            assert client.get(path).status_code == 200
    assert len(queries) == 0
    assert process().verifier.status.checks["accepted"] == checked + 3


def test_anonymous_sessions_are_what_they_were(new_user: Callable[..., Any]) -> None:
    client = browser()
    assert [client.post("/cart").content for _ in range(3)] == [b"1", b"2", b"3"]
    user = new_user()
    client.post("/login", {"username": user.get_username(), "password": "right"})
    assert client.post("/cart").content == b"4", "signing in takes along what was in the session"
    client.post("/logout")
    assert client.post("/cart").content == b"1"


# Tokens


@pytest.fixture
def quick(start_authority: Callable[..., Authority], use: Use) -> Authority:
    """An authority whose access tokens live for a second, and are accepted for three more."""
    authority = start_authority(tokens_access_lifetime_seconds="1")
    use(authority, CLOCK_SKEW_SECONDS=3)
    return authority


def expired(user: Any) -> Client:
    """A browser whose access token has just expired."""
    client = sign_in(user)
    bearer = {"HTTP_AUTHORIZATION": f"Bearer {cookies_of(client)['access']}"}
    eventually(lambda: browser().get("/notes", **bearer).status_code == 401)
    return client


def test_a_browser_does_not_notice_that_its_access_token_has_expired(
    quick: Authority, new_user: Callable[..., Any]
) -> None:
    client = expired(new_user())
    before = cookies_of(client)
    answer = client.get("/private")
    assert answer.status_code == 200
    after = cookies_of(client)
    assert after["access"] != before["access"]
    assert after["refresh"] != before["refresh"]
    assert after["sessionid"] == before["sessionid"]
    for name in ("access", "refresh"):
        cookie = answer.cookies[name]
        assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["max-age"]) == (True, "Lax", "/", "")


@pytest.mark.parametrize("path", ["/broken", "/nowhere", "/private", "/cached"])
def test_the_new_tokens_arrive_with_whatever_answer(quick: Authority, new_user: Callable[..., Any], path: str) -> None:
    client = expired(new_user())
    before = cookies_of(client)["refresh"]
    answer = client.get(path)
    assert cookies_of(client)["refresh"] != before
    assert answer["Cache-Control"] == "no-store", "it holds tokens, whatever the view says of caches"


def test_twenty_requests_at_once_refresh_once(
    quick: Authority, new_user: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    cookies = cookies_of(expired(new_user()))
    exchanges = []
    exchange = AuthorityClient._exchange

    def slowly(self: AuthorityClient, token: str) -> SessionTokens:
        exchanges.append(token)
        time.sleep(0.5)
        return exchange(self, token)

    monkeypatch.setattr(AuthorityClient, "_exchange", slowly)

    def ask(_: int) -> str:
        client = browser(cookies)
        assert client.get("/notes").status_code == 200
        return cookies_of(client)["refresh"]

    with ThreadPoolExecutor(20) as pool:
        assert len(set(pool.map(ask, range(20)))) == 1
    assert len(exchanges) < 20


def test_a_session_that_has_ended_is_not_refreshed_and_all_of_it_goes(
    quick: Authority, new_user: Callable[..., Any]
) -> None:
    client = expired(new_user())
    stolen = cookies_of(client)
    client.post("/logout")
    thief = browser(stolen)
    answer = thief.get("/notes")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == 'Bearer realm="exeunt", error="invalid_token"'
    assert {name for name in ("access", "refresh") if not thief.cookies[name].value} == {"access", "refresh"}


def test_djangos_session_is_deleted_as_soon_as_its_tokens_are_found_over(new_user: Callable[..., Any]) -> None:
    user = new_user()
    client = sign_in(user)
    key = cookies_of(client)["sessionid"]
    process().authority.end_sessions(str(user.pk))
    assert SessionStore().exists(key)
    assert client.get("/public").status_code == 200
    assert not SessionStore().exists(key), "though the view did not look into it"


def test_bearer_tokens_decide_alone(new_user: Callable[..., Any]) -> None:
    ada, grace = sign_in(new_user()), sign_in(new_user())
    token = cookies_of(ada)["access"]
    found = browser(cookies_of(grace)).get("/who", HTTP_AUTHORIZATION=f"bearer {token}").json()
    assert found["session_id"] == session_of(ada)
    assert (found["user"], found["session"]) == ("", {}), "the cookies do not count, so neither does the session"
    for nonsense in ("nonsense", "", "a.b.c", "x" * 9000):
        answer = grace.get("/notes", HTTP_AUTHORIZATION=f"Bearer {nonsense}")
        assert (answer.status_code, answer["Cache-Control"]) == (401, "no-store")
        assert answer["WWW-Authenticate"] == 'Bearer realm="exeunt", error="invalid_token"'
    assert grace.get("/private").status_code == 200, "the browser's session is what it was"
    assert "sessionid" in cookies_of(grace)


def test_who_shows_nothing_is_told_to() -> None:
    for headers in ({}, {"HTTP_AUTHORIZATION": "Basic YTpi"}):
        answer = browser().get("/notes", **headers)
        assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Bearer realm="exeunt"')


def test_two_different_cookies_of_one_name_count_as_none(new_user: Callable[..., Any]) -> None:
    own, planted = (cookies_of(sign_in(new_user()))["access"] for _ in range(2))
    assert browser().get("/notes", HTTP_COOKIE=f"access={planted}; access={own}").status_code == 401
    assert browser().get("/notes", HTTP_COOKIE=f"access={own}; access={own}").status_code == 200


def test_over_https_the_cookies_are_out_of_other_hosts_reach(use: Use, new_user: Callable[..., Any]) -> None:
    use(SECURE_COOKIES=True)
    client = browser()
    user = new_user()
    answer = client.post("/login", {"username": user.get_username(), "password": "right"})
    for name in ("__Host-access", "__Host-refresh"):
        cookie = answer.cookies[name]
        assert (cookie["secure"], cookie["httponly"], cookie["path"], cookie["domain"]) == (True, True, "/", "")
    out = client.post("/exeunt/logout", **OWN)
    assert out["Clear-Site-Data"] == '"storage"'
    assert out.cookies["__Host-access"].OutputString() == (
        "__Host-access=; expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Max-Age=0; Path=/; SameSite=Lax; Secure"
    )


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"AUDIENCE": "https://other.example"}, "AUDIENCE"),
        ({"ISSUER": "https://other.example"}, "ISSUER"),
    ],
)
def test_a_setting_that_makes_all_tokens_wrong_is_named_at_the_first_sign_in(
    use: Use,
    authority: Authority,
    new_user: Callable[..., Any],
    caplog: pytest.LogCaptureFixture,
    change: dict[str, str],
    word: str,
) -> None:
    use(ENDPOINT=authority.url, **change)
    client, user = browser(), new_user()
    answer = client.post("/login", {"username": user.get_username(), "password": "right"})
    assert answer.status_code == 503
    assert "Nobody can sign in now" in answer.content.decode()
    assert f"EXEUNT['{word}']" in caplog.text
    assert client.get("/private").status_code == 302


def test_a_token_that_the_next_one_would_not_mend_is_not_exchanged_again_and_again(
    use: Use, authority: Authority, new_user: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    client = sign_in(new_user())
    before = cookies_of(client)
    use(AUDIENCE="https://other.example")
    answer = client.get("/notes")
    assert answer.status_code == 401
    assert cookies_of(client) == before
    assert "another audience" in caplog.text


# Caches


def test_what_is_for_somebody_signed_in_is_kept_out_of_caches(new_user: Callable[..., Any]) -> None:
    client = sign_in(new_user())
    assert client.get("/public")["Cache-Control"] == "no-store"
    assert client.get("/cached")["Cache-Control"] == "private, max-age=60", "the view has said so itself"
    assert "Cookie" in client.get("/cached")["Vary"]
    assert not browser().get("/public").has_header("Cache-Control")


def test_the_next_person_has_nothing_of_the_csrf_secret_of_the_one_before(new_user: Callable[..., Any]) -> None:
    order = list(settings.MIDDLEWARE)
    order.insert(2, "django.middleware.csrf.CsrfViewMiddleware")
    with override_settings(MIDDLEWARE=order):
        client = sign_in(new_user())
        client.get("/login")
        secret = client.cookies["csrftoken"].value
        assert secret
        client.post("/exeunt/logout", **OWN)
        assert client.cookies["csrftoken"].value not in ("", secret)
