"""What it costs a sign-out that a thousand receivers are told of it: the same server with them and without, in turn."""

from __future__ import annotations

import sqlite3
import urllib.request
from pathlib import Path
from typing import Any

import wire
from figures import Aim, figure, ratios
from processes import Load, Server, on_load_cores
from stores import Program, make

LEASE, WAIT, FOLLOWING_SECONDS = 5_000, 2_000, 60
SAME = Aim("within 1.5 times of nobody being told", at_most=1.5)


def measure(
    program: Program, tools: Path, folder: Path, load: Load, *, receivers: int, rounds: int, seconds: float
) -> list[dict[str, Any]]:
    """Sign-outs until they are settled, one client, one verifier: with so many receivers, and with none."""
    allowing = {"EXEUNT_OUTGOING_ALLOW": "127.0.0.1"}
    program = Program(program.path, program.settings | allowing, program.cores)
    subjects = [(f"user-{number:06}", 1) for number in range(3_000)]
    stores = [make(program, folder / f"told-{count}", subjects, 3_000) for count in (0, receivers)]
    sink = Server(str(tools / "bare-nio"), log=folder / "sink.log", cores=on_load_cores)
    _register(program, stores[1].data, stores[1].client.id, sink.port, receivers)
    reports: list[list[dict[str, Any]]] = [[], []]
    told: list[float] = []
    for store in stores:
        store.start()
    tokens = [store.write("fanout", [s.handle for s in store.take(2_000)]) for store in stores]
    names = [store.write("fanout-subjects", store.subjects[:1_000]) for store in stores]
    for _ in range(rounds):
        for which, store in enumerate(stores):
            before = _metric(store.server, "exeunt_deliveries_total")
            with load.following(store.server, 1, wire.follow(store.client, WAIT, LEASE), FOLLOWING_SECONDS):
                report = load.run(
                    store.server, scenario="turnover", requests=[wire.logout(store.client), wire.opening(store.client)],
                    connections=1, warmup_seconds=seconds / 8, seconds=seconds, tokens=tokens[which],
                    tokens_left=tokens[which], subjects=names[which],
                )  # fmt: skip
            reports[which].append(dict(report["steps"]["logout"]))
            if which:
                told.append((_metric(store.server, "exeunt_deliveries_total") - before) / seconds)
            load.wait_for_leases(store.server)
    for store in stores:
        store.server.stop()
    sink.stop()
    return _figures(reports, told, receivers)


def _figures(reports: list[list[dict[str, Any]]], told: list[float], receivers: int) -> list[dict[str, Any]]:
    made = []
    for key, name in (("p50_ms", "p50"), ("p99_ms", "p99")):
        without, with_them = ([report[key] for report in side] for side in reports)
        made.append(
            figure(
                f"outbox.{name}",
                f"Sign-out until it is settled, {receivers:,} receivers are told, {name}",
                "ms",
                with_them,
                against=("nobody is told", without),
                ratio=ratios(with_them, without),
                aim=SAME if key == "p50_ms" else None,
            )
        )
    rates = [report["per_second"] for report in reports[1]]
    made.append(figure("outbox.rate", "Sign-outs meanwhile, one client", "/s", rates))
    made.append(figure("outbox.told", "Receivers told meanwhile", "/s", told))
    return made


def _register(program: Program, data: Path, client: str, port: int, count: int) -> None:
    """One receiver by the command, and its row again for each of the others."""
    program.command(
        "receivers", "add", "backchannel", "--client", client, "--hears", "all",
        "--url", f"http://127.0.0.1:{port}/", "--data", str(data),
    )  # fmt: skip
    with sqlite3.connect(data / "exeunt.sqlite") as database:
        columns = [row[1] for row in database.execute("PRAGMA table_info(receivers)") if row[1] not in ("number", "id")]
        names = ", ".join(columns)
        database.executemany(
            f"INSERT INTO receivers (id, {names}) SELECT randomblob(16), {names} FROM receivers LIMIT ?",
            ((1,) for _ in range(count - 1)),
        )


def _metric(server: Server, name: str) -> float:
    with urllib.request.urlopen(f"{server.url}/metrics", timeout=120) as answer:
        lines = answer.read().decode().splitlines()
    return float(next(line.split()[-1] for line in lines if line.startswith(name + " ")))
