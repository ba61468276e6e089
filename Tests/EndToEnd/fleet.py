"""What the tests of several nodes have in common: followers of each, and a witness that shows them what is over."""

from __future__ import annotations

import contextlib
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

from crash_driver import settle
from exeunt import PATIENCE, Client
from fleet_clients import Patient
from follower import LEASE_MILLISECONDS, Claims, Follower, claims_of
from nodes import Nodes

MOST_SHOWN = 40
"""How many of the newest endings of each worker are shown again and again."""
ROUND_SECONDS = 0.05

SETTLING_SECONDS = 30.0
"""When a sign-out must have been answered though a node is dead or silent: its lease, the margin, and much patience
with the machine. Without a bound it would wait for the node itself, which never comes."""


@contextlib.contextmanager
def followed(nodes: Nodes, client: Client, lease: int = LEASE_MILLISECONDS) -> Iterator[list[Follower]]:
    """A verifier at each node; when all is over, none may have met anything that the protocol does not know."""
    followers = [Follower(url, client, lease) for url in nodes.urls]
    try:
        for follower in followers:
            follower.until_it_has_a_lease()
        yield followers
    finally:
        for follower in followers:
            follower.close()
    surprises = [surprise for follower in followers for surprise in follower.surprises]
    assert not surprises, surprises


def eventually(is_so: Callable[[], bool], what: str) -> None:
    """Waits until something is so."""
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < deadline, f"never: {what}"
        time.sleep(0.02)


def broken_promises(workers: list[Patient], urls: list[str], client: Client) -> list[str]:
    """What other nodes than those that gave them say of all answers, as far as it is something else.

    What ended long ago is not asked about again.
    """
    with ThreadPoolExecutor(len(workers)) as pool:
        asked = [
            pool.submit(settle, worker, urls[(number + 1) % len(urls)], client) for number, worker in enumerate(workers)
        ]
        broken = [fault for one in asked for fault in one.result()]
    for worker in workers:
        worker.promises.over = worker.promises.over[-MOST_SHOWN:]
    return broken


def accepted_by(followers: list[Follower], claims: Claims) -> list[int]:
    """Which verifiers take a token, by their numbers."""
    return [number for number, follower in enumerate(followers) if follower.verdict(claims) == "accepted"]


class Witness:
    """Shows every verifier, again and again, the tokens whose ending was answered."""

    def __init__(self, followers: list[Follower], workers: list[Patient]) -> None:
        self.followers = followers
        self.workers = workers
        self.wrong: list[str] = []
        self.counts: Counter[str] = Counter()
        self._over = threading.Event()
        self._claims: dict[str, Claims] = {}
        self._thread = threading.Thread(target=self._work, daemon=True)

    def __enter__(self) -> Witness:
        """Begins to look."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Looks no more."""
        self._over.set()
        self._thread.join(PATIENCE)

    def _work(self) -> None:
        while not self._over.wait(ROUND_SECONDS):
            for worker in self.workers:
                for held in worker.promises.over[-MOST_SHOWN:]:
                    self._show(held.id, held.access_token)

    def _show(self, session: str, token: str) -> None:
        claims = self._claims.setdefault(session, claims_of(token))
        for number, follower in enumerate(self.followers):
            verdict = follower.verdict(claims)
            self.counts[verdict] += 1
            if verdict == "accepted":
                self.wrong.append(f"the verifier at node {number} accepted {session} after its ending was answered")
