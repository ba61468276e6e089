"""Settlement under fire: real verifiers, a real authority, and everything that can go wrong with them.

Clients sign in, use their tokens, refresh them and sign out at full speed. Meanwhile verifiers are killed, stopped for
longer than a lease and cut off from the authority, and the authority is killed and started again. Each token is shown
to every verifier after its sign-out was answered: none may accept it. And none may refuse a token of a live session: it
may only say that it does not know, when it has no lease.

`python fire.py --seconds 600 --attempts 1000000` runs for so long and until so many tokens were shown after their end.
Where Linux lets it, all of it runs in a network of its own, and cuts are real: see fire_privacy.py and fire_network.py.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from applications import EXPRESS, HUMMINGBIRD, django_workers
from exeunt import PATIENCE, Authority
from fire_clients import Calm, CheckerProcess, Ledger, Scene, Worker
from fire_network import Network, network
from fire_privacy import enter_private_network, heed_leash, is_inside
from fire_verifier import LEASE_MILLISECONDS, Verifier, tail
from ports import free_port
from server import Server, add_client

FLEET = [HUMMINGBIRD, EXPRESS, django_workers(2)]
"""One verifier of each kind, which follow the same log: in Swift, in JavaScript, and in Python in several processes."""
LONG_SECONDS = 2.5
"""For how long a verifier is stopped or cut off: longer than its lease and the margin."""
SHORT_SECONDS = 0.3
TOLD_SECONDS = 30
"""How often a long run says how far it is."""


class Fire:
    """One run of everything."""

    def __init__(self, folder: Path, seed: int, network: Network, credulous: bool, workers: int = 24) -> None:
        self.seed = seed
        self.credulous = credulous
        self.chance = random.Random(seed)
        self.folder = folder
        self.network = network
        self.ledger = Ledger()
        self.stop = threading.Event()
        self.workers = workers
        self.threads: list[threading.Thread] = []
        self.verifiers: list[Verifier] = []
        self.calm = Calm(len(FLEET))
        self.checker: CheckerProcess | None = None
        self.server: Server | None = None
        self.port = free_port(network.listen)

    def run(self, seconds: float, attempts: int) -> dict[str, Any]:
        """Runs for so long, and until so many tokens were shown after their end; gives the report."""
        try:
            self._light()
            over = time.monotonic() + seconds
            tell = time.monotonic() + TOLD_SECONDS
            while time.monotonic() < over or self.ledger.counts["shown after the end"] < attempts:
                if self.ledger.wrong:
                    break
                self._disturb()
                if time.monotonic() > tell:
                    print(self.progress(), file=sys.stderr, flush=True)
                    tell += TOLD_SECONDS
        finally:
            self._extinguish()
        return self.report()

    def _light(self) -> None:
        self.server = self._serve()
        client = add_client(self.folder / "data", "sessions", "feed")
        for number, application in enumerate(FLEET, 1):
            wire = self.network.wire(number, self.port)
            verifier = Verifier(number, application, self.network.issuer(self.port), wire, client, self.folder)
            self.verifiers.append(verifier)
            verifier.start()
        for verifier in self.verifiers:
            verifier.wait_until_ready()
        places = [verifier.place for verifier in self.verifiers]
        self.checker = CheckerProcess(self.ledger, places, self.chance.randrange(2**32))
        scene = Scene(
            ledger=self.ledger,
            places=places,
            authority=lambda: Authority(f"http://{self.network.listen}:{self.port}", client),
            checker=self.checker,
            calm=self.calm,
            credulous=self.credulous,
        )
        for number in range(self.workers):
            worker = Worker(scene, f"user-{number}", random.Random(self.chance.randrange(2**32)))
            self.threads.append(threading.Thread(target=worker.work, args=(self.stop,), daemon=True))
        for thread in self.threads:
            thread.start()

    def _extinguish(self) -> None:
        self.stop.set()
        with contextlib.ExitStack() as all_of_it:
            if self.server is not None:
                all_of_it.callback(self.server.stop)
            for verifier in self.verifiers:
                all_of_it.callback(verifier.close)
            if self.checker is not None:
                all_of_it.callback(self.checker.close)
            for thread in self.threads:
                if thread.ident:
                    all_of_it.callback(thread.join, PATIENCE)

    def _serve(self) -> Server:
        settings = {"lease.standard_ms": LEASE_MILLISECONDS, "log.level": "error", "refresh.grace_seconds": 3600}
        return Server(
            self.folder / "data",
            settings=settings | self.network.settings,
            demo=False,
            listen=f"{self.network.listen}:{self.port}",
        )

    # What is said of it

    def progress(self) -> str:
        """How far it is."""
        seconds = time.monotonic() - self.ledger.begun
        shown = ["opened", "signed out", "shown after the end", "refused", "not known"]
        return f"{seconds:6.0f} s  " + "  ".join(f"{what} {self.ledger.counts[what]:,}" for what in shown)

    def report(self) -> dict[str, Any]:
        """The counts."""
        return {
            "seed": self.seed,
            "cut_by": self.network.cut_by,
            "seconds": round(time.monotonic() - self.ledger.begun, 1),
            "counts": dict(sorted(self.ledger.counts.items())),
            "settled_after_ms": self.ledger.settling_times(),
            "wrong": self.ledger.wrong[:20],
        }

    def logs(self) -> str:
        """The last that the processes wrote."""
        logs = [verifier.log for verifier in self.verifiers]
        return "\n".join(tail(log) for log in [self.folder / "data.log", *logs])

    # What goes wrong

    def _disturb(self) -> None:
        disturbances = {
            "authority killed": self._kill_authority,
            "authority killed, one cut off": self._kill_authority_of_one_cut_off,
            "cut off": lambda: self._cut(1, LONG_SECONDS),
            "cut off, briefly": lambda: self._cut(1, SHORT_SECONDS),
            "two cut off at once": lambda: self._cut(2, LONG_SECONDS),
            "slow wire": self._slow,
            "stopped": lambda: self._pause(LONG_SECONDS),
            "stopped, briefly": lambda: self._pause(SHORT_SECONDS),
            "killed": lambda: self._start_again(signal.SIGKILL),
            "one of several processes killed": self._kill_worker,
            "asked to end": lambda: self._start_again(signal.SIGTERM),
            "started while cut off": self._start_cut_off,
        }
        self.stop.wait(self.chance.uniform(0.2, 1.5))
        what = self.chance.choice(list(disturbances))
        done: Callable[[], str | None] = disturbances[what]
        self.ledger.count(f"disturbed: {done() or what}")

    @contextlib.contextmanager
    def _disturbing(self, some: int) -> Iterator[list[Verifier]]:
        chosen = self.chance.sample(range(len(self.verifiers)), some)
        for number in chosen:
            self.calm.disturb(number)
        try:
            yield [self.verifiers[number] for number in chosen]
        finally:
            for number in chosen:
                self.calm.leave_alone(number)

    def _cut(self, some: int, seconds: float) -> None:
        with self._disturbing(some) as chosen:
            for verifier in chosen:
                verifier.wire.cut()
            time.sleep(seconds)
            for verifier in chosen:
                verifier.wire.join()

    def _slow(self) -> str:
        with self._disturbing(1) as [verifier]:
            how = verifier.wire.slow(self.chance)
            if how is None:
                return "nothing: no slow wires here"
            time.sleep(self.chance.uniform(1, 4))
            verifier.wire.fast()
            return f"slow wire ({how})"

    def _pause(self, seconds: float) -> None:
        with self._disturbing(1) as [verifier]:
            verifier.send(signal.SIGSTOP)
            time.sleep(seconds)
            verifier.send(signal.SIGCONT)

    def _start_again(self, number: int) -> None:
        with self._disturbing(1) as [verifier]:
            verifier.end(number)
            verifier.start()
            verifier.wait_until_ready()

    def _kill_worker(self) -> None:
        number = self.chance.choice([n for n, application in enumerate(FLEET) if application.workers])
        self.calm.disturb(number)
        self.verifiers[number].kill_worker(self.chance.randrange(100))
        self.calm.leave_alone(number)

    def _start_cut_off(self) -> None:
        with self._disturbing(1) as [verifier]:
            verifier.wire.cut()
            verifier.end(signal.SIGKILL)
            verifier.start()
            time.sleep(self.chance.uniform(SHORT_SECONDS, LONG_SECONDS))
            verifier.wire.join()
            verifier.wait_until_ready()

    def _kill_authority(self) -> None:
        with self._disturbing(len(self.verifiers)):
            assert self.server is not None
            self.server.kill()
            self.server = None
            time.sleep(self.chance.uniform(0, LONG_SECONDS))
            self.server = self._serve()

    def _kill_authority_of_one_cut_off(self) -> None:
        number = self.chance.randrange(len(self.verifiers))
        wire = self.verifiers[number].wire
        wire.cut()
        time.sleep(self.chance.uniform(0, SHORT_SECONDS))
        self._kill_authority()
        self.calm.disturb(number)
        time.sleep(self.chance.uniform(0, LONG_SECONDS))
        wire.join()
        self.calm.leave_alone(number)


def summary(report: dict[str, Any]) -> str:
    """The report for people."""
    settled = report["settled_after_ms"]
    lines = [f"{count:>12,}  {what}" for what, count in report["counts"].items()]
    wrong = report["wrong"] or ["Nothing went wrong: no token was accepted after its end, no live one refused."]
    return "\n".join(
        [
            f"Under fire for {report['seconds']:.0f} s, seed {report['seed']}, cut by {report['cut_by']}:",
            *lines,
            f"Sign-outs settled after {settled['median']:.0f} ms (median), {settled['worst']} ms (worst).",
            *wrong,
        ]
    )


def main() -> int:
    """The long run."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--attempts", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--folder", type=Path, help="where data and logs are left (default: they are removed)")
    parser.add_argument("--credulous", action="store_true", help="believe sign-outs too early: must go wrong")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    if is_inside():
        heed_leash()
    else:
        enter_private_network()
    seed = random.randrange(2**32) if options.seed is None else options.seed
    with tempfile.TemporaryDirectory(prefix="exeunt-fire-") as temporary:
        fire = Fire(options.folder or Path(temporary), seed, network(), options.credulous)
        print(f"seed {seed}, cut by {fire.network.cut_by}", file=sys.stderr, flush=True)
        try:
            report = fire.run(options.seconds, options.attempts)
        except Exception:
            print(fire.logs(), file=sys.stderr)
            raise
        if report["wrong"] and not options.credulous:
            print(fire.logs(), file=sys.stderr)
    print(summary(report), file=sys.stderr)
    json.dump(report, sys.stdout, indent=2)
    print()
    return 1 if report["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main())
