"""The people of fire.py, who sign in, use their tokens, refresh them and sign out, and what they have seen."""

from __future__ import annotations

import json
import random
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import astuple, dataclass, field
from pathlib import Path
from typing import Any

import requests

from exeunt import API_LOGOUT, PATIENCE, Authority
from fire_checker import Lane, judge_dead
from fire_network import Place

MOST_OPEN = 6
"""Sessions that a person keeps at once."""
AT_ONCE_SECONDS = 0.3
"""For how long the one who signed out waits for verifiers' answers; the checker waits for longer."""

RECOVERY_SECONDS = 3
"""How long a verifier may take to have a lease again: TCP has to send again, and a failed poll makes a pause."""


@dataclass
class Held:
    """A live session as its owner knows it."""

    access_token: str
    refresh_token: str
    earlier: list[str] = field(default_factory=list)

    @property
    def tokens(self) -> list[str]:
        """Every access token that it ever had."""
        return [self.access_token, *self.earlier]


class Ledger:
    """What was seen by whom: the only thing that all threads share."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.counts: Counter[str] = Counter()
        self.settling: list[int] = []
        self.wrong: list[str] = []
        self.begun = time.monotonic()

    def count(self, *what: str) -> None:
        """One more of each."""
        with self.lock:
            self.counts.update(what)

    def add(self, counts: dict[str, int]) -> None:
        """What somebody else has counted."""
        with self.lock:
            self.counts.update(counts)

    def accuse(self, *what: str) -> None:
        """Something that must not be."""
        with self.lock:
            self.wrong += [f"{time.monotonic() - self.begun:8.3f} s  {wrong}" for wrong in what]

    def settled(self, milliseconds: int) -> None:
        """A sign-out was answered."""
        with self.lock:
            self.counts["signed out"] += 1
            self.settling.append(milliseconds)

    def settling_times(self) -> dict[str, float]:
        """How long sign-outs took to settle."""
        with self.lock:
            times = sorted(self.settling) or [0]
        return {"median": statistics.median(times), "p99": times[int(len(times) * 0.99)], "worst": times[-1]}


class CheckerProcess:
    """The process that shows tokens which are over, so that it does not wait for us nor we for it."""

    def __init__(self, ledger: Ledger, places: list[Place], seed: int) -> None:
        self.ledger = ledger
        self.lock = threading.Lock()
        told = json.dumps({"places": [astuple(place) for place in places], "seed": seed})
        program = Path(__file__).with_name("fire_checker.py")
        self.process = subprocess.Popen(
            [sys.executable, str(program), told], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def tell(self, tokens: list[str]) -> None:
        """These are over from now on."""
        assert self.process.stdin is not None
        with self.lock:
            self.process.stdin.write(json.dumps(tokens) + "\n")
            self.process.stdin.flush()

    def close(self) -> None:
        """Lets it end; all that it was told of is shown and answered, or will never be."""
        assert self.process.stdin is not None
        with self.lock:
            self.process.stdin.close()
        self.process.wait(PATIENCE)
        self.reader.join(PATIENCE)
        if self.process.returncode != 0:
            self.ledger.accuse(f"the checker ended with {self.process.returncode}")

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            said = json.loads(line)
            self.ledger.add(said["counts"])
            self.ledger.accuse(*said["wrong"])


class Calm:
    """Which verifiers are left alone, and have been for long enough to have a lease again."""

    def __init__(self, verifiers: int) -> None:
        self.disturbed_until = [0.0] * verifiers

    def disturb(self, verifier: int) -> None:
        """Something is being done to it."""
        self.disturbed_until[verifier] = float("inf")

    def leave_alone(self, verifier: int) -> None:
        """Nothing is done to it any more."""
        self.disturbed_until[verifier] = time.monotonic() + RECOVERY_SECONDS

    def has(self, verifier: int) -> bool:
        """Whether it should have a lease."""
        return time.monotonic() > self.disturbed_until[verifier]


@dataclass
class Scene:
    """What everybody knows."""

    ledger: Ledger
    places: list[Place]
    authority: Callable[[], Authority]
    """A new connection to the authority."""
    checker: CheckerProcess
    calm: Calm
    credulous: bool
    """A sign-out is believed before it is settled: a check of the checkers."""


class Worker:
    """A person with some sessions, who does one thing at a time and so knows what must be."""

    def __init__(self, scene: Scene, subject: str, chance: random.Random) -> None:
        self.scene = scene
        self.ledger = scene.ledger
        self.subject = subject
        self.chance = chance
        self.held: list[Held] = []
        self.authority: Authority | None = None
        self.lanes = [Lane(place) for place in scene.places]

    def work(self, stop: threading.Event) -> None:
        """Does one thing after the other."""
        while not stop.is_set():
            try:
                self.act()
            except requests.RequestException:
                self.forget()
                time.sleep(0.05)
            except Exception as error:
                self.ledger.accuse(f"{self.subject}: {type(error).__name__} {error}")
                break
        for lane in self.lanes:
            lane.close()

    def act(self) -> None:
        """One thing."""
        acts: list[Callable[[], None]] = [self.use, self.use, self.use, self.refresh, self.sign_out]
        if len(self.held) < 2 or (len(self.held) < MOST_OPEN and self.chance.random() < 0.3):
            self.open()
        else:
            self.chance.choice(acts)()

    def forget(self) -> None:
        """The answer never came: nothing is known of any session any more."""
        self.held = []
        self.authority = None
        self.ledger.count("answers that never came")

    def open(self) -> None:
        """Signs in, and uses the token at once: also right after everything else was ended."""
        opened = self.ask(lambda authority: authority.try_open(self.subject), 201)
        if opened is not None:
            self.held.append(Held(opened["access_token"], opened["refresh_token"]))
            self.ledger.count("opened")
            self.show(self.held[-1])

    def use(self) -> None:
        """Shows the newest token of a session."""
        self.show(self.chance.choice(self.held))

    def refresh(self) -> None:
        """Exchanges a refresh token."""
        session = self.chance.choice(self.held)
        renewed = self.ask(lambda authority: authority.refresh(session.refresh_token), 200)
        if renewed is not None:
            session.earlier = session.tokens[:5]
            session.access_token, session.refresh_token = renewed["access_token"], renewed["refresh_token"]
            self.ledger.count("refreshed")

    def sign_out(self) -> None:
        """Ends one session, the others or all, and shows what was ended to every verifier at once."""
        scope = self.chance.choice(["current", "current", "current", "others", "everywhere"])
        session = self.chance.choice(self.held)
        credential = self.chance.choice([session.access_token, session.refresh_token])
        kept = [] if scope == "everywhere" else [h for h in self.held if (h is session) == (scope == "others")]
        ended = [h for h in self.held if h not in kept]
        self.held = []
        if self.scene.credulous:
            receipt = self.ask(lambda authority: logout_at_once(authority, credential, scope), 202)
        else:
            receipt = self.ask(lambda authority: authority.logout(credential, scope), 200)
        if receipt is None:
            return
        self.held = kept
        if not receipt["settled"] and not self.scene.credulous:
            self.ledger.accuse(f"a sign-out was answered with 200 and is not settled: {receipt}")
        self.ledger.settled(receipt["settled_after_ms"] or 0)
        if ended:
            self.show_dead([token for h in ended for token in h.tokens])

    def show_dead(self, tokens: list[str]) -> None:
        """Shows them to all verifiers at the same moment, and lets the checker go on with that."""
        for lane in self.lanes:
            lane.send(tokens)
        self.scene.checker.tell(tokens)
        for which, lane in enumerate(self.lanes):
            for token, status in lane.collect(AT_ONCE_SECONDS):
                counted, wrong = judge_dead(which, token, status)
                self.ledger.count(*counted)
                if wrong:
                    self.ledger.accuse(wrong)

    def ask(self, question: Callable[[Authority], requests.Response], expected: int) -> dict[str, Any] | None:
        """What the authority answers; nothing, and nothing known any more, when it could not."""
        if self.authority is None:
            self.authority = self.scene.authority()
        answer = question(self.authority)
        if answer.status_code == expected:
            return dict(answer.json())
        if answer.status_code not in (202, 503):
            self.ledger.accuse(f"{answer.request.method} {answer.request.path_url}: {answer.status_code}")
        self.forget()
        return None

    def show(self, session: Held) -> None:
        """Shows a live token to some verifier: it accepts it, or has no lease and says that it does not know."""
        which = self.chance.randrange(len(self.lanes))
        was_calm = self.scene.calm.has(which)
        self.lanes[which].send([session.access_token])
        for _, status in self.lanes[which].collect(5):
            self.ledger.count({200: "live and accepted", 503: "live and not known"}.get(status, f"live: {status}"))
            is_calm = was_calm and self.scene.calm.has(which)
            if status == 503 and is_calm:
                self.ledger.count("live and not known, though nothing was done to the verifier")
            if status not in (200, 503):
                told = "which was left alone" if is_calm else "which was disturbed"
                self.ledger.accuse(f"verifier {which + 1}, {told}, answered {status} to a live token")


def logout_at_once(authority: Authority, credential: str, scope: str) -> requests.Response:
    """A sign-out that is answered when it is on the disk."""
    asked = {"token": credential, "scope": scope}
    return authority.request("POST", API_LOGOUT, json=asked, headers={"Prefer": "respond-async"})
