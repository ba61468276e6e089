"""What can happen to each part, and how it is mended: see faults.py."""

from __future__ import annotations

import random
import signal
from collections.abc import Callable
from dataclasses import dataclass

from faults_world import NODES, World

LONGEST_SECONDS = 1.8
"""For how long a part is gone, at the most, in the run that is part of the tests: longer than any lease."""
MOST_MINUTES = 15
"""By how much a node's wall clock is wrong, at the most."""


@dataclass
class Fault:
    """Something that happens to a part; `mend` is called later, if there is anything to mend."""

    name: str
    part: str
    begin: Callable[[], object]
    mend: Callable[[], object] = lambda: None


class Faults:
    """Makes faults of all kinds."""

    def __init__(self, world: World, chance: random.Random) -> None:
        self.world = world
        self.chance = chance

    def make(self, name: str, spared: set[str]) -> Fault:
        """A fault of that name, of a part that is not spared."""
        what, _, how = name.partition(" ")
        if what == "node":
            number = self.chance.choice([n for n in range(NODES) if f"node {n}" not in spared])
            return self._node(name, number, how)
        if what == "follower":
            number = self.chance.choice([n for n in range(len(self.world.verifiers)) if f"follower {n}" not in spared])
            return self._follower(name, number, how)
        assert what not in spared
        return self._primary(name, how) if what == "primary" else self._other(name, what, how)

    def _node(self, name: str, number: int, how: str) -> Fault:
        nodes, clock, part = self.world.nodes, self.world.clocks[number], f"node {number}"
        what, _, rest = how.partition(" ")
        if rest:
            strand = self.world.strands[number][rest.rpartition(" ")[2]]
            if what == "cut":
                return Fault(name, part, strand.cut, strand.join)
            return Fault(name, part, lambda: strand.slow(self.chance, is_lossy=True), strand.fast)
        match how:
            case "killed":
                return Fault(name, part, lambda: nodes.kill(number), lambda: nodes.start(number))
            case "ended":
                return Fault(name, part, lambda: nodes.stop(number), lambda: nodes.start(number))
            case "stopped":
                return Fault(name, part, lambda: nodes.pause(number), lambda: nodes.resume(number))
        seconds = self.chance.uniform(3, 60 * MOST_MINUTES) * (1 if how == "fast" else -1)
        return Fault(name, part, lambda: clock.be_wrong_by(seconds), lambda: clock.be_wrong_by(0))

    def _follower(self, name: str, number: int, how: str) -> Fault:
        verifier, part = self.world.verifiers[number], f"follower {number}"
        match how:
            case "killed":
                return Fault(name, part, lambda: verifier.end(signal.SIGKILL), verifier.start)
            case "stopped":
                return Fault(name, part, lambda: verifier.send(signal.SIGSTOP), lambda: verifier.send(signal.SIGCONT))
            case "cut off":
                return Fault(name, part, verifier.wire.cut, verifier.wire.join)
        return Fault(name, part, lambda: verifier.wire.slow(self.chance), verifier.wire.fast)

    def _primary(self, name: str, how: str) -> Fault:
        world = self.world
        if how == "failed over":
            dead = []
            return Fault(name, "primary", lambda: dead.append(world.fail_over()), lambda: world.stand_by(dead[0]))
        return self._cluster(name, "primary", how)

    def _cluster(self, name: str, what: str, how: str) -> Fault:
        cluster = getattr(self.world, what)
        match how:
            case "killed":
                return Fault(name, what, cluster.kill, cluster.start)
            case "restarted":
                return Fault(name, what, lambda: cluster.restart(self.chance.choice(["fast", "immediate"])))
        return Fault(name, what, cluster.pause, cluster.resume)

    def _other(self, name: str, what: str, how: str) -> Fault:
        if what == "standby":
            return self._cluster(name, what, how)
        redis = self.world.redis

        def set_back() -> None:
            redis.kill()
            redis.start()

        match how:
            case "killed":
                return Fault(name, what, redis.kill, redis.start)
            case "stopped":
                return Fault(
                    name,
                    what,
                    lambda: redis.process.send_signal(signal.SIGSTOP),
                    lambda: redis.process.send_signal(signal.SIGCONT),
                )
            case "set back":
                return Fault(name, what, lambda: redis.client().save(), set_back)
        return Fault(name, what, lambda: redis.client().flushall())


SINGLE = [
    *[f"node {how}" for how in ("killed", "ended", "stopped", "fast", "slow")],
    *[f"node cut off from {what}" for what in ("database", "redis", "front")],
    *[f"node slowed to {what}" for what in ("database", "redis", "front")],
    *[f"primary {how}" for how in ("killed", "stopped", "restarted", "failed over")],
    *[f"standby {how}" for how in ("killed", "stopped")],
    *[f"redis {how}" for how in ("killed", "stopped", "flushed", "set back")],
    *[f"follower {how}" for how in ("killed", "stopped", "cut off", "slowed")],
]
"""`fast` and `slow` are wall clocks that are wrong by minutes."""

PAIRS = [
    ("node killed", "node killed"),
    ("node killed", "primary killed"),
    ("node killed", "redis killed"),
    ("node killed", "follower killed"),
    ("primary killed", "redis killed"),
    ("primary stopped", "node killed"),
    ("node stopped", "node cut off from database"),
    ("node cut off from redis", "redis set back"),
    ("node slow", "node killed"),
    ("node cut off from front", "follower stopped"),
]

ORDER = ["primary", "standby", "redis", "node", "follower"]
"""In which parts are mended: a node does not start without its database."""
