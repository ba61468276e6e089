"""What must be so when all faults are mended: see faults.py."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor

from crash_driver import Held, faults_of_ended, faults_of_open
from exeunt import Authority, Client
from faults_people import LEASE_MILLISECONDS, Book, Citizen, Over
from fire_checker import Lane
from fire_verifier import Verifier
from follower import Follower, claims_of
from nodes import Nodes
from redis_server import RedisServer

THOROUGH = 20
"""Ended sessions of each client of which all credentials are shown to a node once more, and one of each other."""
VERIFIER_SECONDS = 30.0


class Reckoning:
    """Compares what everybody says with what was promised."""

    def __init__(self, nodes: Nodes, client: Client, book: Book, citizens: list[Citizen]) -> None:
        self.nodes = nodes
        self.client = client
        self.book = book
        self.citizens = citizens
        self.open = [held for citizen in citizens for held in citizen.open]

    def of_nodes(self) -> None:
        """No session is lost, and none is back."""
        with ThreadPoolExecutor(len(self.citizens)) as pool:
            list(pool.map(self._of_nodes, self.citizens))

    def _accuse(self, what: str, faults: list[str]) -> None:
        self.book.accuse(*[f"in the end, {what}: {fault}" for fault in faults[:5]])

    def _of_nodes(self, citizen: Citizen) -> None:
        over = [one for one in self.book.over if one.held.id not in {held.id for held in citizen.open}]
        over = [one for one in over if one.claims["sub"] == citizen.subject]
        apps = self.nodes.authorities(self.client)
        app = apps[citizen.chance.randrange(len(apps))]
        listed = {session["id"] for session in app.sessions(citizen.subject)}
        self._accuse(f"open for {citizen.subject}", [f"{one.held.id} is over" for one in over if one.held.id in listed])
        for held in citizen.open:
            self._accuse(f"session {held.id}", _still_open(app, held, listed))
        for one in over[-THOROUGH:]:
            self._accuse(f"ended session {one.held.id}", faults_of_ended(app, one.held, listed))
        for one in over[:-THOROUGH]:
            token = citizen.chance.choice([one.held.session_token, one.held.refresh_token, one.held.access_token])
            if app.is_active(token):
                self._accuse("a node", [f"it lets in {one.held.id}"])
        self.book.add({"in the end: sessions that are open": len(citizen.open)})
        self.book.add({"in the end: sessions that are over": len(over)})

    def of_the_log(self) -> None:
        """Whoever reads the whole log finds every ending in it, and none that never was."""
        for number, url in enumerate(self.nodes.urls):
            reader = Follower(url, self.client, LEASE_MILLISECONDS)
            try:
                for one in self.book.over:
                    self._expect(reader, one, number)
                for held in self.open:
                    reader.until_it_has_a_lease()
                    if reader.verdict(claims_of(held.access_token)) == "refused":
                        self._accuse(f"the log of node {number}", [f"it ends {held.id}"])
            finally:
                reader.close()

    def _expect(self, reader: Follower, one: Over, number: int) -> None:
        verdict = reader.verdict(one.claims)
        while verdict == "not known":
            verdict = reader.until_it_has_a_lease().verdict(one.claims)
        if verdict != "refused":
            self._accuse(f"the log of node {number}", [f"it lacks the ending of {one.held.id}"])

    def of_the_mirror(self, redis: RedisServer) -> None:
        """It has everything, and nothing in it is resurrected."""
        client = redis.client()
        wrong = [f"{one.held.id} is not there" for one in self.book.over if not redis.is_over(client, one.claims)]
        wrong += [f"{held.id} is over" for held in self.open if redis.is_over(client, claims_of(held.access_token))]
        self._accuse("the mirror", wrong)

    def of_verifiers(self, verifiers: list[Verifier]) -> None:
        """They accept what is live and refuse what is over."""
        some = random.Random(self.book.begun).sample(self.book.over, min(200, len(self.book.over)))
        expected = {one.held.access_token: 401 for one in some} | {held.access_token: 200 for held in self.open}
        for verifier in verifiers:
            verifier.wait_until_ready()
            lane = Lane(verifier.place)
            unknown = list(expected)
            for _ in range(1000):
                lane.send(unknown)
                answers = lane.collect(VERIFIER_SECONDS)
                wrong = [
                    f"it answers {status} to …{token[-12:]} and not {expected[token]}"
                    for token, status in answers
                    if status not in (503, expected[token])
                ]
                self._accuse(f"verifier {verifier.number}", wrong)
                known = {token for token, status in answers if status != 503}
                unknown = [token for token in unknown if token not in known]
                if not unknown:
                    break
            lane.close()
            if unknown:
                self._accuse(f"verifier {verifier.number}", [f"it never knows {len(unknown)} tokens"])


def _still_open(app: Authority, held: Held, listed: set[str]) -> list[str]:
    # A new access token first: one that a node made whose clock was ahead is not yet valid.
    answer = app.refresh(held.refresh_token)
    if answer.status_code == 200:
        held.access_token, held.refresh_token = answer.json()["access_token"], answer.json()["refresh_token"]
    return faults_of_open(app, held, listed)
