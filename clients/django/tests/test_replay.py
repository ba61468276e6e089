"""What a thief gets who has copied all that a browser had, after a sign-out of whatever kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from exeunt_django.conf import configuration
from exeunt_django.process import process

from .browsers import OWN, browser, cookies_of, is_let_in, nothing_opens, sign_in


def by_logout_view(client: Client, user: Any) -> None:
    assert client.post("/logout").status_code == 302


def by_route(client: Client, user: Any) -> None:
    assert client.post("/exeunt/logout", {"scope": "current"}, **OWN).status_code == 303


def by_route_everywhere(client: Client, user: Any) -> None:
    assert client.post("/exeunt/logout", {"scope": "everywhere"}, **OWN).status_code == 303


def by_own_device(client: Client, user: Any) -> None:
    session_id = client.get("/exeunt/session").json()["session_id"]
    assert client.post(f"/exeunt/devices/{session_id}/end", **OWN).status_code == 303


def by_somebody_else(client: Client, user: Any) -> None:
    process().authority.end_sessions(configuration().subject_of(user))


def by_deletion(client: Client, user: Any) -> None:
    get_user_model().objects.get(pk=user.pk).delete()


def by_disabling(client: Client, user: Any) -> None:
    user.is_active = False
    user.save()


def by_password_reset(client: Client, user: Any) -> None:
    user.set_password("another")
    user.save()


@pytest.mark.parametrize(
    "end",
    [
        by_logout_view,
        by_route,
        by_route_everywhere,
        by_own_device,
        by_somebody_else,
        by_deletion,
        by_disabling,
        by_password_reset,
    ],
)
def test_nothing_of_a_session_opens_anything_after_its_end(
    new_user: Callable[..., Any], end: Callable[[Client, Any], None]
) -> None:
    user = new_user()
    client = sign_in(user)
    stolen = cookies_of(client)
    assert set(stolen) == {"access", "refresh", "sessionid"}
    assert is_let_in(stolen)
    assert is_let_in({}, HTTP_AUTHORIZATION=f"Bearer {stolen['access']}")
    end(client, user)
    nothing_opens(stolen)


def test_the_cookies_of_who_signs_out_are_gone_and_signing_in_again_works(new_user: Callable[..., Any]) -> None:
    user = new_user()
    client = sign_in(user)
    client.post("/logout")
    assert cookies_of(client) == {}
    assert client.get("/private").status_code == 302
    client.post("/login", {"username": user.get_username(), "password": "right"})
    assert client.get("/private").content.decode() == f"hello {user.get_username()}"


def test_signing_out_elsewhere_ends_the_others_and_spares_this_one(new_user: Callable[..., Any]) -> None:
    user = new_user()
    here, there = sign_in(user), sign_in(user)
    stolen = cookies_of(there)
    assert here.post("/exeunt/logout", {"scope": "others"}, **OWN).status_code == 303
    nothing_opens(stolen)
    assert is_let_in(cookies_of(here))
    assert here.get("/private").status_code == 200


def test_a_django_session_is_worth_nothing_alone_or_with_somebody_elses_tokens(new_user: Callable[..., Any]) -> None:
    user, thief = new_user(), new_user()
    client, other = sign_in(user), sign_in(thief)
    stolen = cookies_of(client)["sessionid"]
    alone = browser({"sessionid": stolen}).get("/who").json()
    assert alone == {"subject": None, "session_id": None, "user": "", "session": {}}
    mixed = browser(cookies_of(other) | {"sessionid": stolen})
    found = mixed.get("/who").json()
    assert (found["user"], found["session"]) == ("", {})
    assert mixed.get("/private").status_code == 302
    assert client.get("/private").status_code == 200, "the owner is not signed out by somebody who has a copy of a key"


def test_a_session_from_before_exeunt_has_to_be_signed_in_again(new_user: Callable[..., Any]) -> None:
    from django.contrib.sessions.backends.db import SessionStore

    user = new_user()
    old = SessionStore()
    old.update(
        {
            "_auth_user_id": str(user.pk),
            "_auth_user_backend": "django.contrib.auth.backends.ModelBackend",
            "_auth_user_hash": user.get_session_auth_hash(),
        }
    )
    old.create()
    client = browser({"sessionid": str(old.session_key)})
    assert client.get("/private").status_code == 302
    assert not old.exists(str(old.session_key))


def test_signing_in_again_ends_what_this_browser_had_before(new_user: Callable[..., Any]) -> None:
    user, other = new_user(), new_user()
    for following in (user, other):
        client = sign_in(user)
        stolen = cookies_of(client)
        client.post("/login", {"username": following.get_username(), "password": "right"})
        nothing_opens(stolen)
        assert client.get("/private").content.decode() == f"hello {following.get_username()}"
