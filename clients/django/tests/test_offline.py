"""The notice that a browser leaves which has signed out while it was offline."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.sessions.backends.db import SessionStore
from django.test import Client

from .browsers import browser, cookies_of, is_let_in, nothing_opens, sign_in
from .support import Authority

Use = Callable[..., None]


def session_of(client: Client) -> str:
    """The id of a browser's session."""
    return str(browser(cookies_of(client)).get("/exeunt/session").json()["session_id"])


def test_the_notice_of_a_sign_out_that_was_made_offline_is_heeded_before_anything_is_served(
    new_user: Callable[..., Any],
) -> None:
    client, other = sign_in(new_user()), sign_in(new_user())
    stolen, session_id = cookies_of(client), session_of(client)
    foreign = browser(cookies_of(other) | {"signing-out": f"current.{session_id}"})
    assert foreign.get("/private").status_code == 200
    assert foreign.cookies["signing-out"].value == ""
    for nonsense in ("current.", f"nobody.{session_id}", f"current.{session_id}.more"):
        assert browser(stolen | {"signing-out": nonsense}).get("/private").status_code == 200
    returning = browser(stolen | {"signing-out": f"current.{session_id}"})
    assert returning.get("/private").status_code == 302
    assert cookies_of(returning) == {}
    assert returning.cookies["signing-out"].value == ""
    assert not SessionStore().exists(stolen["sessionid"])
    nothing_opens(stolen)


def test_the_notice_counts_also_when_the_access_token_is_gone(new_user: Callable[..., Any]) -> None:
    client = sign_in(new_user())
    stolen, session_id = cookies_of(client), session_of(client)
    kept = {"refresh": stolen["refresh"], "signing-out": f"everywhere.{session_id}"}
    assert browser(kept).get("/notes").status_code == 401
    nothing_opens(stolen)


def test_the_notice_about_other_devices_spares_this_one(new_user: Callable[..., Any]) -> None:
    user = new_user()
    here, there = sign_in(user), sign_in(user)
    cookies = cookies_of(here) | {"signing-out": f"others.{session_of(here)}"}
    assert browser(cookies).get("/private").status_code == 200
    assert not is_let_in(cookies_of(there))


def test_a_notice_that_cannot_be_passed_on_serves_nothing_and_is_kept(
    start_authority: Callable[..., Authority], use: Use, new_user: Callable[..., Any]
) -> None:
    authority = start_authority()
    use(authority, LEASE_MILLISECONDS=60_000)
    client = sign_in(new_user())
    cookies = cookies_of(client) | {"signing-out": f"current.{session_of(client)}"}
    authority.kill()
    returning = browser(cookies)
    answer = returning.get("/private")
    assert answer.status_code == 503
    assert int(answer["Retry-After"]) >= 1
    assert not answer.cookies
    authority.start()
    assert returning.get("/private").status_code == 302
    nothing_opens(cookies_of(client))
