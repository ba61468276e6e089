"""Everything that can happen to several nodes, their database, their Redis and their verifiers, alone and in pairs.

Clients open sessions, refresh and end them at whichever node answers. Meanwhile parts are killed, stopped, cut off from
each other and slowed down, PostgreSQL fails over, Redis is emptied and set back, and wall clocks are set wrong.
Whatever was ended is shown to every verifier, every node and the mirror, over and over: nobody may accept it from the
moment on that the receipt names. In the end nothing may be missing: no ending, and no session that was not ended.

`python faults.py` runs through all kinds once; with `--seconds 600` it goes on with any of them, alone and in pairs. It
takes root on Linux, for networks in which cuts are real.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from exeunt import Authority
from faults_final import Reckoning
from faults_kinds import LONGEST_SECONDS, ORDER, PAIRS, SINGLE, Fault, Faults
from faults_people import Book, Citizen
from faults_witness import Witness
from faults_world import World
from fire_clients import CheckerProcess
from fire_privacy import enter_private_network, heed_leash, is_inside
from fleet import eventually

CITIZENS = 4
SOME_PAIRS = 6
"""Pairs of faults in the run through all kinds."""
ENOUGH = 4
"""Sign-outs that are answered after each fault before the next one happens."""


class Run:
    """One run of everything."""

    def __init__(self, folder: Path, seed: int, is_careless: bool = False) -> None:
        self.seed = seed
        self.chance = random.Random(seed)
        self.is_careless = is_careless
        self.world = World(folder, is_careless)
        self.faults = Faults(self.world, self.chance)
        world = self.world
        self.book = Book(world.clocks)
        places = [verifier.place for verifier in world.verifiers]
        self.checker = CheckerProcess(self.book, places, self.chance.randrange(2**32))
        urls, client = world.nodes.urls, world.client
        self.citizens = [
            Citizen(
                self.book, f"user-{number}", urls, client, random.Random(self.chance.randrange(2**32)), world.followers
            )
            for number in range(CITIZENS)
        ]
        self.witness = Witness(self.book, world.followers, urls, client, self.checker, world.redis)

    def run(self, seconds: float) -> dict[str, Any]:
        """Runs through all kinds, goes on for as long as it should, and reckons up; gives the report."""
        over = time.monotonic() + seconds
        try:
            for citizen in self.citizens:
                citizen.start()
            self.witness.start()
            self._until_enough()
            if self.is_careless:
                self._be_careless()
            else:
                for names in self._plan():
                    if not self.book.wrong:
                        self._happen(names)
                while time.monotonic() < over and not self.book.wrong:
                    self._happen(self._any())
            for citizen in self.citizens:
                citizen.stop()
            self.world.until_well()
            self._reckon()
        finally:
            for citizen in self.citizens:
                citizen.stop()
            self.witness.stop()
            self.checker.close()
            self.world.close()
        return self.report()

    def _reckon(self) -> None:
        world = self.world
        reckoning = Reckoning(world.nodes, world.client, self.book, self.citizens)
        reckoning.of_nodes()
        reckoning.of_the_log()
        eventually(world.is_mirrored, "the mirror is caught up")
        reckoning.of_the_mirror(world.redis)
        reckoning.of_verifiers(world.verifiers)

    def _plan(self) -> list[tuple[str, ...]]:
        plan: list[tuple[str, ...]] = [(name,) for name in SINGLE] + self.chance.sample(PAIRS, SOME_PAIRS)
        self.chance.shuffle(plan)
        return plan

    def _any(self) -> tuple[str, ...]:
        """One fault, or two of parts that may be the same kind of part if there are several."""
        while True:
            names = tuple(self.chance.choice(SINGLE) for _ in range(self.chance.choice([1, 2, 2])))
            parts = [name.split()[0] for name in names]
            are_apart = len(set(parts)) == len(parts) or parts[0] in ("node", "follower")
            # A primary is failed over to a standby that is there.
            if are_apart and set(parts) != {"primary", "standby"}:
                return names

    def _happen(self, names: tuple[str, ...]) -> None:
        began = time.monotonic()
        faults: list[Fault] = []
        for name in names:
            faults.append(self.faults.make(name, {fault.part for fault in faults}))
            faults[-1].begin()
            self.book.count(f"fault: {name}")
            time.sleep(self.chance.uniform(0, 0.3))
        if len(faults) > 1:
            self.book.count("pairs of faults")
        time.sleep(self.chance.uniform(0.3, LONGEST_SECONDS))
        for fault in sorted(faults, key=lambda fault: ORDER.index(fault.part.split()[0])):
            fault.mend()
        self.world.until_well()
        self._until_enough()
        print(f"{time.monotonic() - began:6.1f} s  {', '.join(names)}", file=sys.stderr, flush=True)

    def _until_enough(self) -> None:
        """Until the clients have got on."""
        before = self.book.counts["signed out"]
        eventually(
            lambda: bool(self.book.wrong) or self.book.counts["signed out"] >= before + ENOUGH, "sign-outs are answered"
        )

    def _be_careless(self) -> None:
        """Does what must not be done, each of which the witnesses must notice."""
        world, client = self.world, self.world.client
        # A verifier that goes on without a lease, while its node is dead.
        world.nodes.kill(1)
        eventually(lambda: any("follower 4 accepted" in wrong for wrong in self.book.wrong), "it is noticed")
        world.nodes.start(1)
        # Somebody who deletes keys in Redis.
        redis = world.redis.client()

        def delete() -> bool:
            for kind in ("session", "subject"):
                for key in redis.scan_iter(f"{{exeunt:1}}:{kind}:*"):
                    redis.delete(key)
            return any("the mirror accepted" in wrong for wrong in self.book.wrong)

        eventually(delete, "it is noticed")
        # A session that is lost.
        for citizen in self.citizens:
            citizen.stop()
        victim = next(held for citizen in self.citizens for held in citizen.open)
        Authority(world.nodes.urls[0], client).logout(victim.session_token)

    def report(self) -> dict[str, Any]:
        """The counts."""
        return {
            "seed": self.seed,
            "seconds": round(time.monotonic() - self.book.begun, 1),
            "counts": dict(sorted(self.book.counts.items())),
            "settled_after_ms": self.book.settling_times(),
            "wrong": _of_each_kind(self.book.wrong)[:20],
        }

    def told(self) -> str:
        """The report for people."""
        report = self.report()
        settled = report["settled_after_ms"]
        lines = [f"{count:>12,}  {what}" for what, count in report["counts"].items()]
        times = f"Sign-outs settled after {settled['median']:.0f} ms (median), {settled['worst']} ms (worst)."
        return "\n".join([f"{report['seconds']:.0f} s, seed {self.seed}:", *lines, times, *report["wrong"]])


def _of_each_kind(wrong: list[str]) -> list[str]:
    """Those that differ in more than the time and the session."""
    kinds = {re.sub(r"^ *[\d.]+ s|[\w-]{22}|…[\w-]+", "", text): text for text in reversed(wrong)}
    return list(reversed(kinds.values()))


def main() -> int:
    """The run."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--seconds", type=float, default=0, help="go on for so long")
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--folder", type=Path, help="where data and logs are left (default: they are removed)")
    parser.add_argument("--careless", action="store_true", help="do what must not be done: must go wrong")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    if is_inside():
        heed_leash()
    else:
        enter_private_network()
        sys.exit("it takes root on Linux: there are no networks of its own here")
    seed = random.randrange(2**32) if options.seed is None else options.seed
    print(f"seed {seed}", file=sys.stderr, flush=True)
    # Short, because Redis has a socket in it.
    with tempfile.TemporaryDirectory(prefix="exeunt-", dir="/tmp") as temporary:
        run = Run(options.folder or Path(temporary), seed, options.careless)
        try:
            report = run.run(options.seconds)
        except BaseException:
            print(run.world.logs(), run.told(), sep="\n", file=sys.stderr)
            raise
        if report["wrong"] and not options.careless:
            print(run.world.logs(), file=sys.stderr)
    print(run.told(), file=sys.stderr)
    json.dump(report, sys.stdout, indent=2)
    print()
    return 1 if report["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main())
