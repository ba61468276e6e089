"""PostgreSQL is restarted, killed, stopped where it is, or replaced by its standby: nothing answered is lost."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from exeunt import PATIENCE, Client, Credentials, expect
from fleet import Witness, accepted_by, broken_promises, eventually, followed
from fleet_clients import Patient, faults_without_a_database, is_ready, make_workers
from follower import Follower, claims_of
from nodes import Nodes
from postgres import Cluster, name_of

pytestmark = pytest.mark.postgres

SETTINGS = {"refresh.grace_seconds": 3600, "tokens.access_lifetime_seconds": 3600}
LISTENS = "(query ILIKE 'listen%' OR query ILIKE 'select head from authority%')"
"""Who waits for notifications, by its last words: PostgreSQL tells nobody else who listens."""
ENOUGH = 10
"""Endings that were answered before anything is broken."""


@pytest.fixture
def cluster(able: None) -> Iterator[Cluster]:
    """One of its own, which a test may do anything to."""
    cluster = Cluster()
    yield cluster
    cluster.remove()


@pytest.fixture
def nodes(cluster: Cluster, tmp_path: Path) -> Iterator[Nodes]:
    """Three nodes on it."""
    nodes = Nodes(tmp_path, cluster.create_database(), settings=SETTINGS)
    yield nodes
    nodes.close()


@pytest.fixture
def client(nodes: Nodes) -> Client:
    """An app."""
    return nodes.client()


@contextmanager
def at_work(nodes: Nodes, client: Client, workers: list[Patient]) -> Iterator[None]:
    """Lets workers work at all nodes; each stops at the first answer that does not come, which must happen to all."""
    before = sum(len(worker.promises.over) for worker in workers)
    never = threading.Event()
    threads = [worker.start(nodes.urls[number % 3], client, never) for number, worker in enumerate(workers)]
    eventually(lambda: sum(len(one.promises.over) for one in workers) >= before + ENOUGH, "some sessions have ended")
    time.sleep(random.uniform(0, 0.5))
    yield
    for thread in threads:
        thread.join(PATIENCE)
        assert not thread.is_alive(), "a worker is still waiting for an answer"


def check_promises(nodes: Nodes, client: Client, workers: list[Patient]) -> None:
    """Asks another node than the one that gave them about all answers."""
    broken = broken_promises(workers, nodes.urls, client)
    assert not broken, "\n".join(broken[:20])


def until_ready(nodes: Nodes) -> None:
    """Waits until all nodes have found their way back by themselves."""
    eventually(lambda: all(is_ready(url) for url in nodes.urls), "all nodes are ready")
    assert all(server.running for server in nodes.servers.values()), "a node has given up"


def check_answers_in_the_outage(nodes: Nodes, client: Client, kept: Credentials) -> None:
    """Every node says that it is not ready, and 503 to whatever is asked for."""
    eventually(lambda: not any(is_ready(url) for url in nodes.urls), "no node calls itself ready")
    with ThreadPoolExecutor(len(nodes.urls)) as pool:
        asked = [
            pool.submit(faults_without_a_database, url, client, kept.session_token, kept.refresh_token)
            for url in nodes.urls
        ]
        faults = [f"node {number}: {fault}" for number, one in enumerate(asked) for fault in one.result()]
    assert not faults, "\n".join(faults)


BREAKDOWNS: dict[str, Callable[[Cluster], None]] = {
    "fast": lambda cluster: cluster.stop("fast"),
    "immediate": lambda cluster: cluster.stop("immediate"),
    "killed": Cluster.kill,
}


@pytest.mark.parametrize("how", BREAKDOWNS)
def test_nothing_answered_is_lost_when_the_database_goes_and_the_nodes_come_back_by_themselves(
    cluster: Cluster, nodes: Nodes, client: Client, how: str
) -> None:
    workers = make_workers()
    kept = nodes.authority(0, client).open("kept")
    with followed(nodes, client) as followers, Witness(followers, workers) as witness:
        for number in range(2):
            with at_work(nodes, client, workers):
                BREAKDOWNS[how](cluster)
            if number == 0:
                check_answers_in_the_outage(nodes, client, kept)
            cluster.start()
            until_ready(nodes)
            check_promises(nodes, client, workers)
            assert all(app.is_active(kept.session_token) for app in nodes.authorities(client)), "503, and yet over"
            for follower in followers:
                follower.until_it_has_a_lease()
    assert not witness.wrong, witness.wrong[:10]
    assert witness.counts["refused"] > 100, f"nothing was shown: {witness.counts}"


def test_a_database_that_falls_silent_leaves_nobody_hanging_and_nothing_is_accepted(
    cluster: Cluster, nodes: Nodes, client: Client
) -> None:
    workers = make_workers()
    kept = nodes.authority(0, client).open("kept")
    with followed(nodes, client) as followers, Witness(followers, workers) as witness:
        with at_work(nodes, client, workers):
            cluster.pause()
        check_answers_in_the_outage(nodes, client, kept)
        eventually(lambda: not any(one.has_lease() for one in followers), "leases that no database stands for end")
        cluster.resume()
        until_ready(nodes)
        check_promises(nodes, client, workers)
        for follower in followers:
            follower.until_it_has_a_lease()
    assert not witness.wrong, witness.wrong[:10]


def test_when_the_database_fails_over_no_ending_is_lost_and_none_was_accepted(
    able: None, cluster: Cluster, tmp_path: Path
) -> None:
    standby = cluster.standby()
    uri = cluster.uri(name_of(cluster.create_database()), standby)
    with closing(Nodes(tmp_path, uri, settings=SETTINGS)) as nodes:
        client, workers = nodes.client(), make_workers()
        with followed(nodes, client) as followers, Witness(followers, workers) as witness:
            with at_work(nodes, client, workers):
                cluster.kill()
            standby.promote()
            until_ready(nodes)
            check_promises(nodes, client, workers)
            for follower in followers:
                follower.until_it_has_a_lease()
            check_that_endings_settle(nodes, client, followers)
        assert not witness.wrong, witness.wrong[:10]
    standby.remove()


def test_nothing_is_answered_as_done_that_the_synchronous_standby_lacks(
    able: None, cluster: Cluster, tmp_path: Path
) -> None:
    standby = cluster.standby()
    uri = cluster.uri(name_of(cluster.create_database()), standby)
    with closing(Nodes(tmp_path, uri, settings=SETTINGS)) as nodes:
        app = nodes.authority(0, nodes.client())
        opened = app.open("ada")
        standby.pause()
        try:
            answer = app.logout(opened.session_token)
            assert answer.status_code == 503 and "Retry-After" in answer.headers, answer.text
            # It is on the primary's disk, and may be all that there is after the next restart.
            assert answer.json()["type"] == "/problems/store-undecided" and "still_live" not in answer.json()
        finally:
            standby.resume()
        until_ready(nodes)
        eventually(lambda: app.logout(opened.session_token).status_code == 200, "signing out again is answered")
        assert not app.is_active(opened.session_token)
    standby.remove()


def check_that_endings_settle(nodes: Nodes, client: Client, followers: list[Follower]) -> None:
    """Ends some sessions, each at another node than it was opened at."""
    for number in range(12):
        opened = nodes.authority(number % 3, client).open("ada")
        receipt = expect(nodes.authority((number + 1) % 3, client).logout(opened.session_token), 200).json()
        assert receipt["settled"] is True
        assert accepted_by(followers, claims_of(opened.access_token)) == []


def test_connections_that_listen_are_cut_which_costs_time_and_nothing_else(
    cluster: Cluster, nodes: Nodes, client: Client
) -> None:
    listening = f"FROM pg_stat_activity WHERE datname = '{name_of(nodes.database)}' AND {LISTENS}"
    cut = 0
    with followed(nodes, client) as followers:
        for _ in range(10):
            cut += int(cluster.psql(f"SELECT count(pg_terminate_backend(pid)) {listening}"))
            check_that_endings_settle(nodes, client, followers)
        assert cut > 0, cluster.psql("SELECT datname, application_name, state, query FROM pg_stat_activity")
        eventually(lambda: int(cluster.psql(f"SELECT count(*) {listening}")) >= 3, "every node listens again")


def test_every_connection_is_cut_again_and_again_and_the_nodes_go_on(
    cluster: Cluster, nodes: Nodes, client: Client
) -> None:
    workers = make_workers()
    everyone = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'exeunt'"
    with followed(nodes, client) as followers, Witness(followers, workers) as witness:
        for _ in range(3):
            stop = threading.Event()
            threads = [worker.start(nodes.urls[number % 3], client, stop) for number, worker in enumerate(workers)]
            for _ in range(5):
                time.sleep(random.uniform(0, 0.3))
                cluster.psql(everyone)
            stop.set()
            for thread in threads:
                thread.join(PATIENCE)
            until_ready(nodes)
            check_promises(nodes, client, workers)
    assert not witness.wrong, witness.wrong[:10]
