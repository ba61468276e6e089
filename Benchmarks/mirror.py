"""The mirror in Redis: how fast the log gets there, and what a check that asks it takes."""

from __future__ import annotations

import re
import subprocess
import time
from pathlib import Path
from typing import Any

import denylist
import verifier
from crowd import ID, Crowd
from figures import figure, ratios
from processes import PATIENCE, Server, metric, on_any_core
from seed import HOUR

from nodes import CLIENTS, OnPostgres, start

PIPELINED = 500
"""Commands in one go: as many as the mirror hands over records in one call."""
MIB = 1 << 20


def fill(log: Crowd, count: int) -> None:
    """Appends so many ended sessions to the log, each as a sign-out writes it."""
    now = int(time.time() * 1000)
    log.psql(
        "INSERT INTO revocations (seq, kind, key, reason, at, until)"
        f" SELECT n, 2, {ID.format(n='n')}, 'signed_out', {now}, {now + HOUR}"
        f" FROM generate_series(1, {count}::bigint) n",
        f"UPDATE authority SET head = {count}",
        "VACUUM ANALYZE",
    )


def deliveries(log: Crowd, folder: Path, count: int, rounds: int) -> list[dict[str, Any]]:
    """Records a second that reach a Redis that has none of them, beside as many keys set by `redis-benchmark`."""
    ours, theirs, our_cpu, their_cpu, memory = [], [], [], [], []
    for _ in range(rounds):
        with denylist.redis(folder, appends=False, cores=on_any_core) as port:
            node = start(log, 1, EXEUNT_REDIS_URL=f"redis://127.0.0.1:{port}").each[0]
            ours.append(_deliver(node, count))
            our_cpu.append(_redis_cpu(port) * 1e6 / count)
            memory.append(node.memory())
            node.stop()
        with denylist.redis(folder, appends=False, cores=on_any_core) as port:
            theirs.append(_benchmark(port, 1, PIPELINED, count, _set()))
            their_cpu.append(_redis_cpu(port) * 1e6 / count)
    alone = start(log, 1).each[0]
    time.sleep(2)
    idle = alone.memory()
    alone.stop()
    title = f"Records delivered to a Redis that comes back empty, {count:,}"
    what = f"redis-benchmark, SET with an expiry, {PIPELINED} in a pipeline"
    return [
        figure("mirror.delivered", title, "/s", ours, against=(what, theirs), ratio=ratios(ours, theirs)),
        figure(
            "mirror.delivered.cpu", "A record delivered: CPU of Redis", "µs CPU", our_cpu,
            against=(what, their_cpu), ratio=ratios(our_cpu, their_cpu),
        ),
        figure(
            "mirror.memory", f"In a node's memory, {count:,} records delivered", "MiB", [one / MIB for one in memory],
            against=("a node that mirrors nothing", [idle / MIB]),
        ),
    ]  # fmt: skip


def sign_outs(measured: OnPostgres, folder: Path, rounds: int) -> list[dict[str, Any]]:
    """Sign-outs that are answered when Redis has them, beside those of a node without a mirror."""
    mirrored, plain = [], []
    for _ in range(rounds):
        with denylist.redis(folder, appends=False, cores=on_any_core) as port:
            nodes = start(measured.many, 1, EXEUNT_REDIS_URL=f"redis://127.0.0.1:{port}")
            _until_caught_up(nodes.each[0])
            mirrored.append(measured.ask(nodes, measured.many, "logout"))
            nodes.stop()
        nodes = start(measured.many, 1)
        plain.append(measured.ask(nodes, measured.many, "logout"))
        nodes.stop()
    with_it, without = ([report["per_second"] for report in reports] for reports in (mirrored, plain))
    return [
        figure(
            "mirror.logout", f"Sign-outs until Redis has them, 1 node, {CLIENTS} clients", "/s", with_it,
            against=("without a mirror", without), ratio=ratios(with_it, without),
        )
    ]  # fmt: skip


def checks(few: Crowd, program: Path, folder: Path) -> list[dict[str, Any]]:
    """What a check that asks the mirror takes, beside the least that asks a Redis anything."""
    with denylist.redis(folder, appends=False, cores=on_any_core) as port:
        node = start(few, 1, EXEUNT_REDIS_URL=f"redis://127.0.0.1:{port}").each[0]
        _until_caught_up(node)
        settings = {
            "ISSUER": few.program.settings["EXEUNT_PUBLIC_URL"],
            "ENDPOINT": node.url,
            "CLIENT_ID": few.client.id,
            "CLIENT_SECRET": few.client.secret,
            "REDIS_PORT": str(port),
        }
        measured = verifier.run(program, "redis", settings, on_any_core)
        together = [1e9 / each for each in measured["together_ns"]]
        count = 50_000
        bare = [_benchmark(port, CLIENTS, 1, count, ["GET", "{exeunt:1}:session:__rand_int__"]) for _ in together]
        node.stop()
    alone, get = measured["check_ns"], measured["get_ns"]
    return [
        figure(
            "mirror.check", "A check that asks the mirror, one after the other", "ns", alone,
            against=("a bare GET over a socket that blocks", get), ratio=ratios(alone, get),
        ),
        figure(
            "mirror.checks", f"Checks that ask the mirror, {CLIENTS} at once, one connection", "/s", together,
            against=(f"redis-benchmark, GET, {CLIENTS} connections", bare), ratio=ratios(together, bare),
        ),
    ]  # fmt: skip


def _deliver(node: Server, count: int) -> float:
    """Records a second, from the first that is seen there to the last."""
    deadline = time.monotonic() + PATIENCE
    first: tuple[float, float] | None = None
    while True:
        done, now = metric(node, "exeunt_redis_delivered_total") or 0, time.monotonic()
        if first is None and done > 0:
            first = (now, done)
        if first is not None and done >= count:
            return (done - first[1]) / (now - first[0])
        assert now < deadline, f"{done:,.0f} of {count:,} records were delivered"
        time.sleep(0.02)


def _until_caught_up(node: Server) -> None:
    deadline = time.monotonic() + PATIENCE
    while metric(node, "exeunt_redis_connected") != 1 or metric(node, "exeunt_redis_lag_records") != 0:
        assert time.monotonic() < deadline, "the mirror is behind"
        time.sleep(0.02)


def _set() -> list[str]:
    """What the mirror's script does with a record: a key of the same length, which expires at the same time."""
    until = int(time.time() * 1000) + HOUR
    return ["SET", "{exeunt:1}:session:__rand_int__abcdefghij", "1", "PXAT", str(until)]


def _benchmark(port: int, clients: int, pipelined: int, count: int, command: list[str]) -> float:
    """Commands a second."""
    options = ["-p", str(port), "-c", str(clients), "-P", str(pipelined), "-n", str(count), "-r", "100000000", "-q"]
    done = subprocess.run(
        ["redis-benchmark", *options, *command],
        capture_output=True, text=True, timeout=PATIENCE, check=True, preexec_fn=on_any_core,
    )  # fmt: skip
    found = re.findall(r": ([\d.]+) requests per second", done.stdout)
    assert found, done.stdout + done.stderr
    return float(found[-1])


def _redis_cpu(port: int) -> float:
    """Seconds that a Redis has used since it started."""
    said = subprocess.run(
        ["redis-cli", "-p", str(port), "INFO", "cpu"], capture_output=True, text=True, timeout=PATIENCE, check=True
    ).stdout
    return sum(float(value) for value in re.findall(r"^used_cpu_(?:sys|user):([\d.]+)", said, re.MULTILINE))
