"""What is said and believed while the authority cannot be reached, and what has to be waited for."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore

from exeunt_django.process import process

from .browsers import OWN, browser, cookies_of, nothing_opens, sign_in
from .followers import Server
from .support import Authority, eventually

Use = Callable[..., None]


def test_without_the_authority_nothing_is_believed_and_with_it_all_goes_on(
    start_authority: Callable[..., Authority], use: Use, new_user: Callable[..., Any]
) -> None:
    authority = start_authority()
    use(authority, LEASE_MILLISECONDS=1000)
    client = sign_in(new_user())
    cookies = cookies_of(client)
    authority.kill()
    eventually(lambda: process().verifier.status.state == "lapsed")
    for path in ("/notes", "/private", "/public"):
        refused = client.get(path)
        assert (refused.status_code, refused["Cache-Control"]) == (503, "no-store")
        assert int(refused["Retry-After"]) >= 1
    assert cookies_of(client) == cookies
    assert client.get("/status").status_code == 200, "it says of itself that it is for anybody"
    assert browser().get("/public").status_code == 200, "strangers are strangers"
    assert browser({"sessionid": cookies["sessionid"]}).get("/private").status_code == 302
    bearer = {"HTTP_AUTHORIZATION": f"Bearer {cookies['access']}"}
    assert browser().get("/notes", **bearer).status_code == 503

    authority.start()
    eventually(lambda: process().verifier.status.state == "live")
    assert client.get("/private").status_code == 200
    assert client.post("/logout").status_code == 302
    nothing_opens(cookies)


@pytest.mark.parametrize("path", ["/logout", "/exeunt/logout"])
def test_a_sign_out_that_cannot_be_written_leaves_the_person_signed_in_and_says_so(
    start_authority: Callable[..., Authority], use: Use, new_user: Callable[..., Any], path: str
) -> None:
    authority = start_authority()
    use(authority, LEASE_MILLISECONDS=60_000)
    client = sign_in(new_user())
    cookies = cookies_of(client)
    authority.kill()
    answer = client.post(path, **OWN)
    assert answer.status_code == 503
    assert "You are still signed in" in answer.content.decode()
    assert cookies_of(client) == cookies
    assert client.get("/private").status_code == 200, "nothing was forgotten"
    scripted = client.post(path, HTTP_ACCEPT="application/json", **OWN)
    assert (scripted.status_code, scripted.json()["still_signed_in"]) == (503, True)
    authority.start()
    # 200 says that a server may not have heard of it yet: the leases of before the start are waited for.
    assert client.post(path, **OWN).status_code in (200, 302, 303)
    nothing_opens(cookies)


def test_a_sign_out_is_possible_without_a_lease(
    start_authority: Callable[..., Authority], use: Use, new_user: Callable[..., Any]
) -> None:
    authority = start_authority()
    use(authority, LEASE_MILLISECONDS=1000)
    client = sign_in(new_user())
    cookies = cookies_of(client)
    authority.kill()
    eventually(lambda: process().verifier.status.state == "lapsed")
    assert "still signed in" in client.post("/exeunt/logout", **OWN).content.decode()
    assert set(cookies_of(client)) == {"access", "refresh", "sessionid"}
    authority.start()
    process().follower.stop()
    answer = client.post("/exeunt/logout", HTTP_ACCEPT="application/json", **OWN)
    assert (answer.status_code, answer.json()["ended_sessions"]) == (200, 1)
    assert not SessionStore().exists(cookies["sessionid"])


def test_nobody_is_signed_in_halfway_when_the_authority_is_away(
    start_authority: Callable[..., Authority], use: Use, new_user: Callable[..., Any]
) -> None:
    authority = start_authority()
    use(authority)
    user, client = new_user(), browser()
    authority.kill()
    answer = client.post("/login", {"username": user.get_username(), "password": "right"})
    assert answer.status_code == 503
    assert "Nobody can sign in now" in answer.content.decode()
    assert cookies_of(client) == {}
    authority.start()
    assert client.post("/login", {"username": user.get_username(), "password": "right"}).status_code == 302


def test_the_first_request_of_a_process_waits_for_the_first_lease(use: Use, new_user: Callable[..., Any]) -> None:
    cookies = cookies_of(sign_in(new_user()))
    use(CLOCK_SKEW_SECONDS=4)
    assert browser(cookies).get("/notes").status_code == 200


def test_the_first_request_of_a_process_does_not_wait_for_ever(
    use: Use, authority: Authority, new_user: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    cookies = cookies_of(sign_in(new_user()))
    monkeypatch.setattr("exeunt_django.limits.FIRST_LEASE_SECONDS", 0.5)
    use(ENDPOINT="http://127.0.0.1:1")
    begun = time.monotonic()
    assert browser(cookies).get("/notes").status_code == 503
    assert time.monotonic() - begun >= 0.5
    assert not process().follower.is_starting, "the next one is told to come back at once"
    assert browser(cookies).get("/notes").status_code == 503


def test_a_view_that_answers_strangers_meanwhile_costs_nobody_their_session(
    start_authority: Callable[..., Authority], use: Use, new_user: Callable[..., Any]
) -> None:
    authority = start_authority()
    use(authority, LEASE_MILLISECONDS=1000)
    client = sign_in(new_user())
    cookies = cookies_of(client)
    authority.kill()
    eventually(lambda: process().verifier.status.state == "lapsed")
    found = client.get("/status?look").json()
    assert (found["subject"], found["user"]) == (None, ""), "nothing is known, so it is a stranger"
    assert cookies_of(client) == cookies
    authority.start()
    eventually(lambda: process().verifier.status.state == "live")
    assert client.get("/private").status_code == 200


def test_a_sign_out_that_is_not_settled_in_time_says_until_when_a_server_may_go_on(
    start_authority: Callable[..., Authority], use: Use, new_user: Callable[..., Any]
) -> None:
    authority = start_authority()
    use(authority)
    user = new_user()
    client = sign_in(user)
    dead = Server(authority, 60_000)
    dead.die()
    answer = client.post("/exeunt/logout", {"return_to": "/bye"}, **OWN)
    text = answer.content.decode()
    assert (answer.status_code, cookies_of(client)) == (200, {})
    assert "You are signed out here" in text
    assert "A server that cannot be reached may go on until" in text
    assert 'href="/bye"' in text
    again = sign_in(user).post("/exeunt/logout", HTTP_ACCEPT="application/json", **OWN).json()
    assert (again["ended_sessions"], again["settled"], again["settled_after_ms"]) == (1, False, None)
    assert again["settles_by"].endswith("Z")


def test_who_is_signed_in_on_as_many_devices_as_are_allowed_is_told_so(
    start_authority: Callable[..., Authority], use: Use, new_user: Callable[..., Any]
) -> None:
    use(start_authority(session_max_per_subject="1", session_when_full="refuse"))
    user, client = new_user(), browser()
    sign_in(user)
    answer = client.post("/login", {"username": user.get_username(), "password": "right"})
    assert answer.status_code == 409
    assert "too many devices" in answer.content.decode()
    assert cookies_of(client) == {}
