"""What the statements cost by themselves: `pgbench` does to the same rows what an opening, a refresh and a sign-out do.

Each of its transactions is what one request writes, reads and locks in PostgreSQL, with a commit of its own, in one
round trip. Nobody speaks HTTP, checks a credential, signs a token or tells a verifier; nothing is decided between the
statements.
"""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import seed
from cluster import binaries
from crowd import FAMILY, HANDLE, ID, STEP, Crowd
from processes import PATIENCE, on_any_core

SESSION = """\
SELECT s.id, s.version, s.idle_end, s.absolute_end, s.generation, s.rotated_at, s.created_at, s.authenticated_at,
    s.client, s.address, s.user_agent, u.number, u.name, u.version, u.live_sessions, a.epoch
FROM sessions s JOIN subjects u ON u.number = s.subject AND u.version = s.version
    JOIN authority a ON a.id = 1 AND a.epoch = u.epoch
WHERE {where} AND s.idle_end > {now} AND s.absolute_end > {now}"""

EVENT = """\
INSERT INTO audit_events (at, kind, subject, session, client, actor, actor_name, address, user_agent, reason)
VALUES ({now}, '{kind}', 'user-' || {user}, {id}, '{client}', 2, '{client}', '{address}', '{agent}', {reason});"""

OPEN = """\
\\set i :i + 1
\\set n :first + :client_id * 10000000 + :i
\\set u (:place + random(0, :places - 1)) * {step} % {count} + 1
\\startpipeline
BEGIN;
SELECT number, version, epoch, live_sessions FROM subjects WHERE name = 'user-' || :u FOR NO KEY UPDATE;
SELECT 1 FROM accounts WHERE disabled = 1 AND subject = 'user-' || :u;
INSERT INTO sessions
    (id, handle, subject, version, last_active_at, idle_end, absolute_end, sweep_at, generation, rotated_at,
    created_at, authenticated_at, refresh_family, client, address, user_agent)
VALUES ({id}, {handle}, :u, 1, {now}, {now} + 7200000, {now} + 86400000, {now} + 7200000, 0, {now}, {now}, {now},
    {family}, '{client}', '{address}', '{agent}');
UPDATE subjects SET version = 1, epoch = 1, live_sessions = live_sessions + 1, live_remembered = 0 WHERE number = :u;
{event}
COMMIT;
\\endpipeline
"""

REFRESH = """\
\\set n (:place + random(0, :places - 1)) * {step} % {count} + 1
\\startpipeline
BEGIN;
{session} FOR NO KEY UPDATE OF u;
UPDATE sessions SET generation = generation + 1, rotated_at = {now}, last_active_at = {now}, idle_end = {now} + 7200000
    WHERE refresh_family = {family};
{event}
COMMIT;
\\endpipeline
"""

LOGOUT = """\
\\set i :i + 1
\\set n (:place + :client_id * (:places / :clients) + :i) * {step} % {count} + 1
\\startpipeline
BEGIN;
{session} FOR NO KEY UPDATE OF u;
DELETE FROM sessions WHERE id = {id};
UPDATE subjects SET version = 1, epoch = 1, live_sessions = live_sessions - 1, live_remembered = 0 WHERE number = :n;
{event}
{log}
COMMIT;
\\endpipeline
"""

LOG = """\
WITH moved AS (UPDATE authority SET head = head + 1 WHERE id = 1 RETURNING head)
INSERT INTO revocations (seq, kind, key, reason, at, until)
SELECT head, 2, {id}, 'signed_out', {now}, {now} + 960000 FROM moved;"""
"""As the log must be numbered: without gaps, in the order of the commits. So each waits for the flush of the other."""

LOOSE_LOG = """\
INSERT INTO loose_revocations (kind, key, reason, at, until)
VALUES (2, {id}, 'signed_out', {now}, {now} + 960000);"""
"""As a deny list would do that needs no such order: with a number from a sequence."""

INTROSPECT = """\
\\set n (:place + random(0, :places - 1)) * {step} % {count} + 1
{session};
"""


class PgBench:
    """`pgbench` on one database."""

    def __init__(self, crowd: Crowd, folder: Path) -> None:
        self.crowd = crowd
        self.folder = folder
        # Beyond all that the server numbers itself; each run begins farther on.
        self.first = 1_000_000_000_000
        crowd.psql(
            "CREATE TABLE IF NOT EXISTS loose_revocations (LIKE revocations INCLUDING ALL)",
            "ALTER TABLE loose_revocations ALTER seq ADD GENERATED ALWAYS AS IDENTITY",
            "GRANT ALL ON loose_revocations TO PUBLIC",
        )

    def script(self, verb: str) -> str:
        """What it does for one transaction."""
        keys = {name: sql.format(n=":n") for name, sql in (("id", ID), ("handle", HANDLE), ("family", FAMILY))}
        now = "(extract(epoch FROM now()) * 1000)::bigint"
        known = keys | {"now": now, "client": self.crowd.client.id, "address": "198.51.100.7", "agent": seed.AGENT}
        kinds = {"open": "session.opened", "refresh": "session.refreshed"}
        event = EVENT.format(
            kind=kinds.get(verb, "session.ended"), user=":u" if verb == "open" else ":n",
            reason="'signed_out'" if verb.startswith("logout") else "NULL", **known,
        )  # fmt: skip
        where = f"s.refresh_family = {keys['family']}" if verb == "refresh" else f"s.handle = {keys['handle']}"
        scripts = {
            "open": OPEN, "refresh": REFRESH, "logout": LOGOUT, "logout.loose": LOGOUT, "introspect": INTROSPECT,
        }  # fmt: skip
        log = (LOOSE_LOG if verb == "logout.loose" else LOG).format(**known)
        session = SESSION.format(where=where, now=now)
        return scripts[verb].format(
            step=STEP, count=self.crowd.count, session=session, event=event, log=log, **known
        )  # fmt: skip

    def command(self, verb: str, places: range, clients: int, seconds: float) -> list[str]:
        """What to run, on sessions of nobody else's."""
        path = self.folder / f"pgbench-{verb}.sql"
        path.write_text(self.script(verb))
        self.first += 1_000_000_000
        variables = {"i": 0, "first": self.first, "place": places.start, "places": len(places), "clients": clients}
        defined = [word for name, value in variables.items() for word in ("-D", f"{name}={value}")]
        options = ["-n", "-M", "prepared", "-c", str(clients), "-j", "2", "-T", str(round(seconds))]
        return [str(binaries() / "pgbench"), *options, *defined, "-f", str(path), self.crowd.database]

    def run(self, verb: str, places: range, clients: int, seconds: float) -> dict[str, Any]:
        """Transactions a second."""
        settings = "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c jit=off"  # As Exeunt's own.
        done = subprocess.run(
            self.command(verb, places, clients, seconds),
            env=self.crowd.cluster.environment | {"PGOPTIONS": settings, "PGUSER": "exeunt"}, capture_output=True,
            text=True, timeout=PATIENCE, check=False, preexec_fn=on_any_core, cwd=os.fspath(self.folder),
        )  # fmt: skip
        assert done.returncode == 0, f"pgbench {verb}: {done.returncode}\n{done.stderr[-2000:]}"
        rate = re.search(r"^tps = ([\d.]+) \(without", done.stdout, re.MULTILINE)
        failed = re.search(r"^number of failed transactions: (\d+)", done.stdout, re.MULTILINE)
        assert rate and failed and failed[1] == "0", done.stdout
        return {"per_second": float(rate[1])}
