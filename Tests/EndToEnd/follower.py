"""An honest verifier in a few lines: it follows the feed as the protocol says, and refuses when it has no lease."""

from __future__ import annotations

import base64
import itertools
import json
import secrets
import threading
import time
from typing import Any

import requests

from exeunt import PATIENCE, Client

LEASE_MILLISECONDS = 2_000
WAIT_MILLISECONDS = 500
ANSWER_SECONDS = 5.0
"""When a poll that is not answered is given up."""
PAUSE_SECONDS = 0.05

Claims = dict[str, Any]


def claims_of(access_token: str) -> Claims:
    """What an access token says, unverified: who has forged one is not the question here."""
    body = access_token.split(".")[1]
    return dict(json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))))


class Follower:
    """A verifier that polls one node in a thread of its own, until it is closed."""

    def __init__(self, url: str, client: Client, lease: int = LEASE_MILLISECONDS) -> None:
        self.url = url
        self.client = client
        self.lease = lease
        self.id = base64.urlsafe_b64encode(secrets.token_bytes(16)).decode().rstrip("=")
        self.surprises: list[str] = []
        self.polls = 0
        self._node: str | None = None
        self._applied = 0
        self._lease_end = 0.0
        self._records: dict[str, Claims] = {}
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._follow, daemon=True)
        self._thread.start()

    # What an application asks of it

    def verdict(self, claims: Claims) -> str:
        """`accepted`, `refused`, or `not known` when it has no lease."""
        with self._lock:
            if not self.has_lease():
                return "not known"
            return "refused" if any(is_hit(claims, record) for record in self._records.values()) else "accepted"

    def has_lease(self) -> bool:
        """Whether it may answer from memory."""
        return time.monotonic() < self._lease_end

    def until_it_has_a_lease(self) -> Follower:
        """Waits for one."""
        deadline = time.monotonic() + PATIENCE
        while not self.has_lease():
            assert time.monotonic() < deadline, f"no lease from {self.url}: {self.surprises[-3:]}"
            time.sleep(0.01)
        return self

    def close(self) -> None:
        """Stops asking; the lease is handed back where that can be done."""
        self._closed.set()
        self._thread.join(PATIENCE)
        try:
            credentials = (self.client.id, self.client.secret)
            requests.delete(f"{self.url}/v1/feed/{self.id}", auth=credentials, timeout=ANSWER_SECONDS)
        except requests.RequestException:
            pass

    # How it follows

    def _follow(self) -> None:
        with requests.Session() as http:
            http.trust_env = False
            http.auth = (self.client.id, self.client.secret)
            while not self._closed.is_set():
                try:
                    if self._poll(http):
                        continue
                except (requests.RequestException, ValueError):
                    pass
                self._closed.wait(PAUSE_SECONDS)

    def _poll(self, http: requests.Session) -> bool:
        """Asks once, which acknowledges all that it has applied; whether it should ask again at once."""
        query: dict[str, str | int] = {"verifier": self.id, "after": self._applied}
        query |= {"wait": WAIT_MILLISECONDS if self.has_lease() else 0, "lease": self.lease}
        if self._node:
            query["node"] = self._node
        asked = time.monotonic()
        answer = http.get(f"{self.url}/v1/feed", params=query, timeout=ANSWER_SECONDS)
        if answer.status_code != 200:
            if answer.status_code != 503:
                self.surprises.append(f"{answer.status_code} {answer.text[:300]}")
            return False
        self._apply(answer.json(), asked)
        return True

    def _apply(self, news: dict[str, Any], asked: float) -> None:
        with self._lock:
            if not news["snapshot"] and (news["node"] != self._node or news["after"] != self._applied):
                self.surprises.append(f"news from {news['after']} on, where {self._applied} was applied")
                return
            # Records are only ever added: another node may know less, while a lease of the one before it lasts.
            self._records |= {json.dumps(record, sort_keys=True): record for record in news["revocations"]}
            self._node, self._applied = news["node"], news["head"]
            self._lease_end = max(self._lease_end, asked + news["lease_ms"] / 1000)
            self.polls += 1


class Credulous(Follower):
    """A verifier that goes on without a lease: nobody may build one so."""

    def has_lease(self) -> bool:
        """Always, it believes, once it has had one."""
        return self.polls > 0


class Roaming(Follower):
    """A verifier that goes to the next node when one does not answer."""

    def __init__(self, urls: list[str], client: Client, lease: int = LEASE_MILLISECONDS) -> None:
        self._urls = itertools.cycle(urls)
        super().__init__(next(self._urls), client, lease)

    def _poll(self, http: requests.Session) -> bool:
        is_answered = False
        try:
            is_answered = super()._poll(http)
        finally:
            if not is_answered:
                self.url = next(self._urls)
        return is_answered


def is_hit(claims: Claims, record: Claims) -> bool:
    """Whether a token is over by a record of the log."""
    match record["kind"]:
        case "token":
            return bool(claims["jti"] == record["id"])
        case "session":
            return bool(claims["sid"] == record["id"])
        case "subject":
            is_spared = claims["sid"] == record.get("except")
            return claims["sub"] == record["subject"] and claims["ver"] < record["version"] and not is_spared
        case "all":
            return bool(claims["gen"] < record["version"])
    raise AssertionError(f"a record of a kind that nobody has heard of: {record}")
