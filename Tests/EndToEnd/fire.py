"""Settlement under fire: real verifiers, a real authority, and everything that can go wrong with them.

Clients sign in, use their tokens, refresh them and sign out at full speed. Meanwhile verifiers are killed, stopped for
longer than a lease and cut off from the authority, and the authority is killed and started again. Checkers show each
token to every verifier after its sign-out was answered: none may accept it. And no verifier that has a lease may refuse
a token of a live session.

`python fire.py --seconds 600 --attempts 1000000` runs for so long and until so many tokens were shown after their end.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import requests

from exeunt import API_LOGOUT, PATIENCE, Authority, Client
from server import REPOSITORY, Server, add_client

NOTES = Path(os.environ.get("NOTES_BIN", REPOSITORY / ".build/debug/NotesExample"))
LEASE_MILLISECONDS = 800
MOST_OPEN = 6
"""Sessions that a worker keeps at once."""
KEPT_DEAD = 20_000
"""Tokens of the past that are shown again and again."""
BATCH = 32
"""Requests that a checker sends before it reads the answers."""
STOP_SECONDS = 2.5
"""For how long a verifier is stopped or cut off: longer than its lease and the margin."""


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


class Verifier:
    """One process of the example application, at an address that stays when it is started again."""

    def __init__(self, number: int, authority: str, client: Client, folder: Path) -> None:
        self.number = number
        self.port = free_port()
        self.client = client
        self.authority = authority
        self.link = Link(authority)
        self.log = folder / f"verifier-{number}.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts the process; it listens once it has a lease."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("EXEUNT_", "NOTES_"))}
        told = {
            "NOTES_PORT": str(self.port),
            "NOTES_AUTHORITY": self.authority,
            "NOTES_AUTHORITY_ENDPOINT": self.link.url,
            "NOTES_CLIENT_ID": self.client.id,
            "NOTES_CLIENT_SECRET": self.client.secret,
            "NOTES_LEASE_MILLISECONDS": str(LEASE_MILLISECONDS),
        }
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [str(NOTES)], env=inherited | told, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def wait_until_ready(self) -> None:
        """Until it listens."""
        give_up = time.monotonic() + PATIENCE
        while time.monotonic() < give_up:
            assert self.process is not None
            assert self.process.poll() is None, f"verifier {self.number} is gone:\n{self.log.read_text()[-2000:]}"
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            time.sleep(0.02)
        raise AssertionError(f"verifier {self.number} does not listen:\n{self.log.read_text()[-2000:]}")

    def send(self, number: int) -> None:
        """Sends the process a signal."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)

    def kill(self) -> None:
        """Kills it, without a goodbye."""
        self.send(signal.SIGKILL)
        self.wait()

    def wait(self) -> None:
        """Until it is gone."""
        if self.process is not None:
            self.process.wait(PATIENCE)

    def close(self) -> None:
        """Stops it and its link."""
        self.send(signal.SIGCONT)
        self.send(signal.SIGTERM)
        try:
            self.wait()
        except subprocess.TimeoutExpired:
            self.kill()
        self.link.close()


