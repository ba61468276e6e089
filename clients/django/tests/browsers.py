"""What a person and a thief do, with Django's own test client."""

from __future__ import annotations

import itertools
from typing import Any

from django.test import Client

OWN = {"HTTP_SEC_FETCH_SITE": "same-origin"}


def browser(cookies: dict[str, str] | None = None) -> Client:
    """A browser with these cookies."""
    client = Client(raise_request_exception=False)
    for name, value in (cookies or {}).items():
        client.cookies[name] = value
    return client


def cookies_of(client: Client) -> dict[str, str]:
    """The cookies of a session that a browser has."""
    own = ("access", "refresh", "sessionid")
    return {name: client.cookies[name].value for name in own if name in client.cookies and client.cookies[name].value}


def sign_in(user: Any, password: str = "right") -> Client:
    """Somebody who has signed in with Django's own page."""
    client = browser()
    answer = client.post("/login", {"username": user.get_username(), "password": password})
    assert answer.status_code == 302, answer.content
    return client


def is_let_in(cookies: dict[str, str], **headers: str) -> bool:
    """Whether somebody with these cookies sees anything that is private, in whatever way."""
    client = browser(cookies)
    found = client.get("/who", **headers).json()
    statuses = [browser(cookies).get(path, **headers).status_code for path in ("/private", "/notes")]
    return bool(found["subject"] or found["user"] or "_auth_user_id" in found["session"] or 200 in statuses)


def nothing_opens(stolen: dict[str, str]) -> None:
    """No cookie opens anything, alone or with others, nor does the token as a bearer's."""
    for count in range(1, len(stolen) + 1):
        for names in itertools.combinations(stolen, count):
            assert not is_let_in({name: stolen[name] for name in names}), names
    assert not is_let_in({}, HTTP_AUTHORIZATION=f"Bearer {stolen['access']}")
    assert not is_let_in(stolen, HTTP_AUTHORIZATION=f"Bearer {stolen['access']}")
