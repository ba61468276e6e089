"""The server is killed at random moments, again and again; whatever it had answered still holds when it is back."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from crash_driver import Worker, settle
from databases import DATABASES
from exeunt import Authority, Client
from server import Server, Starter, add_client, command_json

ROUNDS = int(os.environ.get("CRASH_ROUNDS", "50"))
WORKERS = 10
LONGEST_LIFE_SECONDS = 1.0
SETTINGS = {
    "public_url": "http://localhost:8080",
    "refresh.grace_seconds": 3600,
    "tokens.access_lifetime_seconds": 3600,
}
"""One name for the server on whichever port; a grace that outlasts the run, so that a lost answer can be asked for
again; tokens that no clock ends."""


def test_every_answer_holds_after_each_of_many_kills(start: Starter, tmp_path: Path) -> None:
    seed = int(os.environ.get("CRASH_SEED", random.randrange(2**32)))
    print(f"CRASH_SEED={seed} CRASH_ROUNDS={ROUNDS}")
    chance = random.Random(seed)
    data = tmp_path / "data"
    server = start(data, demo=False, settings=SETTINGS)
    client = add_client(data, "sessions", "introspect")
    workers = [Worker(f"user-{number}", chance.randrange(2**32)) for number in range(WORKERS)]
    finished: Counter[str] = Counter()
    over: list[tuple[str, str]] = []
    for number in range(ROUNDS):
        kill_under_load(server, workers, client, chance)
        if DATABASES.of(data) is None:
            check_file(data, tmp_path / "copy")
        server = start(data, demo=False, settings=SETTINGS)
        check_promises(server, workers, client, f"after kill {number + 1}, seed {seed}")
        assert command_json("doctor", data=data), "doctor had nothing to say"
        over += retire(workers, finished)
    check_that_it_stays_over(Authority(server.url, client), over)
    server.stop()
    command_json("doctor", data=data)
    print(f"{ROUNDS} kills, {dict(finished)}, {len(over)} endings checked again at the end")
    assert all(finished[what] >= ROUNDS for what in ("opened", "refreshed", "ended")), "the load was no load"


@pytest.mark.sqlite_only(reason="it forgets by taking the file back to what it was")
def test_the_driver_would_notice_logouts_that_were_forgotten(start: Starter, tmp_path: Path) -> None:
    data, kept = tmp_path / "data", tmp_path / "kept"
    server = start(data, demo=False, settings=SETTINGS)
    client = add_client(data, "sessions", "introspect")
    worker = Worker("user-1", 1)
    work_until(server, [worker], client, lambda: len(worker.promises.open) > 3)
    server.stop()
    shutil.copytree(data, kept)
    open_then = {held.id for held in worker.promises.open}
    server = start(data, demo=False, settings=SETTINGS)
    work_until(server, [worker], client, lambda: any(held.id in open_then for held in worker.promises.over))
    server.stop()
    shutil.rmtree(data)
    shutil.copytree(kept, data)
    server = start(data, demo=False, settings=SETTINGS)
    broken = settle(worker, server.url, client)
    assert any("let in" in fault or "lets its" in fault for fault in broken), broken


def work_until(server: Server, workers: list[Worker], client: Client, enough: object) -> None:
    """Lets workers work until enough is done, and then stop by themselves."""
    assert callable(enough)
    stop = threading.Event()
    threads = [worker.start(server.url, client, stop) for worker in workers]
    while not enough() and any(thread.is_alive() for thread in threads):
        time.sleep(0.01)
    stop.set()
    for thread in threads:
        thread.join()


def kill_under_load(server: Server, workers: list[Worker], client: Client, chance: random.Random) -> None:
    """Sets all workers to work and kills the server at a random moment of it."""
    never = threading.Event()
    threads = [worker.start(server.url, client, never) for worker in workers]
    time.sleep(chance.uniform(0, LONGEST_LIFE_SECONDS))
    server.kill()
    for thread in threads:
        thread.join()


def check_file(data: Path, copy: Path) -> None:
    """Looks into a copy of what the kill left behind: intact, and with no gap in the log of revocations."""
    shutil.rmtree(copy, ignore_errors=True)
    copy.mkdir()
    for file in data.glob("exeunt.sqlite*"):
        if not file.name.endswith("-shm"):
            shutil.copy(file, copy)
    with sqlite3.connect(copy / "exeunt.sqlite") as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        count, first, last = database.execute("SELECT count(*), min(seq), max(seq) FROM revocations").fetchone()
        assert count == 0 or last - first + 1 == count, f"{count} revocations from {first} to {last}"
    database.close()


def check_promises(server: Server, workers: list[Worker], client: Client, when: str) -> None:
    """Asks the server that came back about everything that its predecessor had answered."""
    with ThreadPoolExecutor(len(workers)) as pool:
        found = pool.map(lambda worker: settle(worker, server.url, client), workers)
        broken = [fault for faults in found for fault in faults]
    assert not broken, when + "\n" + "\n".join(broken)


def retire(workers: list[Worker], finished: Counter[str]) -> list[tuple[str, str]]:
    """Takes the endings of a round off the workers' hands; returns the tokens, to be tried again much later."""
    tokens = []
    for worker in workers:
        tokens += [(held.access_token, held.refresh_token) for held in worker.promises.over]
        worker.promises.over = []
        finished.update(worker.promises.counts)
        worker.promises.counts.clear()
    return tokens


def check_that_it_stays_over(authority: Authority, over: list[tuple[str, str]]) -> None:
    """What was over after its own crash is still over after all the later ones."""
    back = [token for pair in over for token in pair if authority.is_active(token)]
    assert not back, f"{len(back)} tokens came back to life"
