"""The routes that pages and scripts need."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.signals import user_logged_out
from django.http import HttpRequest
from django.test import Client, RequestFactory

from exeunt_django.devices import device_name
from exeunt_django.process import process

from .browsers import OWN, browser, cookies_of, is_let_in, nothing_opens, sign_in

NewUser = Callable[..., Any]
JSON = {"HTTP_ACCEPT": "application/json"}


def session_id(client: Client) -> str:
    """The id of a browser's session."""
    return str(client.get("/exeunt/session").json()["session_id"])


# Session, refresh


def test_a_page_is_told_whether_it_is_still_signed_in(new_user: NewUser) -> None:
    user = new_user()
    client = sign_in(user)
    answer = client.get("/exeunt/session")
    assert answer["Cache-Control"] == "no-store"
    assert answer.json() == {"signed_in": True, "session_id": session_id(client), "subject": str(user.pk)}
    client.post("/logout")
    assert client.get("/exeunt/session").json() == {"signed_in": False}


def test_refreshing_tells_whether_there_is_anything_to_go_on_with(new_user: NewUser) -> None:
    client = sign_in(new_user())
    assert client.post("/exeunt/refresh", **OWN).status_code == 204
    stolen = cookies_of(client)
    without_access = browser({"refresh": stolen["refresh"]})
    assert without_access.post("/exeunt/refresh", **OWN).status_code == 204
    assert cookies_of(without_access)["access"]
    client.post("/logout")
    thief = browser(stolen)
    assert thief.post("/exeunt/refresh", **OWN).status_code == 401
    assert not {"access", "refresh"} & set(cookies_of(thief))


# Sign out


@pytest.mark.parametrize("method", ["get", "head", "put", "delete"])
def test_only_a_post_ends_anything(new_user: NewUser, method: str) -> None:
    client = sign_in(new_user())
    answer = getattr(client, method)("/exeunt/logout", **OWN)
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    for name in ("HTTP_SEC_PURPOSE", "HTTP_PURPOSE"):
        assert client.post("/exeunt/logout", **OWN, **{name: "prefetch;prerender"}).status_code == 400
    assert client.post("/exeunt/logout", **OWN, HTTP_NEXT_ROUTER_PREFETCH="1").status_code == 400
    assert is_let_in(cookies_of(client))


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"HTTP_SEC_FETCH_SITE": "cross-site"},
        {"HTTP_SEC_FETCH_SITE": "same-site", "HTTP_ORIGIN": "http://testserver"},
        {"HTTP_ORIGIN": "null"},
        {"HTTP_ORIGIN": "https://evil.example.com"},
        {"HTTP_SEC_FETCH_SITE": "same-site", "HTTP_AUTHORIZATION": "Basic YTpi"},
    ],
)
def test_a_change_that_does_not_come_from_an_own_page_is_refused(new_user: NewUser, headers: dict[str, str]) -> None:
    client = sign_in(new_user())
    for path in ("/exeunt/logout", "/exeunt/refresh", f"/exeunt/devices/{session_id(client)}/end"):
        assert client.post(path, **headers).status_code == 403
    assert is_let_in(cookies_of(client))


def test_an_own_page_is_recognised_whatever_way_the_browser_says_so(
    new_user: NewUser, use: Callable[..., None]
) -> None:
    use(ORIGINS=["https://shop.example.com"])
    for headers in (
        {"HTTP_SEC_FETCH_SITE": "same-origin"},
        {"HTTP_SEC_FETCH_SITE": "none"},
        {"HTTP_ORIGIN": "http://testserver"},
        {"HTTP_ORIGIN": "https://shop.example.com"},
        {"HTTP_AUTHORIZATION": "Bearer whatever"},
    ):
        assert browser().post("/exeunt/logout", **headers).status_code == 303


@pytest.mark.parametrize("as_json", [False, True])
def test_a_script_gets_a_receipt_and_a_form_a_way_to_go_on(new_user: NewUser, as_json: bool) -> None:
    client = sign_in(new_user())
    wanted = {"scope": "current", "return_to": "/bye?for=now"}
    if not as_json:
        answer = client.post("/exeunt/logout", wanted, **OWN)
        assert (answer.status_code, answer["Location"]) == (303, "/bye?for=now")
    else:
        answer = client.post("/exeunt/logout", json.dumps(wanted), content_type="application/json", **OWN, **JSON)
        receipt = answer.json()
        assert receipt.pop("settled_after_ms") >= 0
        assert receipt == {"ended_sessions": 1, "settled": True, "settles_by": None, "return_to": "/bye?for=now"}
    assert answer["Cache-Control"] == "no-store"
    assert cookies_of(client) == {}
    assert not answer.has_header("Clear-Site-Data"), "that is for https"


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "/\\evil.example",
        "\\evil",
        "https://evil.example/",
        "/\t/evil",
        "javascript:1",
        "",
        "a",
        "/" * 9,
    ],
)
def test_a_sign_out_leads_to_no_other_place(new_user: NewUser, target: str) -> None:
    answer = sign_in(new_user()).post("/exeunt/logout", {"return_to": target}, **OWN)
    assert answer["Location"] == "/signed-out"


