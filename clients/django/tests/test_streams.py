"""Streams that tell an open page of the end of its session, from a worker that can do nothing else meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from exeunt_django import limits
from exeunt_django.process import process
from exeunt_django.streams import EndStream

from .browsers import browser, cookies_of, sign_in

NewUser = Callable[..., Any]


def test_where_a_stream_would_hold_a_worker_there_is_none(new_user: NewUser) -> None:
    client = sign_in(new_user())
    assert client.get("/exeunt/events").status_code == 204
    assert browser().get("/exeunt/events").status_code == 401


def test_a_worker_holds_as_many_streams_as_it_is_told(new_user: NewUser, use: Callable[..., None]) -> None:
    use(WSGI_STREAMS=1)
    client = sign_in(new_user())
    stream = client.get("/exeunt/events")
    assert stream["Content-Type"] == "text/event-stream"
    assert next(stream.streaming_content) == b"retry: 1000\n\n"
    refused = client.get("/exeunt/events")
    assert refused.status_code == 503
    assert int(refused["Retry-After"]) >= 1
    process().authority.end_sessions(client.get("/exeunt/session").json()["subject"])
    assert list(stream.streaming_content) == [b"event: signed-out\ndata: {}\n\n"]
    stream.close()
    again = sign_in(new_user()).get("/exeunt/events")
    assert again.status_code == 200, "the place is free again"
    again.close()
    assert sign_in(new_user()).get("/exeunt/events").status_code == 200, "though nobody has read from it"
    assert process().verifier.status.watchers == 1


def test_a_stream_says_something_now_and_then_and_does_not_live_for_ever(
    new_user: NewUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "HEARTBEAT_SECONDS", 0.01)
    monkeypatch.setattr(limits, "STREAM_SECONDS", 0.2)
    identity = process().verifier.verify(cookies_of(sign_in(new_user()))["access"])
    lines = list(EndStream(process().verifier, identity))
    assert lines[0] == b"retry: 1000\n\n"
    assert set(lines[1:]) == {b":\n\n"}
