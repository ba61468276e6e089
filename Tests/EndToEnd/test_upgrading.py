"""Nodes are exchanged for those of another version one after the other, while all goes on: nothing is refused.

By default the later version is the same program with a further step of the tables. `scripts/upgrade.sh` runs this with
the program of an earlier revision as the old one and that of this revision as the new one.
"""

from __future__ import annotations

import os
import random
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from clocks import Clock
from crash_driver import Held
from exeunt import METRICS, PATIENCE, expect
from faults_final import Reckoning
from faults_people import Book, Citizen
from faults_witness import Witness
from fleet import accepted_by, eventually
from fleet_clients import faults_without_a_database, is_ready
from follower import Follower, Roaming, claims_of
from nodes import Nodes
from postgres import name_of, shared
from server import BINARY, command

pytestmark = pytest.mark.postgres

OLD = Path(os.environ.get("UPGRADE_FROM", BINARY))
NEW = Path(os.environ.get("UPGRADE_TO", BINARY.with_name("ExeuntNext")))
ARE_REAL = "UPGRADE_FROM" in os.environ
"""Whether the old program is that of an earlier revision."""
LEASE_MILLISECONDS = 6000
"""Much longer than a verifier needs to find another node on a busy machine."""
SETTINGS = {
    "refresh.grace_seconds": 3600,
    "tokens.access_lifetime_seconds": 3600,
    "lease.longest_ms": LEASE_MILLISECONDS,
}
CITIZENS = 4
ENOUGH = 12
"""Sign-outs that are answered between one exchange and the next."""


@pytest.fixture
def nodes(able: None, tmp_path: Path) -> Iterator[Nodes]:
    """Three of the old program, behind a balancer that asks for their health."""
    nodes = Nodes(tmp_path, shared().create_database(), settings=SETTINGS, program=OLD)
    nodes.balancer.look_after(lambda port: _is_healthy(nodes, port))
    yield nodes
    nodes.close()


def _is_healthy(nodes: Nodes, port: int) -> bool:
    try:
        return is_ready(nodes.urls[nodes.ports.index(port)])
    except (requests.RequestException, AssertionError):
        return False


class LiveWitness:
    """Shows live sessions to verifiers that may go to another node: each accepts them all the time."""

    def __init__(self, book: Book, followers: list[Follower], held: list[Held]) -> None:
        self.book = book
        self.followers = followers
        self.claims = [claims_of(one.access_token) for one in held]
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        while not self._stop.wait(0.02):
            for number, follower in enumerate(self.followers):
                for claims in self.claims:
                    self.book.count("live and shown to a verifier")
                    if (verdict := follower.verdict(claims)) != "accepted":
                        self.book.accuse(f"verifier {number} calls what is live {verdict}")

    def close(self) -> None:
        """Looks no more."""
        self._stop.set()
        self._thread.join(PATIENCE)


def exchange(nodes: Nodes, number: int, program: Path) -> None:
    """Stops a node and starts it as another program, in its folder and at its address."""
    nodes.stop(number)
    nodes.programs[number] = program
    nodes.start(number)
    eventually(lambda: is_ready(nodes.urls[number]), "it is ready again")


def version_of(url: str) -> str:
    """Which program a node is."""
    lines = expect(requests.get(url + METRICS, timeout=PATIENCE), 200).text.splitlines()
    return next(line for line in lines if line.startswith("exeunt_info")).split('"')[1]


def test_three_nodes_are_exchanged_one_after_the_other_and_one_back_and_nothing_is_refused(nodes: Nodes) -> None:
    client, seed = nodes.client(), random.randrange(2**32)
    print(f"seed {seed}")
    book = Book([Clock()], LEASE_MILLISECONDS)
    kept = [Held.of(nodes.authority(number, client).open("kept")) for number in range(3)]
    followers = [
        Follower(nodes.url, client, LEASE_MILLISECONDS),
        *[Roaming(nodes.urls[number:] + nodes.urls[:number], client, LEASE_MILLISECONDS) for number in range(3)],
    ]
    for follower in followers:
        follower.until_it_has_a_lease()
    citizens = [
        Citizen(book, f"user-{number}", [nodes.url], client, random.Random(seed + number), followers)
        for number in range(CITIZENS)
    ]
    witness = Witness(book, followers, nodes.urls, client)
    live = LiveWitness(book, followers, kept)

    def until_enough() -> None:
        before = book.counts["signed out"]
        eventually(lambda: bool(book.wrong) or book.counts["signed out"] >= before + ENOUGH, "sign-outs are answered")

    old, versions = version_of(nodes.urls[0]), []
    try:
        for one in citizens:
            one.start()
        witness.start()
        until_enough()
        for number, program in [(0, NEW), (1, NEW), (2, NEW), (1, OLD), (1, NEW)]:
            exchange(nodes, number, program)
            versions.append(version_of(nodes.urls[number]))
            until_enough()
            for app in nodes.authorities(client):
                assert all(app.is_active(token) for held in kept for token in (held.access_token, held.session_token))
    finally:
        for one in citizens:
            one.stop()
        live.close()
        witness.stop()
        reckoning = Reckoning(nodes, client, book, citizens)
        reckoning.of_nodes()
        reckoning.of_the_log()
        for follower in followers:
            follower.close()
        print(dict(sorted(book.counts.items())))
    assert not book.wrong, book.wrong[:20]
    assert not [surprise for follower in followers for surprise in follower.surprises]
    assert all(book.counts[f"shown to follower {number}"] > 100 for number in (1, 2, 3, 4)), book.counts
    assert all(book.counts[f"shown to node {number}"] > 10 for number in (1, 2, 3)), book.counts
    assert book.counts["live and shown to a verifier"] > 1000
    if not ARE_REAL:
        assert versions == [f"{old}-next", f"{old}-next", f"{old}-next", old, f"{old}-next"]
        assert shared().psql("SELECT * FROM exeunt_schema", name_of(nodes.database)) == "3|1"


@pytest.mark.skipif(ARE_REAL, reason="it takes a step that breaks")
def test_a_step_that_breaks_with_programs_before_it_sends_them_away(nodes: Nodes, tmp_path: Path) -> None:
    client = nodes.client()
    one, two, three = nodes.authorities(client)
    kept, over = one.open("ada"), two.open("ada")
    expect(one.logout(over.session_token), 200)
    follower = Follower(nodes.urls[0], client).until_it_has_a_lease()
    nodes.stop(2)
    nodes.programs[2] = NEW
    nodes.sites[2].surroundings["NEXT_BREAKS"] = "1"
    nodes.start(2)
    # The old ones that still run are cut off from the database: they say so, and nobody has a lease from them.
    eventually(lambda: not any(is_ready(url) for url in nodes.urls[:2]), "the old ones call themselves not ready")
    for url in nodes.urls[:2]:
        assert faults_without_a_database(url, client, kept.session_token, kept.refresh_token) == []
    eventually(lambda: not follower.has_lease(), "leases from them end")
    assert is_ready(nodes.urls[2])
    assert three.is_active(kept.session_token) and not three.is_active(over.session_token)
    expect(three.logout(kept.session_token), 200)
    assert accepted_by([follower], claims_of(kept.access_token)) == []
    eventually(lambda: "versions up to 2" in nodes[0].log.read_text(), "the log says why")
    follower.close()
    # And none of them starts.
    nodes.stop(0)
    failed = command("serve", "--listen", "127.0.0.1:0", data=nodes.folders[0], settings=SETTINGS, expected=2)
    assert "for programs that know version 3 at the least; this one knows versions up to 2" in failed.stderr
    assert "ready" not in failed.stdout
