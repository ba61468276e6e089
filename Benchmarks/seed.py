"""Fills a database with sessions by the hundred thousand, as if they had been opened one by one.

It writes the rows themselves, since a million openings over HTTP would take longer than all the measurements. The
credentials are made as the program makes them, so that they work; `exeunt doctor` has the last word on the result.
"""

from __future__ import annotations

import hashlib
import hmac
import random
import sqlite3
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from processes import Client

AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
HOUR = 3_600_000
USER = "user-"
"""How the subjects begin that have one session, of which credentials are kept."""


@dataclass(frozen=True)
class Session:
    """The credentials of one session."""

    subject: str
    handle: str
    refresh_token: str


class Secrets:
    """Makes credentials with the master key of a data folder."""

    def __init__(self, data: Path, seed: int) -> None:
        lines = [line.split() for line in (data / "master.key").read_text().splitlines()]
        number, key = [line for line in lines if line and not line[0].startswith("#")][-1]
        extracted = hmac.digest(b"\0" * 32, urlsafe_b64decode(key + "="), "sha256")
        self.key = hmac.digest(extracted, b"exeunt rotating token v1\x01", "sha256")
        self.key_id = bytes([int(number)])
        self.random = random.Random(seed)

    def refresh_token(self, family: bytes) -> str:
        """The first refresh token of a family."""
        generation = bytes(4)
        mac = hmac.digest(self.key, b"\x01" + family + generation, "sha256")
        return "exr_" + text(self.key_id + family + generation + mac)


def fill(data: Path, subjects: list[tuple[str, int]], client: Client, keep: int) -> list[Session]:
    """Adds so many sessions for each of the subjects, and gives credentials of `keep` users, taken at random."""
    secrets = Secrets(data, seed=len(subjects))
    users = [index for index, (name, _) in enumerate(subjects) if name.startswith(USER)]
    kept = set(secrets.random.sample(users, min(keep, len(users))))
    sessions: list[Session] = []
    database = sqlite3.connect(data / "exeunt.sqlite", isolation_level=None)
    try:
        database.execute("PRAGMA cache_size = -2000000")
        database.execute("PRAGMA wal_autocheckpoint = 0")
        database.execute("BEGIN IMMEDIATE")
        first = database.execute("SELECT coalesce(max(number), 0) + 1 FROM subjects").fetchone()[0]
        epoch = database.execute("SELECT epoch FROM authority").fetchone()[0]
        database.executemany(
            "INSERT INTO subjects (number, name, version, epoch, live_sessions) VALUES (?, ?, 1, ?, ?)",
            ((first + index, name, epoch, count) for index, (name, count) in enumerate(subjects)),
        )
        database.executemany(
            """
            INSERT INTO sessions
                (id, handle, subject, version, last_active_at, idle_end, absolute_end, sweep_at, generation, rotated_at,
                created_at, authenticated_at, refresh_family, client, address, user_agent)
            VALUES (?, ?, ?, 1, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?)
            """,
            _rows(secrets, first, subjects, client, kept, sessions),
        )
        database.execute("COMMIT")
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        database.close()
    secrets.random.shuffle(sessions)
    return sessions


def revoke(data: Path, count: int) -> None:
    """Appends so many ended sessions to the log, each as a sign-out writes it; their own rows have been swept."""
    source = random.Random(count)
    now = int(time.time() * 1000)
    database = sqlite3.connect(data / "exeunt.sqlite", isolation_level=None)
    try:
        database.execute("PRAGMA wal_autocheckpoint = 0")
        database.execute("BEGIN IMMEDIATE")
        head = database.execute("SELECT head FROM authority").fetchone()[0]
        database.executemany(
            "INSERT INTO revocations (seq, kind, key, reason, at, until) VALUES (?, 2, ?, 'signed_out', ?, ?)",
            ((head + 1 + index, source.randbytes(16), now, now + HOUR) for index in range(count)),
        )
        database.execute("UPDATE authority SET head = head + ?", (count,))
        database.execute("COMMIT")
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        database.close()


def _rows(
    secrets: Secrets, first: int, subjects: list[tuple[str, int]], client: Client, kept: set[int], out: list[Session]
) -> Iterator[tuple[object, ...]]:
    now = int(time.time() * 1000)
    ends = (now, now + 2 * HOUR, now + 24 * HOUR, now + 2 * HOUR)
    number = 0
    for index, (name, count) in enumerate(subjects):
        for _ in range(count):
            identifier, handle, family = (secrets.random.randbytes(size) for size in (16, 32, 16))
            address = f"198.51.100.{number % 250 + 1}"
            yield (
                identifier,
                hashlib.sha256(handle).digest(),
                first + index,
                *ends,
                now,
                now,
                now,
                hashlib.sha256(b"\x01" + family).digest(),
                client.id,
                address,
                AGENT,
            )
            if index in kept:
                out.append(Session(name, "exs_" + text(handle), secrets.refresh_token(family)))
            number += 1


def text(data: bytes) -> str:
    """Base64url without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()
