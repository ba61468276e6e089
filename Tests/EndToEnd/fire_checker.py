"""Shows tokens to verifiers after their sign-out was answered: see fire.py, which starts this as a process of its own.

It reads lines of JSON: first where the verifiers are, then the tokens that are over. It writes what they answered.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import random
import re
import selectors
import signal
import socket
import sys
import time
from collections import Counter, deque
from typing import Any

from fire_network import Place

BATCH = 32
"""Old tokens that are sent before the answers are read."""
OLD_LANES = 2
"""Connections to each verifier on which old tokens are shown."""
KEPT_SECONDS = 500
"""For how long old tokens are shown again and again: none of them may have expired by itself."""
MOST_WAITING = 2000
"""Requests on one connection whose answer has not come; the kernel takes them while a verifier is stopped."""
SEND_SECONDS = 1.0
GIVE_UP_SECONDS = 15.0
"""When a connection whose answers do not come is given up: much later than any verifier is stopped."""
TELL_SECONDS = 0.5
LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
NAMES = {200: "accepted", 401: "refused", 503: "not known"}


def judge_dead(verifier: int, token: str, status: int) -> tuple[list[str], str | None]:
    """What to count for an answer to a token that is over, and what is wrong with it."""
    counted = ["shown after the end", f"shown to verifier {verifier + 1}", NAMES.get(status, f"answered {status}")]
    if status in (401, 503):
        return counted, None
    return counted, f"verifier {verifier + 1} answered {status} to a token that was over: …{token[-12:]}"


class Lane:
    """A connection to a verifier on which tokens are shown; answers come in the order of the questions."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.connection: socket.socket | None = None
        self.waiting: deque[str] = deque()
        self.asked = 0
        """How many of those who wait have been asked about."""
        self.received = bytearray()

    def send(self, tokens: list[str]) -> bool:
        """Sends the questions; false if the verifier does not take them."""
        self.waiting.extend(tokens)
        return self._ask()

    def _ask(self) -> bool:
        """Asks as many questions at once as this verifier takes."""
        most = len(self.waiting) if self.place.at_once is None else self.place.at_once
        tokens = list(itertools.islice(self.waiting, self.asked, most))
        if not tokens:
            return True
        asked = [f"GET /notes HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {t}\r\n\r\n" for t in tokens]
        try:
            if self.connection is None:
                self.connection = self.place.connect(SEND_SECONDS)
            self.connection.settimeout(SEND_SECONDS)
            self.connection.sendall("".join(asked).encode())
        except OSError:
            self.close()
            return False
        self.asked += len(tokens)
        return True

    def receive(self, patience: float = 0) -> list[tuple[str, int]]:
        """Some answers, once there are any; raises OSError when there will be no more."""
        if self.connection is None:
            raise OSError("closed")
        self.connection.settimeout(patience)
        try:
            data = self.connection.recv(262_144)
        except OSError:
            self.close()
            raise
        if not data:
            self.close()
            raise OSError("closed")
        self.received += data
        return self._answers()

    def collect(self, patience: float) -> list[tuple[str, int]]:
        """All answers that come in time."""
        answers: list[tuple[str, int]] = []
        give_up = time.monotonic() + patience
        with contextlib.suppress(OSError):
            while self.waiting:
                answers += self.receive(max(0.001, give_up - time.monotonic()))
        return answers

    def close(self) -> None:
        """Gives the connection up, and all answers that have not come."""
        if self.connection is not None:
            self.connection.close()
        self.connection = None
        self.waiting.clear()
        self.asked = 0
        self.received.clear()

    def _answers(self) -> list[tuple[str, int]]:
        answers = []
        begin = 0
        while (end := self.received.find(b"\r\n\r\n", begin)) >= 0:
            status = int(self.received[begin + 9 : begin + 12])
            length = LENGTH.search(self.received, begin, end)
            after = end + 4 + (int(length[1]) if length else 0)
            if after > len(self.received):
                break
            answers.append((self.waiting.popleft(), status))
            self.asked -= 1
            begin = after
        del self.received[:begin]
        self._ask()
        return answers


