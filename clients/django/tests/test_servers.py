"""Real servers: several processes, forks, event loops, the reloader; and that each takes its leave properly."""

from __future__ import annotations

import http.client
import json
import os
import sys
from collections.abc import Callable
from typing import Any

import pytest

from exeunt_django.process import authority_client, process

from .browsers import cookies_of, sign_in
from .support import CLIENT, PATIENCE, Program, ask, eventually, free_port

NewUser = Callable[..., Any]
Start = Callable[..., Program]

GUNICORN = [sys.executable, "-m", "gunicorn", "--log-level", "warning"]


def status_of(url: str) -> dict[str, Any]:
    """What a server says of itself; nothing when it does not answer."""
    try:
        found: dict[str, Any] = json.loads(ask(url + "/status").text)
    except (OSError, http.client.HTTPException):
        return {}
    return found


def settles_at_once(user: Any) -> bool:
    """Whether nobody who has gone is waited for when a session ends."""
    with_session = authority_client().open_session(str(user.pk))
    assert process().follower.wait_for_first_lease()
    return authority_client().sign_out(with_session.access_token).is_settled


@pytest.mark.parametrize(
    ("options", "application", "followers"),
    [
        ([], "wsgi", 3),
        (["--preload"], "wsgi", 3),
        (["--preload"], "eager_wsgi", 4),
        (["--threads", "4"], "wsgi", 3),
    ],
    ids=["workers", "preloaded", "preloaded and followed before the fork", "threads"],
)
def test_each_worker_follows_by_itself_and_gives_its_lease_back(
    new_user: NewUser,
    start_server: Start,
    use: Callable[..., None],
    options: list[str],
    application: str,
    followers: int,
) -> None:
    user = new_user()
    url = f"http://127.0.0.1:{free_port()}"
    use(LEASE_MILLISECONDS=60_000)
    command = [*GUNICORN, "--workers", "3", "--bind", url.removeprefix("http://"), *options]
    server = start_server([*command, f"tests.site.{application}:application"], lease_milliseconds=60_000)
    eventually(lambda: status_of(url))
    cookies = cookies_of(sign_in(user))
    workers: set[int] = set()

    def all_have_answered() -> bool:
        assert ask(url + "/private", cookies=cookies).text == f"hello {user.get_username()}"
        said = status_of(url)
        if said["state"] == "live":
            workers.add(said["pid"])
        return len(workers) == 3

    eventually(all_have_answered)
    assert server.process.pid not in workers
    receipt = process().authority.sign_out(cookies["refresh"])
    assert receipt.is_settled
    for _ in range(30):
        assert ask(url + "/notes", cookies={"access": cookies["access"]}).status == 401
        assert ask(url + "/private", cookies=cookies).status == 302
    assert server.stop() == 0, server.text
    assert server.text.count("following the authority") == followers, server.text
    assert server.text.count("the lease is given back") == followers, server.text
    assert settles_at_once(user)


def test_an_event_loop_serves_streams_and_takes_its_leave(
    new_user: NewUser, start_server: Start, use: Callable[..., None]
) -> None:
    user = new_user()
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    use(LEASE_MILLISECONDS=60_000)
    options = ["--port", str(port), "--log-level", "warning", "--timeout-graceful-shutdown", "1"]
    command = [sys.executable, "-m", "uvicorn", *options, "tests.site.asgi:application"]
    server = start_server(command, lease_milliseconds=60_000)
    eventually(lambda: status_of(url))
    assert status_of(url)["state"] == "live", "it has a lease before it serves"
    cookies, others = cookies_of(sign_in(user)), cookies_of(sign_in(new_user()))
    assert ask(url + "/private", cookies=cookies).status == 200
    streams = [listen(port, cookies) for _ in range(3)]
    stays = listen(port, others)
    process().authority.sign_out(cookies["refresh"])
    for stream in streams:
        assert stream.read() == b"event: signed-out\ndata: {}\n\n"
    assert ask(url + "/notes", cookies={"access": cookies["access"]}).status == 401
    server.stop()
    assert b"signed-out" not in rest_of(stays), "the server has gone, and nobody has signed out"
    assert server.text.count("the lease is given back") == 1, server.text
    assert settles_at_once(user)


def listen(port: int, cookies: dict[str, str]) -> http.client.HTTPResponse:
    """A stream of which the beginning has come."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
    connection.request("GET", "/exeunt/events", headers={"Cookie": cookie})
    response = connection.getresponse()
    assert response.status == 200
    assert response.readline() == b"retry: 1000\n"
    assert response.readline() == b"\n"
    return response


def rest_of(response: http.client.HTTPResponse) -> bytes:
    """What still comes of a stream, also if that is broken off."""
    try:
        return response.read()
    except http.client.IncompleteRead as broken:
        return broken.partial


def test_a_page_that_has_gone_is_not_waited_for(new_user: NewUser, start_server: Start) -> None:
    import django

    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "--port", str(port), "--log-level", "warning"]
    start_server([*command, "tests.site.asgi:application"])
    url = f"http://127.0.0.1:{port}"
    eventually(lambda: status_of(url))
    stream = listen(port, cookies_of(sign_in(new_user())))
    assert status_of(url)["watchers"] == 1
    stream.close()
    if django.VERSION >= (5, 0):
        eventually(lambda: status_of(url)["watchers"] == 0)


def test_the_reloader_follows_nobody_and_what_it_reloads_gives_its_lease_back(
    new_user: NewUser, start_server: Start
) -> None:
    user = new_user()
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    server = start_server([sys.executable, "-m", "django", "runserver", f"127.0.0.1:{port}"])
    eventually(lambda: status_of(url))
    cookies = cookies_of(sign_in(user))
    assert ask(url + "/private", cookies=cookies).status == 200
    first = status_of(url)
    assert (first["state"], first["pid"] != server.process.pid) == ("live", True)
    assert server.text.count("following the authority") == 1

    def has_reloaded() -> bool:
        now = status_of(url)
        if now.get("pid") == first["pid"]:
            # The first look that it takes at the files may still be to come.
            os.utime(CLIENT / "tests/site/views.py")
        return now.get("pid", first["pid"]) != first["pid"]

    eventually(has_reloaded)
    assert ask(url + "/private", cookies=cookies).status == 200
    assert server.text.count("following the authority") == 2, server.text
    assert server.text.count("the lease is given back") == 1, server.text
