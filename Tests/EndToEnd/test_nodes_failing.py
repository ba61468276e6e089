"""A node is stopped where it is, killed, or started again: the others go on, and no verifier accepts what is over."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

import postgres
from exeunt import PATIENCE, Authority, Client, Credentials, expect
from fleet import SETTLING_SECONDS, Witness, accepted_by, broken_promises, eventually, followed
from fleet_clients import Traveller, is_ready, make_workers
from follower import Claims, Credulous, Follower, claims_of
from nodes import Nodes

pytestmark = pytest.mark.postgres

ROUNDS = 4
RANDOM_ROUNDS = 6
TRAVELLERS = 6
LIVES = 5
"""Sessions that each traveller has seen from their beginning to their end before the next node is restarted."""


@pytest.fixture
def nodes(able: None, tmp_path: Path) -> Iterator[Nodes]:
    """Three nodes of its own, which a test may do anything to."""
    nodes = Nodes(tmp_path, postgres.shared().create_database(), settings={"refresh.grace_seconds": 3600})
    yield nodes
    nodes.close()


@pytest.fixture
def client(nodes: Nodes) -> Client:
    """An app."""
    return nodes.client()


def log_out(app: Authority, opened: Credentials) -> float:
    """Ends a session, which must be settled within bounds whoever is dead; gives the seconds that it took."""
    began = time.monotonic()
    receipt = expect(app.logout(opened.session_token), 200).json()
    took = time.monotonic() - began
    assert receipt["settled"] is True, receipt
    assert took < SETTLING_SECONDS, f"it took {took:.1f} s: it waits for the dead"
    return took


def watch(followers: list[Follower], over: list[Claims], seconds: float) -> None:
    """Shows every verifier what is over, for so long; none may accept it."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for claims in over:
            assert accepted_by(followers, claims) == []
        time.sleep(0.002)


def test_a_node_that_is_stopped_where_it_is_holds_nothing_up_for_longer_than_its_lease(
    nodes: Nodes, client: Client
) -> None:
    one, two, three = nodes.authorities(client)
    over: list[Claims] = []
    with followed(nodes, client) as followers:
        for number in range(ROUNDS):
            opened, other = two.open("ada"), three.open("ada")
            assert followers[1].verdict(claims_of(opened.access_token)) != "refused"
            time.sleep(random.uniform(0, 0.5))
            nodes.pause(1)
            took = [log_out(one, opened), log_out(three, other)]
            over += [claims_of(opened.access_token), claims_of(other.access_token)]
            print(f"round {number}: settled after {took[0]:.2f} s, and the next one after {took[1]:.2f} s")
            watch(followers, over, 1)
            nodes.resume(1)
            watch(followers, over, 2)
            assert not two.is_active(opened.session_token)
            followers[1].until_it_has_a_lease()
            assert followers[1].verdict(over[-1]) == "refused"
        assert two.is_active(two.open("grace").access_token)


def test_a_node_that_is_killed_holds_nothing_up_for_longer_than_its_lease_and_comes_back(
    nodes: Nodes, client: Client
) -> None:
    one, two, _ = nodes.authorities(client)
    over: list[Claims] = []
    with followed(nodes, client) as followers:
        for number in range(ROUNDS):
            opened, kept = two.open("ada"), two.open("grace")
            nodes.kill(1)
            took = log_out(one, opened)
            over.append(claims_of(opened.access_token))
            print(f"round {number}: settled after {took:.2f} s")
            watch(followers, over, 0.5)
            assert one.is_active(kept.access_token)
            expect(one.refresh(kept.refresh_token), 200)
            nodes.start(1)
            followers[1].until_it_has_a_lease()
            watch(followers, over, 0.5)
            assert followers[1].verdict(over[-1]) == "refused"
            again = Authority(nodes.urls[1], client)
            assert not again.is_active(opened.session_token)
            assert again.is_active(kept.session_token)


