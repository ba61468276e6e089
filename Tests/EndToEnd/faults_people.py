"""The clients of faults.py, who ask again until they are answered, and what they have been promised."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import requests

from clocks import Clock
from crash_driver import MOST_OPEN, Held
from exeunt import PATIENCE, Authority, Client, Credentials
from fire_clients import Ledger
from follower import Claims, Follower, claims_of

LEASE_MILLISECONDS = 800
MIRROR_LEASE_MILLISECONDS = 2000
ANSWER_SECONDS = 6.0
"""When a client goes to another node because one does not answer."""


def margin(milliseconds: float) -> float:
    """What is added to a lease for clocks: `m` in docs/settlement.md."""
    return milliseconds / 50 + 4


def settles_within(lease: float) -> float:
    """Seconds after its answer in which a sign-out that is not settled must say that it will be."""
    of_node = lease * 5 / 4 + margin(lease)
    return (of_node + margin(of_node)) / 1000


DELIVERED_WITHIN = MIRROR_LEASE_MILLISECONDS / 1000 + 2
HURRIED = 0.3
"""The share of sign-outs whose client does not wait until they are settled."""
ROUNDING = 0.05
"""Seconds for what is said in whole milliseconds and read off two clocks."""


@dataclass
class Over:
    """An ended session, and from which moments on nobody may accept anything of it."""

    held: Held
    by_nodes: float
    by_verifiers: float
    by_mirror: float
    claims: Claims = field(init=False)

    def __post_init__(self) -> None:
        """Reads its access token."""
        self.claims = claims_of(self.held.access_token)


class Book(Ledger):
    """What everybody was told."""

    def __init__(self, clocks: Sequence[Clock], lease: int = LEASE_MILLISECONDS) -> None:
        super().__init__()
        self.lease = lease
        self.clocks = clocks
        self.over: list[Over] = []

    def ended(self, sessions: list[Held], receipt: dict[str, Any], node: int, asked: float) -> None:
        """Takes down a receipt, and from when on it says that what it ended is over for whom."""
        answered = time.monotonic()
        deliveries = receipt["deliveries"]
        verifiers = mirror = answered
        if receipt["settled"]:
            self.settled(receipt["settled_after_ms"] or 0)
        else:
            verifiers = self._promised(receipt["settles_by"], node, asked, answered, settles_within(self.lease))
            self.count("signed out", "signed out, not settled yet")
        if deliveries["pending"]:
            mirror = self._promised(deliveries["settles_by"], node, asked, answered, DELIVERED_WITHIN)
            self.count("not delivered yet")
        else:
            self.count("delivered")
        with self.lock:
            self.over += [Over(held, answered, verifiers, mirror) for held in sessions]

    def _promised(self, said: str, node: int, asked: float, answered: float, within: float) -> float:
        moment = self.clocks[node].moment(said, asked, answered)
        is_steady = len(self.clocks[node].wrong_between(asked, answered)) == 1
        if is_steady and moment > answered + within + ROUNDING:
            self.accuse(f"node {node} promised to settle {moment - answered:.3f} s after its answer")
        return max(moment, answered)


class Citizen:
    """A client with sessions of one subject, which goes from node to node until it is answered.

    To ask again is always right: what is over stays over, and a refresh token is answered with its one successor.
    """

    def __init__(
        self,
        book: Book,
        subject: str,
        urls: list[str],
        client: Client,
        chance: random.Random,
        followers: list[Follower],
    ) -> None:
        self.book = book
        self.subject = subject
        self.urls = urls
        self.client = client
        self.chance = chance
        self.followers = followers
        self.open: list[Held] = []
        self._stop = threading.Event()
        self._authorities: dict[int, Authority] = {}
        self._thread = threading.Thread(target=self._live, daemon=True)

    def start(self) -> None:
        """Begins, in a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """Ends once what is under way has been answered."""
        self._stop.set()
        if self._thread.ident:
            self._thread.join(2 * PATIENCE)
            if self._thread.is_alive():
                self.book.accuse(f"{self.subject} still waits for an answer")

    def _live(self) -> None:
        try:
            while not self._stop.is_set():
                self._act()
        except Exception as failure:
            self.book.accuse(f"{self.subject}: {failure!r}")

    def _act(self) -> None:
        chance = self.chance.random()
        if not self.open or (chance < 0.4 and len(self.open) < MOST_OPEN):
            opened = self._ask(201, lambda app: app.try_open(self.subject))[0]
            self.open.append(Held.of(Credentials.of(opened)))
            self.book.count("opened")
        elif chance < 0.6:
            held = self.chance.choice(self.open)
            renewed = self._ask(200, lambda app: app.refresh(held.refresh_token))[0]
            held.access_token, held.refresh_token = renewed["access_token"], renewed["refresh_token"]
            self.book.count("refreshed")
        elif chance < 0.75:
            self._use(self.chance.choice(self.open))
        elif chance < 0.95:
            self._end_one(self.chance.choice(self.open))
        else:
            self._end_many(self.chance.choice(self.open))

    def _use(self, held: Held) -> None:
        token = self.chance.choice([held.session_token, held.refresh_token])
        said = self._ask(200, lambda app: app.request("POST", "/introspect", data={"token": token}))[0]
        self.book.count("live and accepted")
        claims = claims_of(held.access_token)
        if not said["active"] or any(follower.verdict(claims) == "refused" for follower in self.followers):
            self.book.accuse(f"a live session of {self.subject} is refused: {held.id}")

    def _end_one(self, held: Held) -> None:
        token = self.chance.choice([held.session_token, held.refresh_token, held.access_token])
        self._end([held], lambda app: app.logout(token))

    def _end_many(self, held: Held) -> None:
        kept = self.chance.choice([None, held])
        # So asked, it is the same when it is asked again.
        spared = kept.id if kept else None
        self._end([one for one in self.open if one is not kept], lambda app: app.end_all(self.subject, keep=spared))

    def _end(self, sessions: list[Held], request: Callable[[Authority], requests.Response]) -> None:
        hurry = self.chance.random() < HURRIED
        receipt, node, asked = self._ask(200, request, {"Prefer": "respond-async"} if hurry else {})
        self.open = [held for held in self.open if held not in sessions]
        self.book.ended(sessions, receipt, node, asked)

    def _ask(
        self, status: int, request: Callable[[Authority], requests.Response], headers: dict[str, str] | None = None
    ) -> tuple[dict[str, Any], int, float]:
        """The answer, which node gave it, and when that was asked; whoever cannot answer is no matter."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            node, asked = self.chance.randrange(len(self.urls)), time.monotonic()
            try:
                app = self._at(node)
                app.http.headers.pop("Prefer", None)
                app.http.headers.update(headers or {})
                answer = request(app)
                # An ending may be answered before it is settled.
                if answer.status_code == status or (status == 200 and answer.status_code == 202):
                    return dict(answer.json()), node, asked
            except requests.RequestException:
                self._authorities.pop(node, None)
                self.book.count("answers that never came")
            else:
                assert answer.status_code == 503, f"node {node}: {answer.status_code} {answer.text[:300]}"
                assert "Retry-After" in answer.headers, f"node {node}: 503, and not when to ask again"
                self.book.count("answered 503")
            time.sleep(0.05)
        raise AssertionError(f"nobody answers {status}")

    def _at(self, node: int) -> Authority:
        if node not in self._authorities:
            self._authorities[node] = Hasty(self.urls[node], self.client)
        return self._authorities[node]


class Hasty(Authority):
    """An app that gives a request up soon."""

    def request(self, method: str, path: str, **options: Any) -> requests.Response:
        """Any request."""
        return super().request(method, path, timeout=(1, ANSWER_SECONDS), **options)
