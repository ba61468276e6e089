"""Clients of several nodes: some believe an answer alone, and some ask another node when one does not answer."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import requests

from crash_driver import Worker
from exeunt import ACCOUNT, DEVICES, HEALTH, LOGIN, PATIENCE, READY, SESSION, SESSION_COOKIE, Authority, Client, Visitor

OUTAGE_SECONDS = 45.0
"""When a node must have given an answer of some kind, whatever its database does."""


class Patient(Worker):
    """A worker for which `503` is no surprise: what it asked for was done or not, and it waits to be told which."""

    def _ask(self, status: int, request: Any) -> dict[str, Any] | None:
        def asked(authority: Authority) -> requests.Response:
            answer: requests.Response = request(authority)
            if answer.status_code == 503 and "Retry-After" not in answer.headers:
                self.surprises.append(f"{answer.request.url} answered 503 and not when to ask again")
            if answer.status_code == 503 or (status == 200 and answer.status_code == 202):
                raise requests.RequestException(f"not known: {answer.status_code}")
            return answer

        return super()._ask(status, asked)


def make_workers(count: int = 6) -> list[Patient]:
    """Clients with a subject each, that do as the seed says which is printed."""
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    return [Patient(f"user-{number}", seed + number) for number in range(count)]


class Traveller:
    """A client that goes to another node when one does not answer or says that it cannot; no request may be in vain."""

    def __init__(self, name: str, urls: list[str], client: Client) -> None:
        self.name = name
        self.urls = urls
        self.client = client
        self.counts: Counter[str] = Counter()
        self.wrong: list[str] = []
        self._chance = random.Random(name)

    def start(self, stop: threading.Event) -> threading.Thread:
        """Travels in a thread of its own, until it is told to stop."""
        thread = threading.Thread(target=self._travel, args=(stop,), daemon=True)
        thread.start()
        return thread

    def _travel(self, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                self._live()
            except Exception as failure:
                self.wrong.append(f"{self.name}: {failure!r}")
                return

    def _live(self) -> None:
        """A session's life, from node to node."""
        opened = self._ask(201, lambda app: app.try_open(self.name))
        session, token, renewed = opened["session_token"], opened["access_token"], opened["refresh_token"]
        for _ in range(3):
            answer = self._ask(200, lambda app, renewed=renewed: app.refresh(renewed))  # type: ignore[misc]
            renewed, token = answer["refresh_token"], answer["access_token"]
            self._expect(token, True)
        self._ask(200, lambda app: app.logout(session))
        for each in (token, session, renewed):
            self._expect(each, False)
        self.counts["lives"] += 1

    def _expect(self, token: str, active: bool) -> None:
        said = self._ask(200, lambda app: app.request("POST", "/introspect", data={"token": token}))
        assert said["active"] is active, f"a token is {'over' if active else 'let in'}: {said}"

    def _ask(self, status: int, request: Callable[[Authority], requests.Response]) -> dict[str, Any]:
        deadline = time.monotonic() + PATIENCE
        first = self._chance.randrange(len(self.urls))
        for turn in range(1_000_000):
            url = self.urls[(first + turn) % len(self.urls)]
            try:
                answer = request(Authority(url, self.client))
            except requests.RequestException:
                self.counts["no answer"] += 1
            else:
                # While a node is being stopped it may call an ending done and not settled.
                if answer.status_code == status or (status == 200 and answer.status_code == 202):
                    self.counts["answered"] += 1
                    return dict(answer.json())
                assert answer.status_code == 503, f"{answer.request.url} {answer.status_code} {answer.text[:300]}"
                self.counts["503"] += 1
            assert time.monotonic() < deadline, f"no node answers {status}: {self.counts}"
            time.sleep(0.02)
        raise AssertionError("a million nodes do not answer")


def faults_without_a_database(url: str, client: Client, session_token: str, refresh_token: str) -> list[str]:
    """What is wrong with a node's answers while it has no database: each must be 503, and name a time to come back."""
    app = Authority(url, client)
    asked: dict[str, Callable[[], requests.Response]] = {
        "open": lambda: app.request("POST", "/v1/sessions", json={"subject": "nobody"}, timeout=OUTAGE_SECONDS),
        "refresh": lambda: app.request(
            "POST",
            "/token",
            data={"grant_type": "refresh_token", "refresh_token": refresh_token},
            timeout=OUTAGE_SECONDS,
        ),
        "check": lambda: app.request("POST", "/introspect", data={"token": session_token}, timeout=OUTAGE_SECONDS),
        "log out": lambda: app.request("POST", "/v1/logout", json={"token": session_token}, timeout=OUTAGE_SECONDS),
        "sign in": lambda: Visitor(url).post(
            LOGIN, {"email": "nobody@example.test", "password": "x"}, timeout=OUTAGE_SECONDS
        ),
        "sign out": lambda: signed_in(url, session_token).post("/logout", {"scope": "current"}, timeout=OUTAGE_SECONDS),
    }
    for path in (SESSION, DEVICES, ACCOUNT):
        asked[path] = lambda path=path: signed_in(url, session_token).get(path, timeout=OUTAGE_SECONDS)  # type: ignore[misc]
    faults = []
    for what, ask in asked.items():
        try:
            answer = ask()
        except requests.RequestException as failure:
            faults.append(f"{what}: no answer: {failure!r}")
            continue
        if answer.status_code != 503:
            faults.append(f"{what}: {answer.status_code} {answer.text[:200]}")
        elif not answer.headers.get("Retry-After", "").isdigit():
            faults.append(f"{what}: 503 without Retry-After")
    return faults


def signed_in(url: str, session_token: str) -> Visitor:
    """A browser that holds a session."""
    return Visitor(url).carry({SESSION_COOKIE: session_token})


def is_ready(url: str) -> bool:
    """Whether a node says that it can do its work; it must say so or not in any case, and that it lives."""
    said = requests.get(url + READY, timeout=OUTAGE_SECONDS).status_code
    assert said in (200, 503), f"{READY} answered {said}"
    assert requests.get(url + HEALTH, timeout=OUTAGE_SECONDS).status_code == 200
    return said == 200
