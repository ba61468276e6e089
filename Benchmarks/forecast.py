"""The worked plan in docs/operations.md: what many users come to by the figures of docs/bench.json.

What is between the two marks there is made from here; the text around it has no number that was measured.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

MARKS = ("<!-- Made by `make bench` from bench.json. -->", "<!-- Until here. -->")
DAY = 86_400

USERS = 100_000_000
ACTIVE = 0.3
"""Of the users, on a day."""
SIGN_INS = 0.2
"""Of an active user, on a day."""
REFRESHES = 10
SIGNED_OUT = 1 / 3
"""Of the sessions; the others end by time."""
PEAK = 3
"""How many times busier the busiest moment is than the day."""
REMEMBERED_SECONDS = 900 + 60
"""How long a record of the log counts: the life of an access token, and the minute for clocks."""
INDEX_GROWTH = 4 / 3
"""What indexes with random keys grow to."""
AUDIT_DAYS = (90, 7)
VERIFIERS = 1000
NODE_CORES = 2
DATABASE_CORES = 16
BUSY = 0.5
"""The share of cores that are to be busy at the peak."""
VERBS = ("open", "refresh", "logout", "sweep")


def write(page: Path, bench: dict[str, Any]) -> None:
    """Makes what is between the marks of a page anew."""
    before, _, rest = page.read_text().partition(MARKS[0])
    _, _, after = rest.partition(MARKS[1])
    assert after, f"{page} lacks the marks of the plan"
    page.write_text(f"{before}{MARKS[0]}\n\n{text(bench)}\n{MARKS[1]}{after}")


def text(bench: dict[str, Any]) -> str:
    """The tables of the plan."""
    known = {figure["id"]: figure["ours"]["median"] for figure in bench["figures"]}
    known["plan.log.sweep.lz4"] = known["plan.log.sweep.pages"]
    # A session that is swept is ended by a statement for many: what a sign-out takes is the most that it can take.
    for kind in ("plan.node", "plan.database"):
        known[f"{kind}.sweep"] = known[f"{kind}.logout"]
    active = USERS * ACTIVE
    opened = active * SIGN_INS
    days = {
        "open": opened,
        "refresh": active * REFRESHES,
        "logout": opened * SIGNED_OUT,
        "sweep": opened * (1 - SIGNED_OUT),
    }
    peak = {verb: count / DAY * PEAK for verb, count in days.items()}
    return "\n".join([_load(days), _costs(known), _comes_to(known, days, peak), _ceilings(known, peak)])


def _load(days: dict[str, float]) -> str:
    names = {"open": "sign-ins", "refresh": "refreshes", "logout": "sign-outs", "sweep": "sessions ended by time"}
    rows = [
        [names[verb], _number(count), _number(count / DAY), _number(count / DAY * PEAK)] for verb, count in days.items()
    ]
    return _table(["", "a day", "a second", "a second, at the peak"], rows)


def _costs(known: dict[str, float]) -> str:
    rows = []
    for verb, name in zip(VERBS, ("sign-in", "refresh", "sign-out", "ended by time"), strict=True):
        swept = verb == "sweep"
        cpu = ["as a sign-out"] * 2 if swept else [f"{_number(known[f'plan.{of}.{verb}'])} µs" for of in SIDES]
        log = [f"{_number(known[f'plan.log.{verb}{pages}'])} bytes" for pages in ("", ".pages")]
        rows.append([name, *cpu, *log])
    head = ["one", "CPU of a node", "CPU of the database", "write-ahead log", "whole pages in it, at most"]
    return _table(head, rows)


def _comes_to(known: dict[str, float], days: dict[str, float], peak: dict[str, float]) -> str:
    def summed(kind: str, ending: str = "") -> float:
        return sum(peak[verb] * known[f"{kind}.{verb}{ending}"] for verb in VERBS)

    node, database = summed("plan.node") / 1e6, summed("plan.database") / 1e6
    nodes = -(-node // (NODE_CORES * BUSY)) + 1
    records, pages, compressed = (summed("plan.log", ending) for ending in ("", ".pages", ".lz4"))
    rows_alive = USERS * (known["plan.disk.session"] + known["plan.disk.subject"]) * INDEX_GROWTH
    events = sum(days.values()) * known["plan.disk.event"]
    all_of_it = sum(peak.values())
    shared = known["postgres.1.refresh.64"] / known["plan.commits.refresh"]
    ended = peak["logout"] + peak["sweep"]
    live = ended * REMEMBERED_SECONDS
    rows = [
        ["CPU of the nodes", f"{node:.1f} cores", "`plan.node`"],
        ["nodes of two cores, half busy, and one to spare", _number(nodes), ""],
        ["CPU of the database", f"{database:.1f} cores", "`plan.database`"],
        ["commits, each with its flush", f"{_number(all_of_it / shared)} /s", "`plan.commits`"],
        ["the same, if none were shared", f"{_number(all_of_it)} /s", ""],
        ["write-ahead log", f"{_bytes(records)}/s; {_bytes(records + pages)}/s right after a checkpoint", "`plan.log`"],
        ["the same, with `wal_compression = lz4`", f"{_bytes(records + compressed)}/s right after a checkpoint", ""],
        ["sessions and subjects on disk", _bytes(rows_alive), "`plan.disk.session`, `.subject`"],
        *(
            [f"audit trail on disk, kept for {kept} days", _bytes(events * kept), "`plan.disk.event`"]
            for kept in AUDIT_DAYS
        ),
        ["revocations that still count", _number(live), ""],
        ["memory of each verifier for them", _bytes(live * known["set.bytes.1000000"]), "`set.bytes`"],
        ["sent to each verifier", f"{_bytes(ended * known['follow.snapshot.bytes'])}/s", "`follow.snapshot.bytes`"],
        [f"sent to {VERIFIERS:,} verifiers", f"{_bytes(ended * known['follow.snapshot.bytes'] * VERIFIERS)}/s", ""],
    ]  # fmt: skip
    return _table(["at the peak", "comes to", "from"], rows)


def _ceilings(known: dict[str, float], peak: dict[str, float]) -> str:
    database = sum(peak[verb] * known[f"plan.database.{verb}"] for verb in VERBS) / 1e6
    logouts, sweeps = known["postgres.3.logout.64"], known["plan.sweep"]
    half = DATABASE_CORES * BUSY
    rows: list[tuple[str, str, float]] = [
        (f"CPU of a database with {DATABASE_CORES} cores, half busy", f"{half:.0f} cores", database / half),
        ("sign-outs, each of which renews one row", f"{_number(logouts)} /s", peak["logout"] / logouts),
        ("sessions ended by time, by one node at a time", f"{_number(sweeps)} /s", peak["sweep"] / sweeps),
    ]
    made = [[what, limit, f"{share:.0%}", f"{_number(USERS / share)} users"] for what, limit, share in rows]
    return _table(["ceiling of one database", "at", "this plan takes", "reached with"], made)


SIDES = ("node", "database")


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---", *["---:" for _ in head[1:]]], *rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def _number(value: float) -> str:
    """With two digits that count: a plan has no more."""
    rounded = float(f"{value:.2g}")
    return f"{rounded:,.0f}" if rounded >= 10 else f"{rounded:g}"


def _bytes(value: float) -> str:
    for unit in ("bytes", "KB", "MB", "GB", "TB"):
        if value < 1000 or unit == "TB":
            break
        value /= 1000
    return f"{_number(value)} {unit}"
