"""Following a real authority: leases, keys and processes."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest

from exeunt_django import limits
from exeunt_django.process import begun, process, stop
from exeunt_django.settlement.clock import read_clocks
from exeunt_django.settlement.feed import FeedAnswer
from exeunt_django.settlement.watchers import SessionEnd
from exeunt_django.tokens.rules import TokenRules
from exeunt_django.verifier import TokenVerifier, TooManyWatchers

from .followers import Server
from .support import Authority, eventually

Start = Callable[..., Authority]


def test_a_sign_out_is_answered_when_every_server_has_heard_of_it(authority: Authority) -> None:
    with Server(authority) as one, Server(authority, 60_000) as other:
        for _ in range(20):
            tokens = one.client.open_session("ada")
            for server in (one, other):
                assert server.verifier.verify(tokens.access_token).subject == "ada"
            receipt = other.client.sign_out(tokens.refresh_token)
            assert (receipt.ended_sessions, receipt.is_settled, receipt.settles_by) == (1, True, None)
            for server in (one, other):
                with pytest.raises(Exception, match="the session has been ended"):
                    server.verifier.verify(tokens.access_token)


def test_a_server_that_is_stopped_hands_its_lease_back(authority: Authority) -> None:
    with Server(authority) as one:
        with Server(authority, 60_000) as other:
            tokens = one.client.open_session("ada")
        with pytest.raises(Exception, match="cannot be known"):
            other.verifier.verify(tokens.access_token)
        assert one.client.sign_out(tokens.access_token).is_settled


def test_a_sign_out_that_has_to_wait_for_a_server_says_until_when(start_authority: Start) -> None:
    authority = start_authority()
    with Server(authority) as one:
        Server(authority, 60_000).die()
        tokens = one.client.open_session("ada")
        receipt = one.client.sign_out(tokens.access_token)
        assert (receipt.is_settled, receipt.settled_after_milliseconds) == (False, None)
        assert receipt.settles_by is not None
        assert receipt.settles_by.timestamp() * 1000 > read_clocks().wall


def test_streams_are_told_of_the_end_and_of_what_cannot_be_known(start_authority: Start) -> None:
    authority = start_authority()
    with Server(authority, 1000) as server:
        told: list[SessionEnd] = []
        tokens = server.client.open_session("ada")
        identity = server.verifier.verify(tokens.access_token)
        server.verifier.on_end(identity, told.append)
        cancel = server.verifier.on_end(identity, lambda _: pytest.fail("it was cancelled"))
        cancel()
        cancel()
        server.client.end_sessions("ada")
        eventually(lambda: told == [SessionEnd.ENDED])
        server.verifier.on_end(identity, told.append)
        assert told == [SessionEnd.ENDED] * 2, "it is over already"
        again = server.verifier.verify(server.client.open_session("ada").access_token)
        server.verifier.on_end(again, told.append)
        authority.kill()
        eventually(lambda: told[2:] == [SessionEnd.UNKNOWN])
        assert server.verifier.status.watchers == 0


def test_more_streams_than_are_allowed_are_refused(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "WATCHERS", 1)
    with Server(authority) as server:
        identity = server.verifier.verify(server.client.open_session("ada").access_token)
        server.verifier.on_end(identity, lambda _: None)
        with pytest.raises(TooManyWatchers):
            server.verifier.on_end(identity, lambda _: None)


def test_the_first_token_of_a_new_key_is_taken_and_the_old_ones_go_on(use: Any, start_authority: Start) -> None:
    authority = start_authority()
    use(authority)
    here = process()
    assert here.follower.wait_for_first_lease()
    before = here.authority.open_session("ada").access_token
    assert here.verifier.verify(before)
    authority.command("keys", "rotate")
    while True:
        token = here.authority.open_session("ada").access_token
        try:
            here.verifier.verify(token)
        except Exception:
            assert here.verify_with_new_keys(token).subject == "ada"
        if token.split(".")[0] != before.split(".")[0]:
            break
    assert here.verifier.verify(before)


# Processes


def test_a_process_that_is_forked_follows_by_itself_and_leaves_its_parent_alone(authority: Authority) -> None:
    here = process()
    assert here.follower.wait_for_first_lease()
    token = here.authority.open_session("ada").access_token
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        said = b"failed"
        try:
            assert begun() is None, "it has none of its parent's threads"
            mine = process()
            assert mine.follower._name != here.follower._name
            assert mine.follower.wait_for_first_lease()
            assert mine.verifier.verify(token).subject == "ada"
            mine.authority.open_session("ada")
            stop()
            said = b"well"
        finally:
            os.write(writer, said)
            os._exit(0)
    os.close(writer)
    assert os.read(reader, 100) == b"well"
    os.waitpid(child, 0)
    os.close(reader)
    assert here.verifier.verify(token).subject == "ada"
    assert here.authority.sign_out(token).is_settled


def test_a_poll_is_not_held_for_longer_than_the_authority_holds_one_however_long_the_lease() -> None:
    verifier = TokenVerifier(TokenRules("https://accounts.example.com", "https://accounts.example.com", 0))
    for lease, third in ((900, 0.3), (600_000, 20)):
        verifier.apply(FeedAnswer("A" * 22, 0, 0, (), lease, "k"), verifier.now)
        assert verifier.third_of_lease_seconds == third


def test_nobody_follows_before_somebody_asks() -> None:
    stop()
    assert begun() is None
    assert process() is begun()
