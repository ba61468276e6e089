"""The same with coroutines: views, middleware and streams on an event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from django.test import AsyncClient

from exeunt_django.process import process

from .browsers import cookies_of, is_let_in, nothing_opens, sign_in
from .support import Authority, eventually

NewUser = Callable[..., Any]


def caller(cookies: dict[str, str]) -> AsyncClient:
    """A browser with these cookies, which is answered by an event loop."""
    client = AsyncClient(raise_request_exception=False)
    for name, value in cookies.items():
        client.cookies[name] = value
    return client


def run(work: Any) -> Any:
    """Runs a coroutine to its end."""
    return asyncio.run(work)


def test_a_coroutine_sees_who_it_is_and_django_does_too(new_user: NewUser) -> None:
    user = new_user()
    cookies = cookies_of(sign_in(user))

    async def look() -> None:
        client = caller(cookies)
        assert (await client.get("/notes-async")).json() == [str(user.pk)]
        assert (await client.get("/private")).content.decode() == f"hello {user.get_username()}"
        found = (await client.get("/who-async")).json()
        assert found["subject"] == str(user.pk)
        assert found["user"] in (user.get_username(), None), "Django 4.2 has no `auser`"
        assert (await caller({"sessionid": cookies["sessionid"]}).get("/who-async")).json()["user"] in ("", None)

    run(look())


def test_signing_in_and_out_on_an_event_loop(new_user: NewUser) -> None:
    user = new_user()

    async def live() -> dict[str, str]:
        client = caller({})
        answer = await client.post("/login", {"username": user.get_username(), "password": "right"})
        assert answer.status_code == 302
        stolen = {name: client.cookies[name].value for name in ("access", "refresh", "sessionid")}
        assert (await client.get("/private")).status_code == 200
        assert (await client.post("/logout")).status_code == 302
        assert (await client.get("/private")).status_code == 302
        return stolen

    nothing_opens(run(live()))


def test_djangos_own_coroutines_open_and_end_sessions(new_user: NewUser) -> None:
    auth = pytest.importorskip("django.contrib.auth")
    if not hasattr(auth, "alogin"):
        pytest.skip("Django 4.2 has no `alogin`")
    from django.contrib.sessions.backends.db import SessionStore
    from django.test import AsyncRequestFactory

    from exeunt_django.finding import Finding

    user = new_user()

    async def live() -> None:
        request = AsyncRequestFactory().get("/")
        request.session = SessionStore()
        request._exeunt, request.exeunt = Finding(), None
        await auth.alogin(request, user, "django.contrib.auth.backends.ModelBackend")
        token = request._exeunt.access_token
        assert process().verifier.verify(token).subject == str(user.pk)
        await auth.alogout(request)
        with pytest.raises(Exception, match="has been ended"):
            process().verifier.verify(token)

    run(live())


def test_a_refresh_does_not_keep_the_event_loop_from_its_work(
    new_user: NewUser, use: Callable[..., None], start_authority: Callable[..., Authority]
) -> None:
    authority = start_authority(tokens_access_lifetime_seconds="1")
    use(authority, CLOCK_SKEW_SECONDS=3)
    cookies = cookies_of(sign_in(new_user()))
    eventually(lambda: not is_let_in({"access": cookies["access"]}))

    async def ask() -> list[int]:
        answers = await asyncio.gather(*(caller(cookies).get("/notes-async") for _ in range(20)))
        return [answer.status_code for answer in answers]

    assert run(ask()) == [200] * 20


def test_an_outage_is_told_to_coroutines_too(
    new_user: NewUser, use: Callable[..., None], start_authority: Callable[..., Authority]
) -> None:
    authority = start_authority()
    use(authority, LEASE_MILLISECONDS=1000)
    cookies = cookies_of(sign_in(new_user()))
    authority.kill()
    eventually(lambda: process().verifier.status.state == "lapsed")

    async def ask() -> None:
        for path in ("/notes-async", "/private"):
            answer = await caller(cookies).get(path)
            assert (answer.status_code, answer["Cache-Control"]) == (503, "no-store")
        out = await caller(cookies).post("/exeunt/logout", headers={"Sec-Fetch-Site": "same-origin"})
        assert out.status_code == 503
        assert "You are still signed in" in out.content.decode()

    run(ask())


def test_a_stream_tells_the_page_of_the_end(new_user: NewUser) -> None:
    user = new_user()
    cookies = cookies_of(sign_in(user))

    async def listen() -> list[bytes]:
        response = await caller(cookies).get("/exeunt/events")
        assert response["Content-Type"] == "text/event-stream"
        lines = response.streaming_content
        heard = [await anext(lines)]
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(None, process().authority.end_sessions, str(user.pk))
        return heard + [line async for line in lines]

    assert run(listen()) == [b"retry: 1000\n\n", b"event: signed-out\ndata: {}\n\n"]
    assert process().verifier.status.watchers == 0