class Link:
    """The wire between a verifier and the authority; when it is cut, what is sent goes nowhere and nobody is told."""

    def __init__(self, authority: str) -> None:
        host, port = authority.removeprefix("http://").split(":")
        self.target = ("127.0.0.1" if host == "localhost" else host, int(port))
        self.is_whole = threading.Event()
        self.is_whole.set()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.is_closed = False
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Takes no more connections."""
        self.is_closed = True
        self.is_whole.set()
        self.listener.close()

    def _accept(self) -> None:
        while not self.is_closed:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._join, args=(near,), daemon=True).start()

    def _join(self, near: socket.socket) -> None:
        self.is_whole.wait()
        try:
            far = socket.create_connection(self.target, 5)
        except OSError:
            near.close()
            return
        far.settimeout(None)
        back = threading.Thread(target=self._carry, args=(far, near), daemon=True)
        back.start()
        self._carry(near, far)

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        try:
            while data := source.recv(65_536):
                self.is_whole.wait()
                target.sendall(data)
        except OSError:
            pass
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@dataclass
class Held:
    """A live session as its owner knows it."""

    id: str
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
        self.dead: deque[str] = deque(maxlen=KEPT_DEAD)
        self.settling: list[int] = []
        self.wrong: list[str] = []
        self.begun = time.monotonic()

    def count(self, what: str, times: int = 1) -> None:
        """One more."""
        with self.lock:
            self.counts[what] += times

    def bury(self, tokens: list[str], settled_after: int) -> None:
        """A sign-out was answered: from now on these are over everywhere."""
        with self.lock:
            self.dead.extend(tokens)
            self.settling.append(settled_after)

    def accuse(self, what: str) -> None:
        """Something that must not be."""
        with self.lock:
            self.wrong.append(f"{time.monotonic() - self.begun:8.3f} s  {what}")

    def sample(self, chance: random.Random, size: int) -> list[str]:
        """Some tokens that are over, the newest more often."""
        with self.lock:
            there = len(self.dead)
            if not there:
                return []
            return [self.dead[-1 - min(int(chance.paretovariate(0.5)) - 1, there - 1)] for _ in range(size)]


class Prober:
    """A connection to a verifier on which tokens are shown, many at a time."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.connection: socket.socket | None = None
        self.received = b""

    def show(self, tokens: list[str], patience: float) -> list[int]:
        """The answers to these tokens; none where the verifier does not answer."""
        try:
            if self.connection is None:
                self.connection = socket.create_connection(("127.0.0.1", self.port), patience)
                self.received = b""
            self.connection.settimeout(patience)
            asked = [f"GET /notes HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {t}\r\n\r\n" for t in tokens]
            self.connection.sendall("".join(asked).encode())
            return [self._status() for _ in tokens]
        except (OSError, ValueError):
            self.close()
            return []

    def close(self) -> None:
        """Gives the connection up."""
        if self.connection is not None:
            self.connection.close()
        self.connection = None

    def _status(self) -> int:
        while b"\r\n\r\n" not in self.received:
            self._receive()
        head, rest = self.received.split(b"\r\n\r\n", 1)
        lines = head.lower().split(b"\r\n")
        length = next((int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length:")), 0)
        while len(rest) < length:
            self.received = head + b"\r\n\r\n" + rest
            self._receive()
            rest = self.received.split(b"\r\n\r\n", 1)[1]
        self.received = rest[length:]
        return int(lines[0].split()[1])

    def _receive(self) -> None:
        assert self.connection is not None
        data = self.connection.recv(262_144)
        if not data:
            raise OSError("closed")
        self.received += data


class Fire:
    """One run of everything."""

    def __init__(
        self, folder: Path, seed: int, verifiers: int = 3, workers: int = 6, checkers: int = 3, credulous: bool = False
    ) -> None:
        """With `credulous`, a sign-out is believed before it is settled: a check of the checkers."""
        self.seed = seed
        self.credulous = credulous
        self.chance = random.Random(seed)
        self.folder = folder
        self.ledger = Ledger()
        self.stop = threading.Event()
        self.port = free_port()
        self.server = self._serve()
        self.client = add_client(folder / "data", "sessions", "feed")
        url = self.server.url.replace("127.0.0.1", "localhost")
        self.verifiers = [Verifier(number + 1, url, self.client, folder) for number in range(verifiers)]
        self.disturbed = [threading.Event() for _ in self.verifiers]
        self.threads = [threading.Thread(target=self._work, args=(n, self._seed())) for n in range(workers)]
        self.threads += [threading.Thread(target=self._check, args=(n, self._seed())) for n in range(checkers)]

    def _seed(self) -> random.Random:
        return random.Random(self.chance.randrange(2**32))

    def _serve(self) -> Server:
        settings = {"lease.standard_ms": LEASE_MILLISECONDS, "log.level": "error", "refresh.grace_seconds": 3600}
        return Server(self.folder / "data", settings=settings, demo=False, listen=f"127.0.0.1:{self.port}")

    def run(self, seconds: float, attempts: int = 0) -> dict[str, Any]:
        """Runs for so long, and until so many tokens were shown after their end; gives the report."""
        try:
            for verifier in self.verifiers:
                verifier.start()
            for verifier in self.verifiers:
                verifier.wait_until_ready()
            for thread in self.threads:
                thread.start()
            over = time.monotonic() + seconds
            while time.monotonic() < over or self.ledger.counts["shown after the end"] < attempts:
                if self.ledger.wrong:
                    break
                self._disturb()
        finally:
            self.stop.set()
            for thread in self.threads:
                if thread.ident:
                    thread.join(PATIENCE)
            for verifier in self.verifiers:
                verifier.close()
            self.server.stop()
        return self.report()

    def report(self) -> dict[str, Any]:
        """The counts."""
        settling = sorted(self.ledger.settling) or [0]
        return {
            "seed": self.seed,
            "seconds": round(time.monotonic() - self.ledger.begun, 1),
            "counts": dict(sorted(self.ledger.counts.items())),
            "settled_after_ms": {
                "median": statistics.median(settling),
                "p99": settling[int(len(settling) * 0.99)],
                "worst": settling[-1],
            },
            "wrong": self.ledger.wrong[:20],
        }

    # What goes wrong

    def _disturb(self) -> None:
        time.sleep(self.chance.uniform(0.2, 1.5))
        what = self.chance.choice(["kill", "pause", "short pause", "cut", "cut", "authority", "stop", "nothing"])
        self.ledger.count(f"disturbed: {what}")
        if what == "authority":
            return self._kill_authority()
        if what == "nothing":
            return None
        number = self.chance.randrange(len(self.verifiers))
        verifier = self.verifiers[number]
        with self._disturbing(number):
            if what in ("kill", "stop"):
                verifier.send(signal.SIGKILL if what == "kill" else signal.SIGTERM)
                verifier.wait()
                verifier.start()
                verifier.wait_until_ready()
            elif what == "cut":
                verifier.link.is_whole.clear()
                time.sleep(STOP_SECONDS)
                verifier.link.is_whole.set()
            else:
                verifier.send(signal.SIGSTOP)
                time.sleep(STOP_SECONDS if what == "pause" else 0.3)
                verifier.send(signal.SIGCONT)
        return None

    @contextlib.contextmanager
    def _disturbing(self, number: int) -> Iterator[None]:
        self.disturbed[number].set()
        try:
            yield
        finally:
            self.disturbed[number].clear()

    def _kill_authority(self) -> None:
        self.server.kill()
        time.sleep(self.chance.uniform(0, STOP_SECONDS))
        self.server = self._serve()

    # What clients do

    def _work(self, number: int, chance: random.Random) -> None:
        worker = Worker(self, f"user-{number}", chance)
        while not self.stop.is_set():
            try:
                worker.act()
            except requests.RequestException:
                worker.forget()
                time.sleep(0.05)
            except Exception as error:
                self.ledger.accuse(f"worker {number}: {type(error).__name__} {error}")
                return

    # What nobody may accept

    def _check(self, number: int, chance: random.Random) -> None:
        probers = [Prober(verifier.port) for verifier in self.verifiers]
        while not self.stop.is_set():
            tokens = self.ledger.sample(chance, BATCH)
            if not tokens:
                time.sleep(0.02)
                continue
            which = chance.randrange(len(probers))
            for token, status in zip(tokens, probers[which].show(tokens, 0.5), strict=False):
                self.judge_dead(which, token, status)
        for prober in probers:
            prober.close()

    def judge_dead(self, verifier: int, token: str, status: int) -> None:
        """A token was shown after its sign-out was answered."""
        self.ledger.count("shown after the end")
        self.ledger.count({200: "accepted", 401: "refused", 503: "not known"}.get(status, f"answered {status}"))
        if status not in (401, 503):
            self.ledger.accuse(f"verifier {verifier + 1} answered {status} to a token that was over: …{token[-12:]}")


class Worker:
    """A person with some sessions, who does one thing at a time and so knows what must be."""

    def __init__(self, fire: Fire, subject: str, chance: random.Random) -> None:
        self.fire = fire
        self.subject = subject
        self.chance = chance
        self.held: list[Held] = []
        self.probers = [Prober(verifier.port) for verifier in fire.verifiers]

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
        self.fire.ledger.count("answers that never came")

    @property
    def authority(self) -> Authority:
        """The authority as it is now."""
        return Authority(f"http://127.0.0.1:{self.fire.port}", self.fire.client)

    def open(self) -> None:
        """Signs in, and uses the token at once: also right after everything else was ended."""
        opened = self.ask(lambda authority: authority.try_open(self.subject), 201)
        if opened is not None:
            self.held.append(Held(opened["session_id"], opened["access_token"], opened["refresh_token"]))
            self.fire.ledger.count("opened")
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
            self.fire.ledger.count("refreshed")

    def sign_out(self) -> None:
        """Ends one session, the others or all, and shows what was ended to every verifier at once."""
        scope = self.chance.choice(["current", "current", "current", "others", "everywhere"])
        session = self.chance.choice(self.held)
        credential = self.chance.choice([session.access_token, session.refresh_token])
        kept = [] if scope == "everywhere" else [h for h in self.held if (h is session) == (scope == "others")]
        ended = [h for h in self.held if h not in kept]
        self.held = []
        if self.fire.credulous:
            receipt = self.ask(lambda authority: logout_at_once(authority, credential, scope), 202)
        else:
            receipt = self.ask(lambda authority: authority.logout(credential, scope), 200)
        if receipt is None:
            return
        self.held = kept
        if not receipt["settled"] and not self.fire.credulous:
            self.fire.ledger.accuse(f"a sign-out was answered with 200 and is not settled: {receipt}")
        tokens = [token for h in ended for token in h.tokens]
        self.fire.ledger.bury(tokens, receipt["settled_after_ms"] or 0)
        self.fire.ledger.count("signed out")
        for which, prober in enumerate(self.probers):
            for token, status in zip(tokens, prober.show(tokens, 0.3), strict=False):
                self.fire.judge_dead(which, token, status)

    def ask(self, question: Callable[[Authority], requests.Response], expected: int) -> dict[str, Any] | None:
        """What the authority answers; nothing, and nothing known any more, when it could not."""
        answer = question(self.authority)
        if answer.status_code == expected:
            return dict(answer.json())
        if answer.status_code not in (202, 503):
            self.fire.ledger.accuse(f"{answer.request.method} {answer.request.path_url}: {answer.status_code}")
        self.forget()
        return None

    def show(self, session: Held) -> None:
        """Shows a live token to some verifier: one that has a lease must accept it."""
        which = self.chance.randrange(len(self.probers))
        was_disturbed = self.fire.disturbed[which].is_set()
        for status in self.probers[which].show([session.access_token], 5):
            self.fire.ledger.count({200: "live and accepted", 503: "live and not known"}.get(status, f"live: {status}"))
            if status not in (200, 503):
                told = f"disturbed: {was_disturbed}"
                self.fire.ledger.accuse(f"verifier {which + 1} answered {status} to a live token ({told})")


def logout_at_once(authority: Authority, credential: str, scope: str) -> requests.Response:
    """A sign-out that is answered when it is on the disk."""
    asked = {"token": credential, "scope": scope}
    return authority.request("POST", API_LOGOUT, json=asked, headers={"Prefer": "respond-async"})


def main() -> int:
    """The long run."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--attempts", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))
    options = parser.parse_args()
    print(f"seed {options.seed}", file=sys.stderr, flush=True)
    with tempfile.TemporaryDirectory(prefix="exeunt-fire-") as folder:
        report = Fire(Path(folder), options.seed).run(options.seconds, options.attempts)
    out: IO[str] = sys.stdout
    json.dump(report, out, indent=2)
    print()
    return 1 if report["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main())
