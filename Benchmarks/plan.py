"""What a plan for many users needs to know: what a session and a revocation take of the disk, the log and the cores."""

from __future__ import annotations

import time
from typing import Any

from crowd import Crowd
from figures import figure
from processes import PATIENCE, Servers

from nodes import CLIENTS, TITLES, OnPostgres, start

EVENTS = "SELECT coalesce(last_value, 0) FROM audit_events_number_seq"
"""How many events have been recorded, one for each opening, refresh and sign-out."""


def processor_time(measured: OnPostgres) -> list[dict[str, Any]]:
    """CPU time of one node and of the database for each request, of the runs that were measured already."""
    made = []
    for verb, title in TITLES.items():
        name = f"1.{verb}"
        made += [
            figure(
                f"plan.node.{verb}", f"{title}: the node", "µs CPU", measured.runs(name, "server_cpu_us_per_request")
            ),
            figure(f"plan.database.{verb}", f"{title}: the database", "µs CPU", measured.runs(name, "database_us")),
        ]
        if verb != "introspect":
            commits = measured.runs(name, "commits_per_second")
            made.append(figure(f"plan.commits.{verb}", f"{title}, {CLIENTS} clients: commits", "/s", commits))
    return made


def log_bytes(measured: OnPostgres, rounds: int) -> list[dict[str, Any]]:
    """Bytes of the write-ahead log for each request, by one node, right after a checkpoint."""
    crowd, cluster = measured.many, measured.cluster
    made = []
    nodes = start(crowd, 1)
    for compression, suffix, title in (("off", ".pages", ""), ("lz4", ".lz4", ", with lz4")):
        cluster.psql(f"ALTER SYSTEM SET wal_compression = {compression}", "SELECT pg_reload_conf()")
        for verb in ("open", "refresh", "logout"):
            taken = [_logged(measured, nodes, verb) for _ in range(rounds)]
            named = f"{TITLES[verb]}: write-ahead log"
            if compression == "off":
                made.append(figure(f"plan.log.{verb}", named, "bytes", [records for records, _ in taken]))
            pages = [pages for _, pages in taken]
            made.append(
                figure(f"plan.log.{verb}{suffix}", f"{named}, whole pages after a checkpoint{title}", "bytes", pages)
            )
    cluster.psql("ALTER SYSTEM RESET wal_compression", "SELECT pg_reload_conf()")
    nodes.stop()
    return made


def _logged(measured: OnPostgres, nodes: Servers, verb: str) -> tuple[float, float]:
    """Bytes of the records for one request, and of the whole pages among them."""
    crowd, cluster = measured.many, measured.cluster
    crowd.psql("CHECKPOINT")
    begin, before = cluster.position(), int(crowd.psql(EVENTS))
    measured.ask(nodes, crowd, verb)
    count = int(crowd.psql(EVENTS)) - before
    records, pages = cluster.log_bytes(begin, cluster.position())
    return records / count, pages / count


def expiries(crowd: Crowd, count: int) -> list[dict[str, Any]]:
    """How fast sessions whose time has come are swept: by one node, since of several only one does it at a time."""
    past = int(time.time() * 1000) - 1
    crowd.psql(
        f"UPDATE sessions SET idle_end = {past}, sweep_at = {past} WHERE number IN"
        f" (SELECT number FROM sessions ORDER BY number LIMIT {count})",
        "CHECKPOINT",
    )
    begin, before = crowd.cluster.position(), int(crowd.psql(EVENTS))
    nodes = start(crowd, 1)
    seen: list[tuple[float, int]] = []
    deadline = time.monotonic() + PATIENCE
    while not seen or seen[-1][1] < count:
        assert time.monotonic() < deadline, f"swept {seen[-1:]} of {count:,} sessions"
        time.sleep(0.05)
        done = int(crowd.psql(EVENTS)) - before
        if done > 0:
            seen.append((time.monotonic(), done))
    nodes.stop()
    (began, first), (ended, last) = seen[0], seen[-1]
    records, pages = crowd.cluster.log_bytes(begin, crowd.cluster.position())
    return [
        figure("plan.sweep", "Sessions whose time has come, swept", "/s", [(last - first) / (ended - began)]),
        figure("plan.log.sweep", "A session swept: write-ahead log", "bytes", [records / count]),
        figure(
            "plan.log.sweep.pages", "A session swept: write-ahead log, whole pages after a checkpoint", "bytes",
            [pages / count],
        ),
    ]  # fmt: skip


def on_disk(crowd: Crowd, log: Crowd, records: int) -> list[dict[str, Any]]:
    """Bytes of a row with its share of the indexes, as they were loaded."""
    return [
        _row(crowd, "session", "a session", "sessions", crowd.count),
        _row(crowd, "subject", "a subject", "subjects", crowd.count),
        _row(log, "revocation", "a revocation", "revocations", records),
    ]


def of_events(crowd: Crowd) -> list[dict[str, Any]]:
    """The same of an event, once there are many."""
    return [_row(crowd, "event", "an event of the audit trail", "audit_events", int(crowd.psql(EVENTS)))]


def _row(crowd: Crowd, name: str, what: str, table: str, count: int) -> dict[str, Any]:
    taken = int(crowd.psql(f"SELECT pg_total_relation_size('{table}')"))
    return figure(f"plan.disk.{name}", f"On disk, {what}", "bytes", [taken / count])
