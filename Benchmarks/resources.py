"""What it takes at rest: bytes on disk and in memory, and the time to the first answer."""

from __future__ import annotations

import time
import urllib.request
from pathlib import Path
from typing import Any

import wire
from figures import figure
from processes import Load, Server
from stores import Program, Store, database_bytes

AT_ONCE = 64


def on_disk(
    program: Program, load: Load, data: Path, openings: int, small: Store, large: Store
) -> list[dict[str, Any]]:
    """Bytes a session: the rows alone, and with what an opening over HTTP writes beside them."""
    program.serve(data).stop()
    client = program.add_client(data)
    before = database_bytes(data)
    server = program.serve(data)
    names = data.with_name(f"{data.name}-subjects")
    names.write_text("".join(f"user-{number:06}\n" for number in range(openings)))
    plan = {"requests": [wire.opening(client)], "tokens": str(names), "once": True, "connections": AT_ONCE}
    load.run(server, scenario="each", seconds=120, **plan)
    server.stop()  # Which leaves no log beside the database.
    opened = (database_bytes(data) - before) / openings
    rows = (large.bytes - small.bytes) / (large.count - small.count)
    return [
        figure("disk.session", "On disk, a stored session with its indexes", "bytes", [rows]),
        figure(
            "disk.opened", "On disk, a session with its subject and the audit event of its opening", "bytes", [opened]
        ),
    ]


def streams(load: Load, store: Store, count: int) -> list[dict[str, Any]]:
    """Memory of a new server, and of the same with so many event streams open."""
    server = store.start()
    idle = server.memory()
    handles = store.write("streams", [session.handle for session in store.sessions[-count:]])
    client = load.streams(server, requests=[wire.events()], tokens=handles, connections=count)
    full = server.memory()
    client.communicate("", timeout=120)
    server.stop()
    mib = 1 << 20
    return [
        figure("memory.idle", "In memory, idle", "MiB", [idle / mib]),
        figure(
            "memory.streams",
            f"In memory, {count:,} open event streams",
            "MiB",
            [full / mib],
            more={"bytes_a_stream": round((full - idle) / count)},
        ),
    ]


def starting(program: Program, folder: Path, stores: list[Store], rounds: int) -> list[dict[str, Any]]:
    """Milliseconds from the start of the process to its first answer."""
    new = [_first_answer(program, folder / f"new-{turn}") for turn in range(rounds)]
    made = [figure("start.new", "From start to first answer, new data folder", "ms", new)]
    for store in stores:
        times = [_first_answer(program, store.data) for _ in range(rounds)]
        made.append(
            figure(f"start.{store.data.name}", f"From start to first answer, {store.count:,} sessions", "ms", times)
        )
    return made


def _first_answer(program: Program, data: Path) -> float:
    begun = time.perf_counter()
    server: Server = program.serve(data)
    with urllib.request.urlopen(f"{server.url}/session", timeout=30) as answer:
        answer.read()
    elapsed = (time.perf_counter() - begun) * 1000
    server.stop()
    return elapsed
