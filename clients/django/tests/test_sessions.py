"""Django's session, wherever it is kept and whoever looks into it, counts only together with its Exeunt session."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpRequest
from django.test import AsyncClient, Client
from django.test.utils import override_settings

from exeunt_django import testing

from .browsers import OWN, browser, cookies_of, is_let_in, nothing_opens, sign_in

NewUser = Callable[..., Any]

ENGINES = ["db", "cached_db", "cache", "file", "signed_cookies"]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_session_is_over_wherever_it_is_kept(new_user: NewUser, engine: str) -> None:
    with override_settings(SESSION_ENGINE=f"django.contrib.sessions.backends.{engine}"):
        user, other = new_user(), new_user()
        client = sign_in(user)
        stolen = cookies_of(client)
        assert client.get("/private").content.decode() == f"hello {user.get_username()}"
        assert not is_let_in({"sessionid": stolen["sessionid"]})
        mixed = cookies_of(sign_in(other)) | {"sessionid": stolen["sessionid"]}
        assert browser(mixed).get("/who").json()["user"] == ""

        async def look(cookies: dict[str, str]) -> Any:
            caller = AsyncClient(raise_request_exception=False)
            for name, value in cookies.items():
                caller.cookies[name] = value
            return (await caller.get("/who-async")).json()["user"]

        assert asyncio.run(look(mixed)) in ("", None)
        assert asyncio.run(look(stolen)) in (user.get_username(), None), "Django 4.2 has no `auser`"
        assert client.post("/logout").status_code == 302
        nothing_opens(stolen)


class Nosy:
    """A middleware that looks at the user before it is known whether the session lives."""

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> Any:
        """Looks, and passes the request on."""
        bool(request.user.is_authenticated)
        return self.get_response(request)


def test_whoever_looks_too_early_leaves_nothing_behind(new_user: NewUser) -> None:
    client = sign_in(new_user())
    cookies = cookies_of(client)
    order = list(settings.MIDDLEWARE)
    order.insert(order.index("exeunt_django.middleware.ExeuntMiddleware"), f"{__name__}.Nosy")
    with override_settings(MIDDLEWARE=order):
        assert browser(cookies).get("/private").status_code == 200
        assert not is_let_in({"sessionid": cookies["sessionid"]})
        bearer = {"HTTP_AUTHORIZATION": f"Bearer {cookies_of(sign_in(new_user()))['access']}"}
        assert browser(cookies).get("/who", **bearer).json()["user"] == ""
    assert client.get("/private").status_code == 200


def test_a_session_that_is_saved_with_every_request_survives_a_bearer_token(new_user: NewUser) -> None:
    client = sign_in(new_user())
    client.post("/cart")
    bearer = {"HTTP_AUTHORIZATION": f"Bearer {cookies_of(sign_in(new_user()))['access']}"}
    with override_settings(SESSION_SAVE_EVERY_REQUEST=True):
        same = browser(cookies_of(client))
        assert same.get("/who", **bearer).status_code == 200
        assert same.get("/private").status_code == 200
        assert same.post("/cart").content == b"2"


# Tests of applications


def test_an_applications_tests_need_no_authority(new_user: NewUser, use: Callable[..., None]) -> None:
    use(ENABLED=False, ENDPOINT="http://127.0.0.1:1")
    user = new_user()
    client = Client()
    client.force_login(user)
    assert client.get("/private").content.decode() == f"hello {user.get_username()}"
    assert client.get("/notes").json() == [str(user.pk)]
    assert client.get("/exeunt/events").status_code == 204
    assert client.get("/exeunt/devices").status_code == 200
    user.set_password("another")
    user.save()
    client.force_login(user)
    client.post("/exeunt/logout", **OWN)
    assert client.get("/private").status_code == 302
    client.force_login(user)
    client.logout()
    assert client.get("/notes").status_code == 401

    async def look() -> None:
        caller = AsyncClient()
        await asyncio.to_thread(caller.force_login, user)
        assert (await caller.get("/notes-async")).json() == [str(user.pk)]

    asyncio.run(look())


def test_who_forces_a_login_with_exeunt_enabled_is_told_what_to_do(new_user: NewUser) -> None:
    with pytest.raises(Exception, match="'ENABLED': False"):
        Client().force_login(new_user())


def test_an_identity_can_be_made_for_the_test_of_a_view() -> None:
    one, other = testing.identity("ada"), testing.identity("ada", session="2")
    assert (one.subject, one.session_id == other.session_id) == ("ada", False)
