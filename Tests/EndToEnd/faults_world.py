"""All parts of an authority and those who follow it, each on a network of its own: see faults.py."""

from __future__ import annotations

import contextlib
import subprocess
from pathlib import Path

import requests
from redis import RedisError

from applications import EXPRESS, HUMMINGBIRD
from clocks import WrongClock, build_shim
from exeunt import METRICS
from faults_people import LEASE_MILLISECONDS, MIRROR_LEASE_MILLISECONDS
from fire_network import Cable, Island, Strand
from fire_verifier import Verifier
from fleet import eventually
from fleet_clients import is_ready
from follower import Credulous, Follower, Roaming
from nodes import Nodes, Site
from ports import free_port
from postgres import Cluster, name_of
from redis_server import RedisServer

NODES = 3
DATABASE, REDIS, HERE = "10.78.0.1", "10.78.0.2", "10.77.0.1"
PUBLIC_URL = "https://authority.example"
"""The address of a proxy that nobody here needs."""
SETTINGS = {
    "public_url": PUBLIC_URL,
    "lease.standard_ms": LEASE_MILLISECONDS,
    "lease.longest_ms": LEASE_MILLISECONDS,
    "redis.lease_ms": MIRROR_LEASE_MILLISECONDS,
    "refresh.grace_seconds": 3600,
    "tokens.access_lifetime_seconds": 7200,
    "session.idle_timeout_seconds": 36_000,
    "log.level": "warning",
}


class World:
    """Three nodes, a database with its standby, a Redis, and verifiers; all of them can be cut off from one another."""

    def __init__(self, folder: Path, is_careless: bool) -> None:
        self._all = contextlib.ExitStack()
        with contextlib.ExitStack() as cleaning:
            self._all = cleaning
            self._lay_out()
            self.primary = Cluster(host=DATABASE)
            self.standby = self.primary.standby()
            (folder / "redis").mkdir()
            self.redis = RedisServer(folder / "redis", free_port(REDIS), REDIS)
            cleaning.callback(lambda: self.redis.kill())
            self._start_nodes(folder)
            self.client = self.nodes.client()
            self._start_verifiers(folder)
            self.followers = self._follow(is_careless)
            self.until_well()
            self._all = cleaning.pop_all()

    def close(self) -> None:
        """Ends all of it; each node must stop properly."""
        self._all.close()

    def _lay_out(self) -> None:
        _ip("link", "set", "lo", "up")
        for address in (HERE, DATABASE, REDIS):
            _ip("address", "add", f"{address}/32", "dev", "lo")
        # Between the verifiers and the nodes.
        Path("/proc/sys/net/ipv4/ip_forward").write_text("1")
        self.strands: list[dict[str, Strand]] = []
        """For each node its cables to the database, to Redis, and to everybody else."""
        self.islands = [Island() for _ in range(NODES)]
        for number, island in enumerate(self.islands):
            self._all.callback(island.close)
            to = {"database": [DATABASE], "redis": [REDIS], "front": ["default"]}
            self.strands.append(
                {
                    what: Strand(island, f"{what}{number}", f"10.78.{10 * number + 10 + place}", addresses)
                    for place, (what, addresses) in enumerate(to.items())
                }
            )

    def _start_nodes(self, folder: Path) -> None:
        shim = build_shim(folder)
        self.clocks = [WrongClock(folder, f"node-{number}", shim) for number in range(NODES)]
        sites = [
            Site(strands["front"].far, strands["front"].island.prefix, clock.surroundings)
            for strands, clock in zip(self.strands, self.clocks, strict=True)
        ]
        database = self.primary.uri(name_of(self.primary.create_database()), self.standby)
        settings = SETTINGS | {"redis.url": f"redis://{REDIS}:{self.redis.port}"}
        self.nodes = Nodes(folder, database, NODES, settings=settings, sites=sites)
        self._all.callback(self.nodes.close)

    def _start_verifiers(self, folder: Path) -> None:
        """One in Swift at the first node, one in JavaScript at the second."""
        self.verifiers: list[Verifier] = []
        for number, application in enumerate([HUMMINGBIRD, EXPRESS]):
            wire = Cable(number + 1, self.nodes.urls[number])
            verifier = Verifier(
                number + 1, application, PUBLIC_URL, wire, self.client, folder, lease=LEASE_MILLISECONDS
            )
            self.verifiers.append(verifier)
            self._all.callback(verifier.close)
            verifier.start()

    def _follow(self, is_careless: bool) -> list[Follower]:
        """Two that keep to their node, and one that roams; and, for a test of the witnesses, one that is none."""
        urls, client = self.nodes.urls, self.client
        followers = [Follower(url, client, LEASE_MILLISECONDS) for url in urls[:2]]
        followers.append(Roaming([urls[2], *urls[:2]], client, LEASE_MILLISECONDS))
        if is_careless:
            followers.append(Credulous(urls[1], client, LEASE_MILLISECONDS))
        for follower in followers:
            self._all.callback(follower.close)
        return followers

    # How it is

    def until_well(self) -> None:
        """Waits until every part does its work, all of them by themselves."""
        eventually(lambda: self.primary.psql("SELECT sync_state FROM pg_stat_replication") == "sync", "a standby")
        eventually(lambda: all(is_ready(url) for url in self.nodes.urls), "all nodes are ready")
        for follower in self.followers:
            follower.until_it_has_a_lease()
        for verifier in self.verifiers:
            verifier.wait_until_ready()
        eventually(self.is_mirrored, "the mirror is vouched for")

    def is_mirrored(self) -> bool:
        """Whether somebody vouches for Redis, and every node knows that it lacks nothing."""
        try:
            redis = self.redis.client()
            if redis.get("{exeunt:1}:live") != redis.info("server")["run_id"]:
                return False
        except RedisError:
            return False
        return all(_metric(url, "exeunt_redis_lag_records") == 0 for url in self.nodes.urls)

    def logs(self) -> str:
        """The last that everybody wrote."""
        logs = [server.log_tail(30) for server in self.nodes.servers.values()]
        return "\n".join([*logs, self.primary.log_tail(20), self.standby.log_tail(20)])

    # What only several of them can do

    def fail_over(self) -> Cluster:
        """Kills the primary and lets the standby take its place; gives the dead one."""
        dead = self.primary
        dead.kill()
        self.primary = self.standby
        self.primary.promote()
        return dead

    def stand_by(self, dead: Cluster) -> None:
        """Gives the new primary a standby where the dead one was."""
        dead.remove()
        self.standby = self.primary.standby(port=dead.port)


def _metric(url: str, name: str) -> float:
    lines = requests.get(url + METRICS, timeout=10).text.splitlines()
    return float(next(line.split(" ")[1] for line in lines if line.startswith(name + " ")))


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, timeout=10)