@pytest.mark.parametrize("body", ['{"scope": "all"}', "[]", "{", '"current"', '{"scope": 7}'])
def test_what_is_no_sign_out_ends_nothing(new_user: NewUser, body: str) -> None:
    client = sign_in(new_user())
    assert client.post("/exeunt/logout", body, content_type="application/json", **OWN).status_code == 400
    assert client.post("/exeunt/logout", {"scope": "all"}, **OWN).status_code == 400
    assert is_let_in(cookies_of(client))


def test_a_sign_out_without_a_session_is_answered_as_any_other() -> None:
    for cookies in ({}, {"access": "nonsense", "refresh": "nonsense"}, {"access": "x" * 9000}):
        client = browser(cookies)
        answer = client.post("/exeunt/logout", **OWN, **JSON)
        assert (answer.status_code, answer.json()["ended_sessions"]) == (200, 0)
        assert not {"access", "refresh"} & set(cookies_of(client))


def test_junk_in_one_cookie_does_not_keep_the_other_from_signing_out(new_user: NewUser) -> None:
    for junk in ("access", "refresh"):
        client = sign_in(new_user())
        cookies = cookies_of(client) | {junk: "nonsense"}
        answer = browser(cookies).post("/exeunt/logout", **OWN, **JSON)
        assert answer.json()["ended_sessions"] == 1
        nothing_opens(cookies_of(client))


def test_a_bearer_token_signs_its_own_session_out_and_no_browsers(new_user: NewUser) -> None:
    caller, client = sign_in(new_user()), sign_in(new_user())
    bearer = {"HTTP_AUTHORIZATION": f"Bearer {cookies_of(caller)['access']}"}
    answer = client.post("/exeunt/logout", **bearer, **JSON)
    assert answer.json()["ended_sessions"] == 1
    nothing_opens(cookies_of(caller))
    assert client.get("/private").status_code == 200


def test_whoever_else_hears_of_a_sign_out_hears_whose_it_was(new_user: NewUser) -> None:
    user = new_user()
    client = sign_in(user)
    heard = []

    def hear(request: HttpRequest, user: Any, **_: Any) -> None:
        heard.append(user)

    user_logged_out.connect(hear)
    try:
        client.post("/exeunt/logout", **OWN)
    finally:
        user_logged_out.disconnect(hear)
    assert heard == [user]


# Devices


def test_a_person_sees_their_devices_and_ends_any_of_them(new_user: NewUser) -> None:
    user = new_user()
    here, there = sign_in(user), browser()
    firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    login = {"username": user.get_username(), "password": "right"}
    there.post("/login", login, HTTP_USER_AGENT=firefox, REMOTE_ADDR="203.0.113.7")
    listed = here.get("/exeunt/devices", **JSON).json()["sessions"]
    assert {one["id"]: one["current"] for one in listed} == {session_id(here): True, session_id(there): False}
    other = next(one for one in listed if not one["current"])
    assert other["device"] == {"user_agent": firefox, "address": "203.0.113.7"}
    page = here.get("/exeunt/devices")
    assert page["Cache-Control"] == "no-store"
    text = page.content.decode()
    for part in (
        "Firefox on Linux",
        "203.0.113.7",
        "This device",
        f"/exeunt/devices/{other['id']}/end",
        'value="others"',
    ):
        assert part in text
    assert f'<meta name="exeunt-session" content="{session_id(here)}">' in text

    answer = here.post(f"/exeunt/devices/{other['id']}/end", **OWN)
    assert (answer.status_code, answer["Location"]) == (303, "/exeunt/devices")
    nothing_opens(cookies_of(there))
    assert here.get("/private").status_code == 200


def test_nobody_ends_what_is_not_theirs(new_user: NewUser) -> None:
    ada, grace = sign_in(new_user()), sign_in(new_user())
    for wrong in (session_id(ada), "A" * 22, "nonsense", "%2e%2e"):
        assert grace.post(f"/exeunt/devices/{wrong}/end", **OWN).status_code == 404
    assert is_let_in(cookies_of(ada))
    assert browser().post(f"/exeunt/devices/{session_id(ada)}/end", **OWN).status_code == 401


def test_strangers_are_sent_to_the_sign_in_and_scripts_are_told() -> None:
    answer = browser().get("/exeunt/devices")
    assert (answer.status_code, answer["Location"]) == (302, "/login?next=/exeunt/devices")
    assert browser().get("/exeunt/devices", **JSON).status_code == 401


def test_pages_are_in_the_readers_language(new_user: NewUser) -> None:
    from django.utils import translation

    client = sign_in(new_user())
    with translation.override("de"):
        text = client.get("/exeunt/devices").content.decode()
    assert "Ihre Geräte" in text
    assert "Überall abmelden" in text
    assert '<html lang="de">' in text


def test_devices_have_names_that_a_person_knows() -> None:
    edge = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0"
    assert device_name(edge) == "Edge on Windows"
    assert device_name("") == "Unknown browser"


# Pages of one's own


def test_a_page_says_which_session_it_was_made_for(new_user: NewUser) -> None:
    from django.template import engines

    template = engines["django"].from_string("{% load exeunt %}[{% exeunt_meta %}]")
    client = sign_in(new_user())
    request = RequestFactory().get("/")
    request.exeunt = process().verifier.verify(cookies_of(client)["access"])
    meta = f'<meta name="exeunt-session" content="{session_id(client)}">'
    assert template.render({}, request) == f"[{meta}]"
    request.exeunt = None
    assert template.render({}, request) == "[]"
