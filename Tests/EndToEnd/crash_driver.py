"""Clients that remember every answer they got, so that a crash can be held against it.

Each worker owns one subject and does one thing at a time, so all that it may be unsure of is the one request that was
under way when the server died. Everything answered before that is a promise.
"""

from __future__ import annotations

import random
import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import requests

from exeunt import SECURE_SESSION_COOKIE, SESSION_COOKIE, Authority, Client, Credentials, Visitor

MOST_OPEN = 8
"""Sessions that a worker keeps at once."""

WAYS_TO_END_ONE = ("by session token", "by refresh token", "by access token", "by revocation", "by id")
WAYS_TO_END_MANY = ("others", "everywhere", "password reset")


class Lost(Exception):
    """The answer never came: the request may have been done or not."""


@dataclass
class Held:
    """One session, as its client knows it: the newest credentials that were answered."""

    id: str
    session_token: str
    access_token: str
    refresh_token: str

    @classmethod
    def of(cls, opened: Credentials) -> Held:
        """What is held right after the opening."""
        return cls(opened.session_id, opened.session_token, opened.access_token, opened.refresh_token)


@dataclass
class Promises:
    """What one worker was told. `doubtful` ended together or not at all."""

    open: list[Held] = field(default_factory=list)
    over: list[Held] = field(default_factory=list)
    doubtful: list[Held] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)


