"""Makes docs/bench.md from docs/bench.json: `python3 Benchmarks/report.py [FOLDER]`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import forecast

Figure = dict[str, Any]

HEAD = """\
# What Exeunt costs

Made by `make bench` from [bench.json](bench.json), which has every run of every figure; nothing here is written by
hand. A figure is the median of its runs, with the least and the greatest in brackets. What it is compared with was
measured in the same run, in turn with it.
"""

PARTS: dict[str, tuple[str, ...]] = {
    "apps": ("app.",),
    "outbox": ("outbox.",),
    "postgres": ("postgres.", "pgstored.", "mirror.", "plan."),
}
"""What can be measured by itself, by how its figures begin."""

SECTIONS = [
    (
        "Checks of a session",
        "check.",
        """\
CPU time of the server for one request, from `/proc/PID/stat`, and requests a second with the server on one core.
The bare servers answer as many bytes from memory. A ratio of 1 would mean that Exeunt costs nothing beside them.
""",
    ),
    (
        "Checks in a verifier",
        "verifier.",
        """\
What `TokenVerifier` takes for an access token in the process of an app, on one thread: no network, no disk. Redis runs
on the other core of the same machine; over a network it would be farther away.
""",
    ),
    (
        "Checks in applications",
        "app.",
        """\
One route of an Express application and one view of a Django application, each in one process on one core, which does
nothing to know who asks, asks Exeunt's client in memory, or does what people do today. CPU time of the process that
answers, a request; a ratio of 1 would mean that to know who asks costs nothing. Django runs under gunicorn.
""",
    ),
    (
        "The revocation set",
        "set.",
        """\
What a verifier keeps of each revocation until the tokens that it ends have expired, beside a Swift `Set` of the same
identifiers.
""",
    ),
    (
        "Durable writes",
        ("disk.in_place", "disk.log", "refresh.", "logout."),
        """\
Every answer counted here was on the disk before it was given. Writes that arrive together share a commit, and so a
flush: with one client each write has a flush of its own, with 64 many share one.
""",
    ),
    (
        "Settling",
        "settling.",
        """\
A sign-out is answered when no verifier accepts any longer what it ended. From request to receipt, by one client; the
verifiers are connections of one process that shares a core with the one that signs out. The least that it can take is
a sign-out that nobody follows, which is the commit, and then the fan-out: as many held polls on a bare Hummingbird
server, answered and asked again.
""",
    ),
    (
        "Settling while receivers are told",
        "outbox.",
        """\
The same sign-outs by one client, without a pause, while a verifier follows: at a server that nobody has asked to be
told, and at one that sends each of a thousand receivers a logout token for each of them, which is far more than it can
keep up with on its one core. A sign-out does not wait for receivers; what they cost it is the time of that core.
""",
    ),
    (
        "Settling beside a deny list in Redis",
        "redis.",
        """\
The same sign-outs beside what many sites have: `SET` with an expiry and `PUBLISH`, sent together, in a Redis that
flushes before it answers (`appendfsync always`) and has as many subscribers. It answers when it has written the message
to them; whether any has read it, nobody knows.
""",
    ),
    (
        "Being followed",
        "follow.",
        """\
Verifiers with the usual lease of 3 s, which ask each second when nothing ends. A newcomer fetches all that is live.
""",
    ),
    (
        "Sign-out everywhere",
        "everywhere.",
        "From request to receipt, one client. The rows of what it ended are cleared away later, in small batches.\n",
    ),
    (
        "Few sessions and many",
        "stored.",
        "The same requests against a small database and a large. The ratio: how many times dearer the large one is.\n",
    ),
    ("Space, memory, start", ("disk.session", "disk.opened", "memory.", "start."), ""),
    (
        "On PostgreSQL",
        "postgres.",
        """\
Requests by 64 clients to `exeunt serve` with `database` set, to one node and to three, which the clients take in turn.
Beside them `pgbench`, as 64 clients, on the same database in the same round: `-M prepared`, with the planner's settings
of Exeunt's own connections. Each of its transactions reads, locks and writes the rows that one request does, with the
same indexes: the session, its subject, the event of the audit trail, and for a sign-out the record of the log. It sends
them as one pipeline, so in one round trip, and each has a commit of its own, `fsync` and `synchronous_commit` being on
for both. It does nothing else: no HTTP, no client's secret, no token to make or sign, no decision between two
statements, nobody to be told.

