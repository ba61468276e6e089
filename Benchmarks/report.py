"""Makes docs/bench.md from docs/bench.json: `python3 Benchmarks/report.py [FOLDER]`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

Figure = dict[str, Any]

HEAD = """\
# What Exeunt costs

Made by `make bench` from [bench.json](bench.json), which has every run of every figure; nothing here is written by
hand. A figure is the median of its runs, with the least and the greatest in brackets. What it is compared with was
measured in the same run, in turn with it.
"""

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
]

AGAIN = """\
## Measuring again

`make bench` builds the program and the tools in [Benchmarks](../Benchmarks), runs everything in ten to fifteen
minutes and writes these two files. `BENCH_QUICK=1 make bench` tries all of it in three minutes, with figures that are
worth little. Give it a machine that has nothing else to do: the last line of the first table says how busy others kept
it.
"""


def write(folder: Path) -> None:
    """Writes bench.md beside the bench.json in a folder."""
    (folder / "bench.md").write_text(text(json.loads((folder / "bench.json").read_text())))


def text(bench: dict[str, Any]) -> str:
    """The page."""
    parts = [HEAD, _machine(bench)]
    for title, prefixes, introduction in SECTIONS:
        figures = [figure for figure in bench["figures"] if figure["id"].startswith(prefixes)]
        if figures:
            parts.append(f"## {title}\n\n{introduction}{chr(10) if introduction else ''}{_table(figures)}")
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


def _table(figures: list[Figure]) -> str:
    lines = ["| figure | Exeunt | compared with | ratio | aim | met |", "| --- | ---: | ---: | ---: | --- | --- |"]
    shown = ""
    for figure in figures:
        title = figure["title"] if figure["title"] != shown else ""
        shown = figure["title"]
        ours = f"{_spread(figure['ours'])} {figure['unit']}" if title or figure["unit"] == "/s" else "the same"
        against = figure.get("against")
        compared = f"{against['what']}: {_spread(against)}" if against else ""
        ratio = _spread(figure["ratio"]) if "ratio" in figure else ""
        aim = figure["aim"]["text"] if "aim" in figure else ""
        met = {True: "yes", False: "**no**", None: ""}[figure.get("met")]
        lines.append(f"| {title} | {ours}{_more(figure)} | {compared} | {ratio} | {aim} | {met} |")
    return "\n".join(lines) + "\n"


def _more(figure: Figure) -> str:
    if "latency" in figure:
        latency = figure["latency"]
        return f"; p50 {_number(latency['p50_ms'])} ms, p99 {_number(latency['p99_ms'])} ms"
    for each in ("stream", "verifier"):
        if f"bytes_a_{each}" in figure:
            return f"; {_number(figure[f'bytes_a_{each}'])} bytes a {each}"
    if "revocations_per_second" in figure:
        return f"; {_number(figure['revocations_per_second'])} revocations/s"
    return ""


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