class Worker:
    """One client at full speed, until the server is gone."""

    def __init__(self, subject: str, seed: int) -> None:
        self.subject = subject
        self.random = random.Random(seed)
        self.promises = Promises()
        self.surprises: list[str] = []
        self._authority: Authority | None = None

    def start(self, url: str, client: Client, stop: threading.Event) -> threading.Thread:
        """Works against a server that has just started, in a thread that ends with it or when told to."""
        self._authority = Authority(url, client)
        thread = threading.Thread(target=self._work, args=(stop,), name=self.subject)
        thread.start()
        return thread

    def _work(self, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                self._act()
            except Lost:
                return

    def _act(self) -> None:
        promises, chance = self.promises, self.random.random()
        if not promises.open or (chance < 0.45 and len(promises.open) < MOST_OPEN):
            self._open()
        elif chance < 0.75:
            self._refresh(self.random.choice(promises.open))
        elif chance < 0.95:
            self._end_one(self.random.choice(promises.open))
        else:
            self._end_many(self.random.choice(promises.open))

    def _open(self) -> None:
        answer = self._ask(201, lambda authority: authority.try_open(self.subject))
        if answer:
            self.promises.open.append(Held.of(Credentials.of(answer)))
            self.promises.counts["opened"] += 1

    def _refresh(self, held: Held) -> None:
        answer = self._ask(200, lambda authority: authority.refresh(held.refresh_token))
        if answer:
            held.access_token, held.refresh_token = answer["access_token"], answer["refresh_token"]
            self.promises.counts["refreshed"] += 1

    def _end_one(self, held: Held) -> None:
        way = self.random.choice(WAYS_TO_END_ONE)
        self._end([held], lambda authority: end_one(authority, self.subject, held, way))

    def _end_many(self, held: Held) -> None:
        way = self.random.choice(WAYS_TO_END_MANY)
        ended = [other for other in self.promises.open if way != "others" or other is not held]
        self._end(ended, lambda authority: end_many(authority, self.subject, held, way))

    def _end(self, ended: list[Held], request: Any) -> None:
        try:
            answered = self._ask(200, request) is not None
        except Lost:
            self.promises.doubtful = ended
            self.promises.open = [held for held in self.promises.open if held not in ended]
            raise
        if answered:
            self.promises.open = [held for held in self.promises.open if held not in ended]
            self.promises.over += ended
            self.promises.counts["ended"] += len(ended)

    def _ask(self, status: int, request: Any) -> dict[str, Any] | None:
        assert self._authority is not None
        try:
            response = request(self._authority)
            body = response.json() if response.content else {}
        except requests.RequestException as failure:
            raise Lost from failure
        if response.status_code != status:
            self.surprises.append(
                f"{self.subject}: {response.request.url} {response.status_code} {response.text[:300]}"
            )
            return None
        return dict(body)


def end_one(authority: Authority, subject: str, held: Held, way: str) -> requests.Response:
    """One of the ways to end one session."""
    tokens = {
        "by session token": held.session_token,
        "by refresh token": held.refresh_token,
        "by access token": held.access_token,
    }
    if way in tokens:
        return authority.logout(tokens[way])
    return authority.revoke(held.refresh_token) if way == "by revocation" else authority.end(subject, held.id)


def end_many(authority: Authority, subject: str, held: Held, way: str) -> requests.Response:
    """One of the ways to end many."""
    if way == "others":
        return authority.logout(held.session_token, "others")
    return (
        authority.logout(held.session_token, way) if way == "everywhere" else authority.event(subject, "password_reset")
    )


def settle(worker: Worker, url: str, client: Client) -> list[str]:
    """Holds one worker's promises against a server that came back; says what was broken, and clears every doubt."""
    authority, promises = Authority(url, client), worker.promises
    broken = [f"{worker.subject}: {surprise}" for surprise in worker.surprises]
    worker.surprises = []
    listed = {session["id"] for session in authority.sessions(worker.subject)}
    for held in promises.open:
        broken += [f"open {held.id} ({worker.subject}): {fault}" for fault in faults_of_open(authority, held, listed)]
    for held in promises.over:
        broken += [f"ended {held.id} ({worker.subject}): {fault}" for fault in faults_of_ended(authority, held, listed)]
    alive = [held for held in promises.doubtful if held.id in listed]
    if alive and len(alive) != len(promises.doubtful):
        broken.append(f"{worker.subject}: an ending of {len(promises.doubtful)} sessions was done by half")
    for held in promises.doubtful:
        if held in alive:
            broken += [f"unsure, alive {held.id}: {fault}" for fault in faults_of_open(authority, held, listed)]
            promises.open.append(held)
        else:
            broken += [f"unsure, over {held.id}: {fault}" for fault in faults_of_ended(authority, held, listed)]
            promises.over.append(held)
    promises.doubtful = []
    return broken


def faults_of_open(authority: Authority, held: Held, listed: set[str]) -> list[str]:
    """What is wrong with a session that was answered as open. Refreshes it, with the newest token that was answered."""
    faults = []
    if held.id not in listed:
        faults.append("not in the list")
    if not authority.is_active(held.access_token):
        faults.append("its access token is refused")
    if not carries_in(authority.url, held):
        faults.append("its session token is refused")
    answer = authority.refresh(held.refresh_token)
    if answer.status_code == 200:
        held.access_token, held.refresh_token = answer.json()["access_token"], answer.json()["refresh_token"]
    else:
        faults.append(f"its refresh token is refused: {answer.text[:200]}")
    return faults


def faults_of_ended(authority: Authority, held: Held, listed: set[str]) -> list[str]:
    """What is wrong with a session whose ending was answered."""
    faults = ["still in the list"] if held.id in listed else []
    tokens = {"access": held.access_token, "session": held.session_token, "refresh": held.refresh_token}
    faults += [
        f"introspection lets its {name} token in" for name, token in tokens.items() if authority.is_active(token)
    ]
    if carries_in(authority.url, held):
        faults.append("its session token is let in")
    answer = authority.refresh(held.refresh_token)
    if answer.status_code != 400 or answer.json().get("error") != "invalid_grant":
        faults.append(f"its refresh token got {answer.status_code} {answer.text[:200]}")
    return faults


def carries_in(url: str, held: Held) -> bool:
    """Whether the session token, as a cookie, is let in at the browser door."""
    cookies = {SESSION_COOKIE: held.session_token, SECURE_SESSION_COOKIE: held.session_token}
    return bool(Visitor(url).carry(cookies).session()["signed_in"])
