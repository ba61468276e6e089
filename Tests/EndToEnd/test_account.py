"""What a signed-in person does at the browser door, and how their other pages hear of it."""

from __future__ import annotations

import socket
import threading
import time

import pytest
import requests

from exeunt import EVENTS, OPENAPI, PATIENCE, REMEMBER_COOKIE, SESSION, SESSION_COOKIE, Authority, Visitor, expect
from raw_http import read_until, request
from server import Server, Starter


def test_an_email_change_keeps_this_device_and_ends_the_rest(start: Starter) -> None:
    server = start()
    account = server.accounts[0]
    here, there = server.visitor().sign_in(account), server.visitor().sign_in(account, remember=True)
    form = {"current_password": account.password, "email": "ada@new.example.test", "keep": "1"}
    expect(here.post("/account/email", form), 303)
    assert here.is_signed_in() and not there.is_signed_in()
    assert server.visitor().try_sign_in(account.email, account.password).status_code == 401
    expect(server.visitor().try_sign_in("ada@new.example.test", account.password), 303)


def test_a_report_ends_every_session_this_one_too(start: Starter) -> None:
    server = start()
    account = server.accounts[0]
    here, there = server.visitor().sign_in(account, remember=True), server.visitor().sign_in(account)
    stolen = here.cookies()
    expect(here.post("/account/report", {"current_password": account.password}), 303)
    assert not there.is_signed_in() and not here.is_signed_in()
    assert not server.visitor().carry(stolen).is_signed_in()
    assert here.cookies() == {}, "the answer left the cookies where they were"


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/account/password", {"new_password": "a-better-password"}),
        ("/account/email", {"email": "eve@example.test"}),
        ("/account/report", {}),
    ],
)
def test_the_account_is_not_changed_without_its_password(server: Server, path: str, form: dict[str, str]) -> None:
    account = server.accounts[1]
    here, there = server.visitor().sign_in(account), server.visitor().sign_in(account)
    for password in ("wrong", "") if form else ("wrong",):
        answer = here.post(path, {**form, "current_password": password, "keep": "1"})
        assert answer.status_code in (401, 422), answer.status_code
    assert here.is_signed_in() and there.is_signed_in()
    assert server.visitor().sign_in(account).is_signed_in(), "the password is another one now"
    assert server.visitor().post(path, {**form, "current_password": account.password}).status_code in (303, 401)
    assert server.visitor().sign_in(account).is_signed_in(), "changed by somebody who is not signed in"


@pytest.mark.parametrize(("field", "bad"), [("new_password", "short"), ("email", "no-address"), ("email", "grace")])
def test_a_change_that_cannot_be_is_said_and_ends_nothing(server: Server, field: str, bad: str) -> None:
    account, taken = server.accounts[0], server.accounts[1].email
    path = "/account/password" if field == "new_password" else "/account/email"
    here, there = server.visitor().sign_in(account), server.visitor().sign_in(account)
    value = taken if bad == "grace" else bad
    answer = here.post(path, {"current_password": account.password, field: value, "keep": "1"})
    documented = server.get(OPENAPI).json()["paths"][path]["post"]["responses"]
    assert answer.status_code in (409, 422) and str(answer.status_code) in documented, answer.status_code
    assert here.is_signed_in() and there.is_signed_in()


# Hearing of the end


def hear_the_end(visitor: Visitor, act: object) -> str:
    """Opens an event stream, lets something happen, and gives all that the stream said until it closed."""
    assert callable(act)
    with visitor.listen() as stream:
        expect(stream, 200)
        act()
        return b"".join(stream.iter_content(None)).decode()


def test_every_open_stream_of_a_session_hears_of_its_end_and_why(server: Server, authority: Authority) -> None:
    visitor = server.visitor().sign_in(server.accounts[0])
    subject = visitor.session()["subject"]
    streams = [visitor.listen() for _ in range(3)]
    began = time.perf_counter()
    expect(authority.event(subject, "security_concern"), 200)
    for stream in streams:
        text = b"".join(stream.iter_content(None)).decode()
        assert "event: signed-out" in text and '"security_concern"' in text, text
    print(f"three streams heard of it and were closed {(time.perf_counter() - began) * 1000:.0f} ms later")


@pytest.mark.parametrize(
    ("scope", "reason"), [("current", "signed_out"), ("everywhere", "signed_out_everywhere")], ids=str
)
def test_a_sign_out_is_heard_with_its_reason(server: Server, scope: str, reason: str) -> None:
    visitor = server.visitor().sign_in(server.accounts[0])
    double = server.visitor().carry(visitor.cookies())
    assert f'"{reason}"' in hear_the_end(visitor, lambda: double.sign_out(scope))


def test_the_others_hear_of_a_sign_out_of_others_and_the_one_that_stays_does_not(server: Server) -> None:
    here, there = (server.visitor().sign_in(server.accounts[0]) for _ in range(2))
    with here.listen() as own:
        assert '"signed_out_others"' in hear_the_end(there, lambda: here.sign_out("others"))
        heard: list[str] = []
        reader = threading.Thread(target=lambda: heard.append(b"".join(own.iter_content(None)).decode()))
        reader.start()
        server.visitor().carry(here.cookies()).sign_out()
        reader.join(PATIENCE)
    assert len(heard) == 1 and "signed_out_others" not in heard[0] and '"signed_out"' in heard[0]


def test_a_stream_for_a_session_that_is_over_says_so_at_once(server: Server) -> None:
    visitor = server.visitor().sign_in(server.accounts[0])
    cookies = visitor.cookies()
    visitor.sign_out()
    answer: requests.Response = server.visitor().carry(cookies).listen()
    assert answer.status_code == 401 or "signed-out" in answer.text


def test_a_connection_whose_stream_has_ended_serves_the_next_request_or_says_beforehand_that_it_closes(
    server: Server,
) -> None:
    visitor = server.visitor().sign_in(server.accounts[0])
    cookie = ("Cookie", f"{SESSION_COOKIE}={visitor.cookies()[SESSION_COOKIE]}")
    with socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2])), PATIENCE) as connection:
        connection.sendall(request("GET", EVENTS, [cookie], close=False))
        said = read_until(b"\r\n\r\n", connection)
        visitor.sign_out()
        said += read_until(b"\r\n0\r\n\r\n", connection)
        if b"connection: close" not in said.lower():
            connection.sendall(request("GET", SESSION, close=False))
            assert b'"signed_in":false' in connection.recv(65536), "closed without a word on it"


def test_json_is_answered_to_a_script_that_asks_for_it(server: Server) -> None:
    visitor = server.visitor().sign_in(server.accounts[0], remember=True)
    answer = visitor.post("/logout", {"scope": "current"}, headers={"Accept": "application/json"})
    assert expect(answer, 200).json()["signed_out"] is True
    assert SESSION_COOKIE not in visitor.cookies() and REMEMBER_COOKIE not in visitor.cookies()
    assert not visitor.is_signed_in()