def test_a_verifier_that_goes_on_without_a_lease_would_be_noticed(nodes: Nodes, client: Client) -> None:
    credulous = Credulous(nodes.urls[1], client).until_it_has_a_lease()
    opened = nodes.authority(0, client).open("ada")
    nodes.kill(1)
    log_out(nodes.authority(0, client), opened)
    assert accepted_by([credulous], claims_of(opened.access_token)) == [0]
    credulous.close()


@pytest.mark.parametrize("how", ["stopped", "killed"])
def test_nodes_fail_at_random_under_load_and_what_was_answered_holds_on_the_others(
    nodes: Nodes, client: Client, how: str
) -> None:
    workers, chance = make_workers(), random.Random()
    with followed(nodes, client) as followers, Witness(followers, workers) as witness:
        for number in range(RANDOM_ROUNDS):
            stop, unlucky = threading.Event(), chance.randrange(3)
            threads = [worker.start(nodes.urls[each % 3], client, stop) for each, worker in enumerate(workers)]
            time.sleep(chance.uniform(0.1, 1))
            if how == "stopped":
                nodes.pause(unlucky)
                time.sleep(chance.uniform(0.1, 3.5))
                nodes.resume(unlucky)
            else:
                nodes.kill(unlucky)
                time.sleep(chance.uniform(0, 1.5))
                nodes.start(unlucky)
            stop.set()
            for thread in threads:
                thread.join(PATIENCE)
            broken = broken_promises(workers, nodes.urls, client)
            assert not broken, "\n".join([f"round {number}, node {unlucky} {how}", *broken[:20]])
    assert not witness.wrong, witness.wrong[:10]
    assert witness.counts["refused"] > 100, f"nothing was shown: {witness.counts}"


def test_a_node_that_ended_an_ending_and_died_has_not_taken_it_along(nodes: Nodes, client: Client) -> None:
    one, two, three = nodes.authorities(client)
    with followed(nodes, client) as followers:
        for _ in range(ROUNDS):
            opened = [one.open("ada") for _ in range(5)]
            for each in opened:
                log_out(two, each)
            nodes.kill(1)
            for each in opened:
                assert accepted_by(followers, claims_of(each.access_token)) == []
                assert not one.is_active(each.session_token)
                assert not three.is_active(each.refresh_token)
            nodes.start(1)


def test_when_all_others_are_dead_the_last_node_does_everything_alone(nodes: Nodes, client: Client) -> None:
    one = nodes.authority(0, client)
    opened, kept = one.open("ada"), one.open("ada")
    nodes.kill(1)
    nodes.kill(2)
    log_out(one, opened)
    expect(one.refresh(kept.refresh_token), 200)
    expect(one.end_all("ada"), 200)
    assert one.sessions("ada") == []


def test_all_nodes_are_restarted_one_after_the_other_and_no_request_is_in_vain(nodes: Nodes, client: Client) -> None:
    travellers = [Traveller(f"traveller-{number}", nodes.urls, client) for number in range(TRAVELLERS)]
    stop = threading.Event()
    threads = [traveller.start(stop) for traveller in travellers]

    def have_lived() -> None:
        before = [traveller.counts["lives"] for traveller in travellers]
        eventually(
            lambda: (
                any(each.wrong for each in travellers)
                or all(each.counts["lives"] >= count + LIVES for each, count in zip(travellers, before, strict=True))
            ),
            "every traveller sees a few lives",
        )

    have_lived()
    for number in range(3):
        nodes.stop(number)
        have_lived()
        nodes.start(number)
        eventually(lambda url=nodes.urls[number]: is_ready(url), "it is ready again")  # type: ignore[misc]
        have_lived()
    stop.set()
    for thread in threads:
        thread.join(PATIENCE)
    wrong = [fault for traveller in travellers for fault in traveller.wrong]
    assert not wrong, wrong
    print(sum((traveller.counts for traveller in travellers), start=Counter()))