Exeunt lets requests that wait at the same moment share a transaction, so it has fewer commits and flushes for as many
requests; its commits are told beside its rate. The log must be numbered without gaps in the order of the commits, so
`pgbench`'s sign-outs wait for one another's flush; a line of their own has them numbered by a sequence, which takes no
such wait and would not do for [settlement](settlement.md). Fewer clients than 64 get more out of this database, because
its processes get in each other's way: so `pgbench` with 16 stands there too. A node has five connections for its
requests.

Nobody is kept to a core here. Database, nodes and load generator share all of them on one side, database and `pgbench`
on the other. The database's CPU time is that of all its processes. PostgreSQL has its usual settings but for
`shared_buffers`, which is 2 GB, and for checkpoints, of which none comes by itself. Both sides open sessions for 20,000
subjects and refresh as many, not the same ones, spread over the whole database; `pgbench` has the server compute the
keys by which it finds them, some SHA-256 for each transaction.
""",
    ),
    (
        "Few sessions and many, on PostgreSQL",
        "pgstored.",
        """\
The same by one node. The ratio: how many times dearer the large database is. Each session has a subject of its own.
""",
    ),
    (
        "The mirror in Redis",
        "mirror.",
        """\
Redis keeps everything in memory here, and node, database, Redis and load share all cores. A record that the mirror
delivers is read from PostgreSQL and compared with what Redis has of it; `redis-benchmark` sets as many keys of the same
length with the same expiry, over one connection as well, in a pipeline as long as a call of the mirror's. A check that
asks the mirror is `RedisTokenVerifier` with a token that it has seen before: one `MGET` of six keys. The bare `GET` is
a loop in Swift in the same process over the same loopback.
""",
    ),
    (
        "For a plan, on PostgreSQL",
        "plan.",
        """\