class Checker:
    """Shows each token to every verifier when it is news, and old ones again and again."""

    def __init__(self, places: list[Place], seed: int) -> None:
        self.chance = random.Random(seed)
        self.news = [Lane(place) for place in places]
        self.old = [[Lane(place) for _ in range(OLD_LANES)] for place in places]
        self.dead: deque[tuple[float, str]] = deque()
        self.counts: Counter[str] = Counter()
        self.wrong: list[str] = []
        self.selector = selectors.DefaultSelector()
        self.watched: dict[Lane, socket.socket] = {}
        self.asked_at: dict[Lane, float] = {}
        self.heard = b""
        os.set_blocking(0, False)
        self.selector.register(0, selectors.EVENT_READ)

    def run(self) -> None:
        """Until there is no more input, and then until the answers are there."""
        told = time.monotonic()
        is_open = True
        leave = float("inf")
        while is_open or (any(lane.waiting for _, lane in self._lanes()) and time.monotonic() < leave):
            for key, _ in self.selector.select(0.02):
                if key.data is not None:
                    self._read(*key.data)
                elif not self._listen():
                    is_open = False
                    leave = time.monotonic() + GIVE_UP_SECONDS
                    self.selector.unregister(0)
            self._give_up()
            if is_open:
                self._show_old()
            if time.monotonic() - told > TELL_SECONDS:
                self._tell()
                told = time.monotonic()
        self._tell()

    def _lanes(self) -> list[tuple[int, Lane]]:
        return [(n, lane) for n, news in enumerate(self.news) for lane in (news, *self.old[n])]

    def _listen(self) -> bool:
        data = os.read(0, 1 << 20)
        *lines, self.heard = (self.heard + data).split(b"\n")
        tokens = [token for line in lines for token in json.loads(line)]
        now = time.monotonic()
        self.dead.extend((now, token) for token in tokens)
        while self.dead and now - self.dead[0][0] > KEPT_SECONDS:
            self.dead.popleft()
        for number, lane in enumerate(self.news):
            if tokens and len(lane.waiting) < MOST_WAITING:
                self._send(number, lane, tokens)
        return bool(data)

    def _show_old(self) -> None:
        there = len(self.dead)
        for number, lanes in enumerate(self.old):
            for lane in lanes:
                if there and not lane.waiting and time.monotonic() - self.asked_at.get(lane, 0) > 0.001:
                    # The newest more often.
                    far = [min(int(self.chance.paretovariate(0.3)), there) for _ in range(BATCH)]
                    self._send(number, lane, [self.dead[-n][1] for n in far])

    def _send(self, number: int, lane: Lane, tokens: list[str]) -> None:
        if not lane.waiting:
            self.asked_at[lane] = time.monotonic()
        lane.send(tokens)
        self._watch(number, lane)

    def _read(self, number: int, lane: Lane) -> None:
        with contextlib.suppress(OSError):
            for token, status in lane.receive():
                counted, wrong = judge_dead(number, token, status)
                self.counts.update(counted)
                if wrong:
                    self.wrong.append(wrong)
            self.asked_at[lane] = time.monotonic()
        self._watch(number, lane)

    def _watch(self, number: int, lane: Lane) -> None:
        before = self.watched.get(lane)
        if before is lane.connection:
            return
        if before is not None:
            self.selector.unregister(before)
            del self.watched[lane]
        if lane.connection is not None:
            self.selector.register(lane.connection, selectors.EVENT_READ, (number, lane))
            self.watched[lane] = lane.connection

    def _give_up(self) -> None:
        now = time.monotonic()
        for number, lane in self._lanes():
            if lane.waiting and now - self.asked_at[lane] > GIVE_UP_SECONDS:
                lane.close()
                self._watch(number, lane)

    def _tell(self) -> None:
        said: dict[str, Any] = {"counts": dict(self.counts), "wrong": self.wrong[:20]}
        print(json.dumps(said), flush=True)
        self.counts.clear()
        self.wrong.clear()


def main() -> None:
    """The process; it ends with its input."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    told = json.loads(sys.argv[1])
    Checker([Place(*place) for place in told["places"]], told["seed"]).run()


if __name__ == "__main__":
    main()
