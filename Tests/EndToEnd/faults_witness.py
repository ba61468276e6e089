"""Shows everybody, again and again, what is over: see faults.py."""

from __future__ import annotations

import contextlib
import random
import threading
import time
from collections.abc import Callable

import requests
from redis import Redis, RedisError

from exeunt import PATIENCE, SECURE_SESSION_COOKIE, SESSION, SESSION_COOKIE, TOKEN, Client
from faults_people import ANSWER_SECONDS, Book, Over
from fire_clients import CheckerProcess
from follower import Follower
from redis_server import RedisServer

ROUND_SECONDS = 0.04
SHOWN_AT_ONCE = 40
"""How many are shown in a round, the newest more often."""
NODE_WITNESSES = 2


class Witness:
    """Threads that show ended sessions to verifiers, nodes and the mirror, from the moments that receipts name."""

    def __init__(
        self,
        book: Book,
        followers: list[Follower],
        urls: list[str],
        client: Client,
        checker: CheckerProcess | None = None,
        redis: RedisServer | None = None,
    ) -> None:
        self.book = book
        self.followers = followers
        self.urls = urls
        self.client = client
        self._stop = threading.Event()
        work: list[Callable[[random.Random], None]] = [self._follow, *[self._nodes] * NODE_WITNESSES]
        if checker:
            work.append(lambda _: self._tell(checker))
        if redis:
            work.append(lambda chance: self._mirror(redis, chance))
        self._threads = [threading.Thread(target=self._until_stopped, args=(one,), daemon=True) for one in work]

    def start(self) -> None:
        """Begins."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Ends."""
        self._stop.set()
        for thread in self._threads:
            if thread.ident:
                thread.join(PATIENCE)

    def _until_stopped(self, work: Callable[[random.Random], None]) -> None:
        try:
            work(random.Random(self.book.begun))
        except Exception as failure:
            self.book.accuse(f"a witness is gone: {failure!r}")

    def _some(self, chance: random.Random, due: Callable[[Over], float]) -> list[Over]:
        over, now = self.book.over, time.monotonic()
        there = len(over)
        chosen = [over[-min(int(chance.paretovariate(0.4)), there)] for _ in range(min(SHOWN_AT_ONCE, there))]
        return [one for one in chosen if due(one) <= now]

    def _follow(self, chance: random.Random) -> None:
        """To the verifiers in this process."""
        while not self._stop.wait(ROUND_SECONDS):
            for one in self._some(chance, lambda one: one.by_verifiers):
                for number, follower in enumerate(self.followers):
                    self._note(f"follower {number + 1}", follower.verdict(one.claims), one)

    def _tell(self, checker: CheckerProcess) -> None:
        """To the verifiers that are processes, by another process."""
        waiting: list[Over] = []
        told = 0
        while not self._stop.wait(ROUND_SECONDS):
            there, now = len(self.book.over), time.monotonic()
            waiting += self.book.over[told:there]
            told = there
            due = [one for one in waiting if one.by_verifiers <= now]
            waiting = [one for one in waiting if one.by_verifiers > now]
            if due:
                checker.tell([one.held.access_token for one in due])

    def _mirror(self, server: RedisServer, chance: random.Random) -> None:
        """To the mirror, as docs/redis.md says."""
        redis: Redis | None = None
        while not self._stop.wait(ROUND_SECONDS):
            for one in self._some(chance, lambda one: one.by_mirror):
                try:
                    redis = redis or server.client()
                    self._note("the mirror", "refused" if server.is_over(redis, one.claims) else "accepted", one)
                except RedisError:
                    redis = None
                    self.book.count("not known to the mirror")
                    break

    def _nodes(self, chance: random.Random) -> None:
        """To the nodes: every credential, at both doors."""
        chance = random.Random(threading.get_ident())
        with requests.Session() as http:
            http.trust_env = False
            while not self._stop.wait(ROUND_SECONDS):
                for one in self._some(chance, lambda one: one.by_nodes)[:4]:
                    number = chance.randrange(len(self.urls))
                    with contextlib.suppress(requests.RequestException):
                        verdict = self._verdict(http, self.urls[number], chance, one)
                        self._note(f"node {number + 1}", verdict, one)

    def _verdict(self, http: requests.Session, url: str, chance: random.Random, one: Over) -> str:
        credentials = (self.client.id, self.client.secret)
        patience = (1, ANSWER_SECONDS)
        which = chance.choice(["access", "session", "refresh", "cookie", "exchange"])
        match which:
            case "cookie":
                named = [f"{name}={one.held.session_token}" for name in (SESSION_COOKIE, SECURE_SESSION_COOKIE)]
                cookie = {"Cookie": "; ".join(named)}
                answer = http.get(url + SESSION, headers=cookie, timeout=patience)
                is_let_in = answer.status_code == 200 and answer.json()["signed_in"]
            case "exchange":
                form = {"grant_type": "refresh_token", "refresh_token": one.held.refresh_token}
                answer = http.post(url + TOKEN, data=form, auth=credentials, timeout=patience)
                is_let_in = answer.status_code == 200
            case _:
                form = {"token": getattr(one.held, f"{which}_token")}
                answer = http.post(url + "/introspect", data=form, auth=credentials, timeout=patience)
                is_let_in = answer.status_code == 200 and answer.json()["active"]
        if answer.status_code == 503:
            return "not known"
        return "accepted" if is_let_in else "refused"

    def _note(self, who: str, verdict: str, one: Over) -> None:
        if verdict == "not known":
            self.book.count(f"not known to {who}")
            return
        self.book.count(f"shown to {who}")
        if verdict == "accepted":
            self.book.accuse(f"{who} accepted {one.held.id} after its ending was answered")