What one request takes of one node and of its database with 64 clients, and what it leaves behind; the
[plan](operations.md#a-plan-for-100-million-users) is made from it. CPU times are of the runs above. PostgreSQL writes a
page as a whole into its log when it is changed for the first time after a checkpoint. These runs begin right after one,
so they show the most that this can be. Tables and indexes are as they were loaded; random keys leave an index about a
third larger in the long run.
""",
    ),
]

AGAIN = """\
## Measuring again

`make bench` builds the program and the tools in [Benchmarks](../Benchmarks), runs everything in half an hour and
writes these two files. `BENCH_QUICK=1 make bench` tries all of it in five minutes, with figures that are worth little.
`scripts/bench.sh --only postgres` measures PostgreSQL and Redis anew, `--only apps` the applications, `--only outbox`
what telling receivers costs, and leaves the other figures as they are; `--quick` goes with each. Give it a machine that
has nothing else to do: the last line of the first table says how busy others kept it.
"""


MORE = {
    "bytes_a_stream": "bytes a stream",
    "bytes_a_verifier": "bytes a verifier",
    "revocations_per_second": "revocations/s",
    "commits_per_second": "commits/s",
}


def write(folder: Path) -> None:
    """Writes bench.md beside the bench.json in a folder, and the figures of the plan in operations.md."""
    bench = json.loads((folder / "bench.json").read_text())
    (folder / "bench.md").write_text(text(bench))
    if (folder / "operations.md").exists():
        forecast.write(folder / "operations.md", bench)


def text(bench: dict[str, Any]) -> str:
    """The page."""
    parts = [HEAD, _machine(bench)]
    for title, prefixes, introduction in SECTIONS:
        figures = [figure for figure in bench["figures"] if figure["id"].startswith(prefixes)]
        if figures:
            said = introduction + _when(bench, figures)
            parts.append(f"## {title}\n\n{said}{chr(10) if said else ''}{_table(figures)}")
    parts += [_where(bench), AGAIN]
    return "\n".join(parts)


def _machine(bench: dict[str, Any]) -> str:
    machine = bench["machine"]
    versions, others = machine["versions"], bench["others_cores"]
    rows = [
        ("measured", f"{bench['date']}, {bench['rounds']} rounds" + (", **a quick try**" if bench["quick"] else "")),
        ("machine", f"{machine['cores']} cores of {machine['cpu']}, {machine['memory_gib']} GiB"),
        ("system", f"{machine['system']}, Linux {machine['kernel']}, {machine['file_system']}"),
        ("versions", ", ".join(f"{name} {version}" for name, version in versions.items() if version)),
        ("others", f"used {others['median']:.2f} of a core meanwhile, {others['max']:.2f} at most"),
    ]
    return "| | |\n| --- | --- |\n" + "".join(f"| {name} | {value} |\n" for name, value in rows)


def _when(bench: dict[str, Any], figures: list[Figure]) -> str:
    """Of figures that were measured by themselves: when that was."""
    for part, prefixes in PARTS.items():
        if part in bench.get("parts", {}) and figures[0]["id"].startswith(prefixes):
            when = bench["parts"][part]
            machine, others = when["machine"], when["others_cores"]
            known = machine["versions"]
            versions = ", ".join(f"{name} {known[name]}" for name in ("exeunt", "postgresql") if name in known)
            return (
                f"\nMeasured by itself at {when['date']}, {when['rounds']} rounds"
                f"{', **a quick try**' if when['quick'] else ''}: {machine['cores']} cores of {machine['cpu']}, "
                f"{versions}; others used {others['median']:.2f} of a core meanwhile, {others['max']:.2f} at most.\n"
            )
    return ""


def _table(figures: list[Figure]) -> str:
    lines = ["| figure | Exeunt | compared with | ratio | aim | met |", "| --- | ---: | ---: | ---: | --- | --- |"]
    before: Figure = {"title": "", "ours": {}}
    for figure in figures:
        title = figure["title"] if figure["title"] != before["title"] else ""
        is_same = not title and figure["ours"] == before["ours"]
        ours = "the same" if is_same else f"{_spread(figure['ours'])} {figure['unit']}{_more(figure)}"
        before = figure
        against = figure.get("against")
        compared = f"{against['what']}: {_spread(against)}" if against else ""
        ratio = _spread(figure["ratio"]) if "ratio" in figure else ""
        aim = figure["aim"]["text"] if "aim" in figure else ""
        met = {True: "yes", False: "**no**", None: ""}[figure.get("met")]
        lines.append(f"| {title} | {ours} | {compared} | {ratio} | {aim} | {met} |")
    return "\n".join(lines) + "\n"


def _more(figure: Figure) -> str:
    more = ""
    if "latency" in figure:
        latency = figure["latency"]
        more += f"; p50 {_number(latency['p50_ms'])} ms, p99 {_number(latency['p99_ms'])} ms"
    for key, what in MORE.items():
        if figure.get(key) is not None:
            more += f"; {_number(figure[key])} {what}"
    return more


def _spread(values: dict[str, Any]) -> str:
    if len(values["runs"]) == 1:
        return _number(values["median"])
    return f"{_number(values['median'])} ({_number(values['min'])}–{_number(values['max'])})"


def _number(value: float) -> str:
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def _where(bench: dict[str, Any]) -> str:
    where = bench["where"]
    layers = where["layers"]
    lines = [
        "## Where the time goes\n",
        f"A `GET /session` with a live cookie takes {_number(sum(layer['us'] for layer in layers))} µs of CPU. "
        "What each layer adds, by measuring the layers below it alone:\n",
        "| layer | µs CPU | share |\n| --- | ---: | ---: |",
        *(f"| {layer['what']} | {_number(layer['us'])} | {layer['share']:.0%} |" for layer in layers),
    ]
    profiles = {name: shares for name, shares in where["profiles"].items() if shares}
    if profiles:
        names = sorted({part for shares in profiles.values() for part in shares}, key=lambda p: -_first(profiles, p))
        lines += [
            "\nThe same by sampling the server with `perf`; what the allocator and the Swift runtime do is counted to "
            "the part that had them do it:\n",
            "| part | " + " | ".join(profiles) + " |\n| --- |" + " ---: |" * len(profiles),
            *(f"| {part} | " + " | ".join(f"{p.get(part, 0):.0%}" for p in profiles.values()) + " |" for part in names),
        ]
    return "\n".join(lines) + "\n"


def _first(profiles: dict[str, dict[str, float]], part: str) -> float:
    return max(shares.get(part, 0) for shares in profiles.values())


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parents[1] / "docs")
