"""A PostgreSQL server for the measurements, that flushes each commit as in earnest."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from processes import PATIENCE, cpu_seconds, free_port, on_any_core

ROLE = "exeunt"
ACCOUNT = "postgres" if os.geteuid() == 0 else None
"""Whom it runs as, where we are the superuser, whom it refuses."""
SEEDING = 1800
"""Seconds that a statement may take which stores millions of rows."""

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "2GB",
    "maintenance_work_mem": "1GB",
    # No checkpoint comes in between by itself: where there is one, it is asked for.
    "checkpoint_timeout": "1d",
    "max_wal_size": "64GB",
}


def binaries() -> Path:
    """Where PostgreSQL's programs are: Debian keeps them out of `PATH`, by version."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda one: float(one.parts[-3]))
    elsewhere = shutil.which("initdb")
    assert found or elsewhere, "PostgreSQL is missing: `scripts/setup.sh bench` installs it"
    return (found[-1] if found else Path(elsewhere or "")).parent


class Cluster:
    """One server with its data, on all cores, as what asks it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "postgres"
        self.folder.mkdir()
        self.data = self.folder / "data"
        if ACCOUNT:
            folder.chmod(0o711)
            os.chown(self.folder, pwd.getpwnam(ACCOUNT).pw_uid, pwd.getpwnam(ACCOUNT).pw_gid)
        self.port = free_port()
        self.environment = os.environ | {"PGHOST": "127.0.0.1", "PGPORT": str(self.port), "PGUSER": "postgres"}
        self._run("initdb", "-D", str(self.data), "--auth", "trust", "--username", "postgres", "--encoding", "UTF8")
        settings = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [str(binaries() / "postgres"), "-D", str(self.data), "-p", str(self.port), *settings],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, preexec_fn=on_any_core, **self._account(),
            )  # fmt: skip
        deadline = time.monotonic() + PATIENCE
        ready = [str(binaries() / "pg_isready"), "--quiet"]
        while subprocess.run(ready, env=self.environment, check=False).returncode != 0:
            assert self.process.poll() is None and time.monotonic() < deadline, (self.folder / "log").read_text()
            time.sleep(0.05)
        self.psql(f"CREATE ROLE {ROLE} LOGIN")

    def _account(self) -> dict[str, Any]:
        return {"user": ACCOUNT, "group": ACCOUNT, "extra_groups": []} if ACCOUNT else {}

    def _run(self, program: str, *arguments: str, patience: float = PATIENCE) -> str:
        done = subprocess.run(
            [str(binaries() / program), *arguments],
            env=self.environment, cwd=self.folder, stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=patience, check=False, preexec_fn=on_any_core, **self._account(),
        )  # fmt: skip
        assert done.returncode == 0, f"{program} {' '.join(arguments)}: {done.returncode}\n{done.stderr[-2000:]}"
        return str(done.stdout).strip()

    def psql(self, *statements: str, database: str = "postgres", patience: float = PATIENCE) -> str:
        """What statements give, each on its own in one session: a line for each row, with `|` between columns."""
        words = [word for statement in statements for word in ("-c", statement)]
        options = ["-XqAt", "-v", "ON_ERROR_STOP=1", "-d", database]
        return self._run("psql", *options, *words, patience=patience)

    def create(self, name: str) -> str:
        """The URI of a new database."""
        self.psql(f"CREATE DATABASE {name} OWNER {ROLE}")
        return f"postgres://{ROLE}@127.0.0.1:{self.port}/{name}"

    def version(self) -> str:
        """The server's."""
        return self.psql("SHOW server_version").split()[0]

    def cpu_seconds(self) -> float:
        """CPU time that it has used so far, with that of the connections that are closed."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        gone = (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")
        return gone + sum(_each(self._processes()))

    def _processes(self) -> Iterable[int]:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [self.process.pid, *map(int, children)]

    # The write-ahead log

    def position(self) -> str:
        """Where the log ends."""
        return self.psql("SELECT pg_current_wal_flush_lsn()")

    def log_bytes(self, begin: str, end: str) -> tuple[int, int]:
        """Bytes of the records between two positions, without and of the pages that are in them as a whole."""
        stats = self._run("pg_waldump", "--stats", "-p", str(self.data / "pg_wal"), "-s", begin, "-e", end)
        total = next(line for line in stats.splitlines() if line.startswith("Total"))
        _records, records, pages, _both = [int(word) for word in re.findall(r"(\d+)(?:\s|$)", total)]
        return records, pages

    def stop(self) -> None:
        """Ends it with all its connections."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(PATIENCE)


def _each(processes: Iterable[int]) -> Iterable[float]:
    for pid in processes:
        try:
            yield cpu_seconds(pid)
        except (FileNotFoundError, ProcessLookupError):  # It has ended since, and is counted among those that have.
            continue
