"""Sessions in PostgreSQL by the million, made by statements of the server's own.

What is secret of a session follows from its number, so that nobody has to keep or to read any of it: the load takes the
credentials, and `pgbench` the same keys. `exeunt doctor` has the last word on the result.
"""

from __future__ import annotations

import hashlib
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import seed
from cluster import SEEDING, Cluster
from processes import CORES, Client, free_port, on_any_core
from stores import Program

STEP = 1_618_033
"""A prime by which neighbouring places are far apart in the tables, as sessions are that ask one after the other."""

ID = "substring(sha256('\\x00'::bytea || int8send({n})) for 16)"
HANDLE = "sha256(sha256('\\x01'::bytea || int8send({n})))"
FAMILY = "sha256('\\x01'::bytea || substring(sha256('\\x02'::bytea || int8send({n})) for 16))"
"""The stored keys of the session with a number, in SQL."""


@dataclass
class Crowd:
    """A database full of sessions, session N of subject `user-N`, and the data folder of its first node."""

    cluster: Cluster
    program: Program
    data: Path
    database: str
    client: Client
    count: int
    seconds_to_fill: float = 0
    taken: int = 0
    secrets: seed.Secrets = field(init=False)

    def __post_init__(self) -> None:
        """Reads the master key."""
        self.secrets = seed.Secrets(self.data, seed=0)

    def take(self, count: int) -> range:
        """So many places that nobody has had before."""
        first, self.taken = self.taken, self.taken + count
        assert self.taken <= self.count, f"{self.database} has no {count} sessions left"
        return range(first, self.taken)

    def number(self, place: int) -> int:
        """The session at a place."""
        return place * STEP % self.count + 1

    def subjects(self, places: range) -> str:
        """A file with their names, for the load generator."""
        return self._write("subjects", places, [f"user-{self.number(place)}" for place in places])

    def handles(self, places: range) -> str:
        """A file with their session tokens."""
        made = ["exs_" + seed.text(_digest(1, self.number(place))) for place in places]
        return self._write("handles", places, made)

    def refresh_tokens(self, places: range) -> str:
        """A file with their refresh tokens."""
        made = [self.secrets.refresh_token(_digest(2, self.number(place))[:16]) for place in places]
        return self._write("refresh", places, made)

    def _write(self, name: str, places: range, lines: list[str]) -> str:
        path = self.data.with_name(f"{self.database}-{name}-{places.start}")
        path.write_text("".join(line + "\n" for line in lines))
        return str(path)

    def psql(self, *statements: str, patience: float = SEEDING) -> str:
        """What statements give in its database."""
        return self.cluster.psql(*statements, database=self.database, patience=patience)


def make(cluster: Cluster, program: Path, data: Path, name: str, count: int, **settings: str) -> Crowd:
    """A database with so many sessions, each of a subject of its own; no server is on it yet."""
    known = {"EXEUNT_DATABASE": cluster.create(name), "EXEUNT_PUBLIC_URL": "http://localhost:8080"}
    made = Program(program, known | settings, on_any_core)
    made.serve(data, free_port()).stop()
    crowd = Crowd(cluster, made, data, name, made.add_client(data), count)
    begun = time.monotonic()
    _fill(crowd)
    crowd.seconds_to_fill = time.monotonic() - begun
    made.command("doctor", "--data", str(data))
    return crowd


def _fill(crowd: Crowd) -> None:
    away, back = _indexes(crowd)
    crowd.psql(*away)
    half = crowd.count // 2
    statements = [_subjects(crowd), _sessions(crowd, 1, half), _sessions(crowd, half + 1, crowd.count)]
    with ThreadPoolExecutor(len(CORES)) as pool:
        list(pool.map(lambda statement: crowd.psql(*QUICKLY, statement), statements))
    crowd.psql(
        *back,
        f"ALTER TABLE subjects ALTER number RESTART WITH {crowd.count + 1}",
        f"ALTER TABLE sessions ALTER number RESTART WITH {crowd.count + 1}",
        "VACUUM ANALYZE",
        "CHECKPOINT",
    )


QUICKLY = ("SET synchronous_commit = off", "SET session_replication_role = replica")
"""Nobody has to look whether each session's subject is there: it is, or will be."""


def _subjects(crowd: Crowd) -> str:
    return f"""
        INSERT INTO subjects (number, name, version, epoch, live_sessions)
        SELECT n, 'user-' || n, 1, epoch, 1 FROM generate_series(1, {crowd.count}) n, authority
        """


def _sessions(crowd: Crowd, first: int, last: int) -> str:
    now, hour = int(time.time() * 1000), seed.HOUR
    ends = (now, now + 2 * hour, now + 24 * hour, now + 2 * hour)
    return f"""
        INSERT INTO sessions
            (number, id, handle, subject, version, last_active_at, idle_end, absolute_end, sweep_at, generation,
            rotated_at, created_at, authenticated_at, refresh_family, client, address, user_agent)
        SELECT n, {ID.format(n="n")}, {HANDLE.format(n="n")}, n, 1, {", ".join(map(str, ends))}, 0, {now}, {now}, {now},
            {FAMILY.format(n="n")}, '{crowd.client.id}', '198.51.100.' || n % 250 + 1, '{seed.AGENT}'
        FROM generate_series({first}::bigint, {last}) n
        """


def _indexes(crowd: Crowd) -> tuple[list[str], list[str]]:
    """What takes the indexes of the sessions away and makes them again: to sort at once is faster than row by row."""
    constraints = "pg_constraint WHERE conrelid = 'sessions'::regclass AND contype = 'u'"
    others = (
        "pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = 'sessions'::regclass"
        " AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = i.indexrelid)"
    )
    made = [
        f"SELECT format('ALTER TABLE sessions DROP CONSTRAINT %I', conname) FROM {constraints}"
        f" UNION ALL SELECT format('DROP INDEX %I', relname) FROM {others}",
        "SELECT format('ALTER TABLE sessions ADD CONSTRAINT %I %s', conname, pg_get_constraintdef(oid))"
        f" FROM {constraints} UNION ALL SELECT pg_get_indexdef(i.indexrelid) FROM {others}",
    ]
    away, back = (crowd.psql(statement).splitlines() for statement in made)
    return away, back


def _digest(kind: int, number: int) -> bytes:
    return hashlib.sha256(bytes([kind]) + number.to_bytes(8, "big")).digest()
