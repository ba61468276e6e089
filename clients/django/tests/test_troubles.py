"""Questions to the authority that go wrong, and the pieces that they are made of."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from exeunt_django.authority.client import AuthorityClient
from exeunt_django.authority.errors import AuthorityError, Trouble
from exeunt_django.authority.single_flight import Full, SingleFlight
from exeunt_django.following import Follower, Pause
from exeunt_django.process import process
from exeunt_django.tokens.rules import TokenRules
from exeunt_django.verifier import TokenVerifier

from .support import Authority, eventually

Start = Callable[..., Authority]


@pytest.mark.parametrize(
    ("scopes", "wrong_secret", "trouble", "word"),
    [
        (("sessions",), False, Trouble.SCOPE_MISSING, "--scope feed"),
        (("feed", "sessions"), True, Trouble.CLIENT_UNKNOWN, "CLIENT_SECRET"),
    ],
)
def test_a_client_that_may_not_follow_is_told_what_to_do(
    authority: Authority,
    caplog: pytest.LogCaptureFixture,
    scopes: tuple[str, ...],
    wrong_secret: bool,
    trouble: Trouble,
    word: str,
) -> None:
    client_id, secret = authority.add_client(*scopes)
    client = AuthorityClient(authority.url, client_id, "wrong" if wrong_secret else secret)
    follower = Follower(TokenVerifier(TokenRules(authority.url, authority.url, 0)), client, None, authority.url)
    follower.start()
    eventually(lambda: word in caplog.text)
    follower.stop()
    assert secret not in caplog.text
    with pytest.raises(AuthorityError) as raised:
        client.poll({"verifier": "A" * 22, "after": 0, "wait": 0}, client._connections, 5)
    assert raised.value.trouble is trouble


def test_a_feed_client_cannot_open_sessions_and_is_told_so(authority: Authority) -> None:
    client = AuthorityClient(authority.url, *authority.add_client("feed"))
    with pytest.raises(AuthorityError, match="--scope sessions") as raised:
        client.open_session("ada")
    assert raised.value.trouble is Trouble.SCOPE_MISSING


def answering(answer: bytes) -> str:
    """The address of a server that gives one answer to everything."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            connection, _ = listener.accept()
            connection.recv(65536)
            connection.sendall(answer)
            connection.close()

    threading.Thread(target=serve, daemon=True).start()
    return f"http://127.0.0.1:{listener.getsockname()[1]}"


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnone", Trouble.NOT_UNDERSTOOD),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnone", Trouble.NOT_UNDERSTOOD),
        (b"HTTP/1.1 302 Found\r\nLocation: http://evil.example/\r\nContent-Length: 0\r\n\r\n", Trouble.NOT_UNDERSTOOD),
        (b"HTTP/1.1 503 Away\r\nRetry-After: 3\r\nContent-Length: 0\r\n\r\n", Trouble.UNAVAILABLE),
        (b"HTTP/1.1 201 Created\r\nContent-Length: 400\r\n\r\n{}", Trouble.UNREACHABLE),
        (b"HTTP/1.1 201 Created\r\nContent-Length: 2000000\r\n\r\n" + b"x" * 2_000_000, Trouble.UNREACHABLE),
        (b"SSH-2.0-OpenSSH_9.2\r\n", Trouble.UNREACHABLE),
        (b"", Trouble.UNREACHABLE),
    ],
)
def test_an_answer_that_is_none_of_the_authoritys_does_no_harm(answer: bytes, trouble: Trouble) -> None:
    client = AuthorityClient(answering(answer), "id", "secret")
    with pytest.raises(AuthorityError) as raised:
        client.open_session("ada")
    assert raised.value.trouble is trouble
    assert raised.value.retry_after_seconds == (3 if trouble is Trouble.UNAVAILABLE else 1)


def test_no_text_holds_a_secret(authority: Authority) -> None:
    client = AuthorityClient(authority.url, authority.client_id, authority.client_secret)
    tokens = client.open_session("ada")
    texts = repr([client, tokens, process().configuration, vars(tokens).keys()])
    for secret in (authority.client_secret, tokens.access_token, tokens.refresh_token):
        assert secret not in texts


def test_what_cannot_be_a_refresh_token_costs_no_question() -> None:
    client = AuthorityClient("http://127.0.0.1:1", "id", "secret")
    for text in ("", "exr_", "exr_short", "exs_" + "A" * 71, "exr_" + "A" * 600, "exr_" + "é" * 71):
        with pytest.raises(AuthorityError) as raised:
            client.refresh(text)
        assert raised.value.trouble is Trouble.CREDENTIAL_OVER


def test_a_connection_that_the_authority_has_closed_is_not_used_again(start_authority: Start) -> None:
    authority = start_authority()
    client = AuthorityClient(authority.url, authority.client_id, authority.client_secret)
    client.open_session("ada")
    authority.kill()
    authority.start()
    client.open_session("ada")


def test_any_number_of_threads_may_ask(authority: Authority) -> None:
    client = AuthorityClient(authority.url, authority.client_id, authority.client_secret)
    with ThreadPoolExecutor(16) as pool:
        opened = list(pool.map(lambda number: client.open_session(f"thread {number % 4}"), range(64)))
    assert len({tokens.refresh_token for tokens in opened}) == 64
    assert sum(len(client.list_sessions(f"thread {number}")) for number in range(4)) == 64
    client.close()


# Pieces


def test_pauses_grow_differ_and_heed_what_the_authority_asks_for() -> None:
    pause = Pause()
    assert [pause.next_seconds(0) for _ in range(8)] == [0.025, 0.05, 0.1, 0.2, 0.4, 0.5, 0.5, 0.5]
    assert 0.5 < pause.next_seconds(0.99) <= 1
    assert pause.next_seconds(0, 4) == 4
    pause.reset()
    assert pause.next_seconds(0.99) <= 0.05


def test_work_is_done_once_for_all_who_want_it_at_the_same_time() -> None:
    flights: SingleFlight[int] = SingleFlight(1)
    go, begun_once, done = threading.Event(), threading.Event(), []

    def work() -> int:
        begun_once.set()
        go.wait()
        done.append(1)
        return 7

    with ThreadPoolExecutor(8) as pool:
        results = [pool.submit(flights.run, "key", work) for _ in range(8)]
        begun_once.wait()
        with pytest.raises(Full):
            flights.run("other", work)
        go.set()
        assert [result.result() for result in results] == [7] * 8
    assert len(done) in range(1, 9)
    with pytest.raises(ZeroDivisionError):
        flights.run("key", lambda: 1 // 0)
    assert flights.run("key", lambda: 8) == 8
