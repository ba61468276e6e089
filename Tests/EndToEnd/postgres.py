"""PostgreSQL as the tests need it: with a database for each of them, killed, stopped where it is, and with a standby.

What is committed is flushed to the disk, as in earnest. Processes are ended by their ids, and nothing is left behind.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from exeunt import PATIENCE
from ports import free_port

ROLE = "exeunt"
"""Who owns the databases: nobody who may do more than that."""
SUPERUSER = "postgres"
STANDBY_SLOT = "standby"

SETTINGS = {
    "max_connections": "200",
    "shared_buffers": "32MB",
    "max_wal_size": "256MB",
    "log_line_prefix": "%m [%p] %a ",
}

SHUTDOWN = {"smart": signal.SIGTERM, "fast": signal.SIGINT, "immediate": signal.SIGQUIT}
"""https://www.postgresql.org/docs/current/server-shutdown.html"""

STARTED: list[Cluster] = []
"""Every cluster that this process started."""


def binaries() -> Path:
    """Where PostgreSQL's programs are: Debian keeps them out of `PATH`, by version."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda one: float(one.parts[-3]))
    elsewhere = shutil.which("initdb")
    assert found or elsewhere, "PostgreSQL is missing: `scripts/setup.sh test` installs it"
    return (found[-1] if found else Path(elsewhere or "")).parent


def account() -> str | None:
    """Whom PostgreSQL runs as, where we are the superuser, whom it refuses."""
    return SUPERUSER if os.geteuid() == 0 else None


class Cluster:
    """One PostgreSQL server with its data, or the standby of another one."""

    def __init__(self, primary: Cluster | None = None, *, host: str = "127.0.0.1", port: int | None = None) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="exeunt-postgres-"))
        self.data = self.folder / "data"
        self.log = self.folder / "log"
        self.host = host
        self.port = port or free_port(host)
        self.process: subprocess.Popen[bytes] | None = None
        self._numbers = itertools.count(1)
        STARTED.append(self)
        if name := account():
            os.chown(self.folder, pwd.getpwnam(name).pw_uid, pwd.getpwnam(name).pw_gid)
        if primary:
            source = ["--dbname", f"host={primary.folder} port={primary.port} user={SUPERUSER}"]
            slot = ["--create-slot", "--slot", STANDBY_SLOT]
            self._run("pg_basebackup", *source, "--pgdata", str(self.data), "-R", *slot, "--checkpoint", "fast")
        else:
            self._run(
                *["initdb", "--pgdata", str(self.data), "--auth", "trust", "--username", SUPERUSER, "--no-sync"],
                # As most servers sort: by a language's rules, and not by bytes.
                *["--encoding", "UTF8", "--locale", "C.UTF-8", "--locale-provider", "icu", "--icu-locale", "en-US"],
            )
            with (self.data / "pg_hba.conf").open("a") as permitted:
                permitted.write("host all all 10.0.0.0/8 trust\n")
        self.start()
        if not primary:
            self.psql(f"CREATE ROLE {ROLE} LOGIN")

    def _run(self, program: str, *arguments: str) -> None:
        """Runs one of PostgreSQL's programs to its end, as whom the server runs as."""
        finished = subprocess.run(
            [str(binaries() / program), *arguments],
            cwd=self.folder,
            user=account(),
            group=account(),
            extra_groups=[] if account() else None,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert finished.returncode == 0, f"{program} exited {finished.returncode}\n{finished.stdout}{finished.stderr}"

    # Its databases

    def psql(self, statement: str, database: str = "postgres", role: str = SUPERUSER) -> str:
        """What a statement gives: a line for each row, with `|` between columns."""
        command = ["--no-psqlrc", "--quiet", "--no-align", "--tuples-only", "--set", "ON_ERROR_STOP=1"]
        finished = subprocess.run(
            [str(binaries() / "psql"), *command, *self._here, "-U", role, "-d", database, "-c", statement],
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert finished.returncode == 0, f"{statement}\n{finished.stderr}"
        return finished.stdout.strip()

    @property
    def _here(self) -> list[str]:
        return ["-h", str(self.folder), "-p", str(self.port)]

    def create_database(self, name: str | None = None) -> str:
        """The URI of a new database."""
        name = name or f"exeunt_{next(self._numbers)}"
        self.psql(f'CREATE DATABASE "{name}" OWNER {ROLE}')
        return self.uri(name)

    def drop_database(self, uri: str) -> None:
        """Removes a database, whoever is still connected to it."""
        self.psql(f'DROP DATABASE IF EXISTS "{name_of(uri)}" WITH (FORCE)')

    def dump(self, uri: str) -> Path:
        """A backup of a database, as `pg_dump` makes it while servers are at work."""
        path = self.folder / f"{name_of(uri)}.dump"
        self._run("pg_dump", *self._here, "-U", SUPERUSER, "--format", "custom", "--file", str(path), name_of(uri))
        return path

    def restore(self, uri: str, dump: Path) -> None:
        """Puts a backup in the place of a database."""
        self.drop_database(uri)
        self.create_database(name_of(uri))
        self._run("pg_restore", *self._here, "-U", SUPERUSER, "--dbname", name_of(uri), "--exit-on-error", str(dump))

    def uri(self, name: str, standby: Cluster | None = None) -> str:
        """The URI of a database: here, or where of this one and its standby it can be written to."""
        if standby is None:
            return f"postgres://{ROLE}@{self.host}:{self.port}/{name}"
        hosts = f"{self.host}:{self.port},{standby.host}:{standby.port}"
        return f"postgres://{ROLE}@{hosts}/{name}?target_session_attrs=read-write"

    # Its process

    def start(self) -> None:
        """Starts it, and waits until it takes statements; after a crash that is when it has recovered."""
        assert self.process is None
        settings = SETTINGS | {"listen_addresses": self.host, "port": str(self.port)}
        settings["unix_socket_directories"] = str(self.folder)
        arguments = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [str(binaries() / "postgres"), "-D", str(self.data), *arguments],
                cwd=self.folder,
                user=account(),
                group=account(),
                extra_groups=[] if account() else None,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Ctrl-C at the terminal is for the tests, which end it themselves.
                start_new_session=True,
            )
        deadline = time.monotonic() + PATIENCE
        ready = [str(binaries() / "pg_isready"), "--quiet", "-U", SUPERUSER, *self._here]
        while subprocess.run(ready, check=False).returncode != 0:
            assert self.process.poll() is None, f"PostgreSQL does not start\n{self.log_tail()}"
            assert time.monotonic() < deadline, f"PostgreSQL takes nothing\n{self.log_tail()}"
            time.sleep(0.05)

    @property
    def running(self) -> bool:
        """Whether there is a process of it."""
        return self.process is not None

    def stop(self, mode: str = "fast") -> None:
        """Ends it as an operator does: `fast` breaks connections off, `immediate` leaves recovery to the next start."""
        assert self.process is not None
        self.process.send_signal(SHUTDOWN[mode])
        self.process.wait(PATIENCE)
        self.process = None

    def kill(self) -> None:
        """Ends all of its processes where they are."""
        assert self.process is not None
        processes = self._hold()
        for pid in reversed(processes):
            os.kill(pid, signal.SIGKILL)
        self.process.wait(PATIENCE)
        self.process = None
        until_gone(processes)

    def restart(self, mode: str = "fast") -> None:
        """Ends it, in one of the ways of `stop` or by `kill`, and starts it again."""
        if mode == "kill":
            self.kill()
        else:
            self.stop(mode)
        self.start()

    def pause(self) -> None:
        """Stops all of its processes where they are, as an overcommitted host does."""
        for pid in self._hold()[1:]:
            os.kill(pid, signal.SIGSTOP)

    def resume(self) -> None:
        """Lets them go on."""
        assert self.process is not None
        for pid in reversed(descendants(self.process.pid)):
            os.kill(pid, signal.SIGCONT)

    def _hold(self) -> list[int]:
        """All of its processes; the first, which is the parent of the others, is stopped and starts no more of them.

        While it is stopped none of their ids can become another process's, because it is the one that reaps them.
        """
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)
        while state_of(self.process.pid) not in "TZ":
            time.sleep(0.001)
        return descendants(self.process.pid)

    def log_tail(self, lines: int = 60) -> str:
        """The last of what it wrote."""
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return "\n".join([f"-- PostgreSQL on port {self.port} --", *text.splitlines()[-lines:]])

    def remove(self) -> None:
        """Ends it, in whatever state it is, and removes its folder."""
        if self.process is not None:
            self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)
        if self in STARTED:
            STARTED.remove(self)

    # Its standby

    def standby(self, commit: str = "remote_apply", port: int | None = None) -> Cluster:
        """A second cluster that each commit of this one waits for: see `synchronous_commit` for how long."""
        follower = Cluster(self, host=self.host, port=port)
        # That name stands for every standby there is.
        for name, value in {"synchronous_standby_names": "*", "synchronous_commit": commit}.items():
            self.psql(f"ALTER SYSTEM SET {name} = '{value}'")
        self.psql("SELECT pg_reload_conf()")
        deadline = time.monotonic() + PATIENCE
        while self.psql("SELECT sync_state FROM pg_stat_replication") != "sync":
            assert time.monotonic() < deadline, f"nobody stands by\n{self.log_tail()}\n{follower.log_tail()}"
            time.sleep(0.05)
        return follower

    def promote(self) -> None:
        """Makes a standby the one that takes writes. Whatever it stood by for must be dead."""
        assert self.psql("SELECT pg_promote()") == "t"


def name_of(uri: str) -> str:
    """The database in a URI."""
    return uri.rpartition("/")[2].partition("?")[0]


def descendants(pid: int) -> list[int]:
    """A process and all below it, each after its parent."""
    found = [pid]
    for one in found:
        children = Path(f"/proc/{one}/task/{one}/children")
        found += [int(child) for child in (children.read_text() if children.exists() else "").split()]
    return found


def state_of(pid: int) -> str:
    """One letter of /proc; `Z` also where there is no such process."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return "Z"


def until_gone(processes: list[int]) -> None:
    """Waits until none of some killed processes runs: the next start refuses while one holds the shared memory."""
    deadline = time.monotonic() + PATIENCE
    while any(state_of(pid) != "Z" for pid in processes):
        assert time.monotonic() < deadline, "a killed process does not end"
        time.sleep(0.005)


@functools.cache
def shared() -> Cluster:
    """The one that all tests share which do nothing to it."""
    return Cluster()


@atexit.register
def _leave_nothing_behind() -> None:
    with contextlib.ExitStack() as all_of_it:
        for cluster in STARTED:
            all_of_it.callback(cluster.remove)
