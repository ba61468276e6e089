"""What it takes to be followed: by a thousand verifiers while nothing ends, and by one that lacks a million endings."""

from __future__ import annotations

import json
import secrets
import time
from base64 import urlsafe_b64encode
from pathlib import Path
from typing import Any

import seed
import wire
from figures import figure
from processes import Api, Load, Server
from stores import Program, Store, database_bytes

LEASE = 3_000
"""Milliseconds: what a verifier asks for that was told nothing else; it waits a third of that for news."""
MIB = 1 << 20


def idle(load: Load, store: Store, count: int, windows: int, seconds: float) -> list[dict[str, Any]]:
    """CPU and memory of a new server that nobody follows, and of the same with so many followers; nothing is ended."""
    server = store.start()
    time.sleep(1)
    memory = server.memory()
    alone = [_cores(server, seconds) for _ in range(windows)]
    with load.following(server, count, wire.follow(store.client, LEASE // 3, LEASE), windows * seconds + 60):
        time.sleep(LEASE / 1000)
        followed = [_cores(server, seconds) for _ in range(windows)]
        full = server.memory()
    server.stop()
    title = f"{count:,} verifiers follow, nothing is ended"
    return [
        figure("follow.idle.cpu", title, "of a core", followed, against=("nobody follows", alone)),
        figure(
            "follow.idle.memory",
            f"{title}: in memory",
            "MiB",
            [full / MIB],
            against=("nobody follows", [memory / MIB]),
            more={"bytes_a_verifier": round((full - memory) / count)},
        ),
    ]


def snapshot(program: Program, data: Path, count: int, rounds: int) -> list[dict[str, Any]]:
    """How long newcomers take to fetch a log of so many endings, one newcomer after the other."""
    program.serve(data).stop()
    client = program.add_client(data)
    seed.revoke(data, count)
    program.command("doctor", "--data", str(data))
    stored = database_bytes(data)
    server = program.serve(data)
    api = Api(server, client)
    memory = server.memory()
    fetched = [_fetch(api, count) for _ in range(rounds)]
    full = server.memory()
    server.stop()
    seconds = [elapsed for elapsed, _ in fetched]
    return [
        figure(
            "follow.snapshot",
            f"A newcomer fetches {count:,} revocations and has its lease",
            "s",
            seconds,
            more={"revocations_per_second": round(count / sorted(seconds)[len(seconds) // 2])},
        ),
        figure("follow.snapshot.bytes", "Sent to it, a revocation", "bytes", [sent / count for _, sent in fetched]),
        figure("follow.snapshot.disk", "On disk, a revocation", "bytes", [stored / count]),
        figure(
            "follow.snapshot.memory",
            "In the authority's memory, newcomers served",
            "MiB",
            [full / MIB],
            against=("before", [memory / MIB]),
        ),
    ]


def _fetch(api: Api, count: int) -> tuple[float, int]:
    """Polls as a new verifier does until it has a lease: seconds, and bytes of the answers' bodies.

    It reads everything but looks only at what stands before the records, so that the authority is what is timed.
    """
    verifier = urlsafe_b64encode(secrets.token_bytes(16)).rstrip(b"=").decode()
    node, after, lease, sent = "", 0, 0, 0
    begun = time.perf_counter()
    while lease == 0:
        query = f"verifier={verifier}{node}&after={after}&wait=0&lease={LEASE}"
        api.connection.request("GET", f"/v1/feed?{query}", headers={"Authorization": api.client.basic})
        answer = api.connection.getresponse()
        body = answer.read()
        assert answer.status == 200, f"GET /v1/feed: {answer.status} {body[:300]!r}"
        said = json.loads(body[: body.index(b',"revocations":')] + b"}")
        node, after, lease = f"&node={said['node']}", said["head"], said["lease_ms"]
        sent += len(body)
    elapsed = time.perf_counter() - begun
    assert after == count, f"a lease with {after} revocations of {count}"
    api.connection.request("DELETE", f"/v1/feed/{verifier}", headers={"Authorization": api.client.basic})
    api.connection.getresponse().read()
    return elapsed, sent


def _cores(server: Server, seconds: float) -> float:
    """The CPU time that it uses in a second."""
    used, begun = server.cpu_seconds(), time.monotonic()
    time.sleep(seconds)
    return (server.cpu_seconds() - used) / (time.monotonic() - begun)
