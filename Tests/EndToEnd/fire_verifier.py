"""One verifier of fire.py: one of the example applications, in whatever language."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from dataclasses import replace
from pathlib import Path

from applications import Application
from exeunt import PATIENCE, Client
from fire_network import Wire

LEASE_MILLISECONDS = 800


class Verifier:
    """One instance of an example application, at an address that stays when it is started again."""

    def __init__(
        self,
        number: int,
        application: Application,
        issuer: str,
        wire: Wire,
        client: Client,
        folder: Path,
        lease: int = LEASE_MILLISECONDS,
    ) -> None:
        application.check()
        self.number = number
        self.application = application
        self.issuer = issuer
        self.wire = wire
        self.place = replace(wire.place, at_once=application.at_once)
        self.client = client
        self.lease = lease
        self.log = folder / f"verifier-{number}-{application.name}.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts the process; it listens once it has a lease."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("EXEUNT_", "NOTES_"))}
        told = {
            "NOTES_PORT": str(self.place.port),
            "NOTES_AUTHORITY": self.issuer,
            "NOTES_AUTHORITY_ENDPOINT": self.wire.endpoint,
            "NOTES_CLIENT_ID": self.client.id,
            "NOTES_CLIENT_SECRET": self.client.secret,
            "NOTES_LEASE_MILLISECONDS": str(self.lease),
        }
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*self.wire.prefix, *self.application.command],
                env=inherited | self.application.environment | told,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def wait_until_ready(self) -> None:
        """Until it listens."""
        give_up = time.monotonic() + PATIENCE
        while time.monotonic() < give_up:
            assert self.process is not None
            assert self.process.poll() is None, f"verifier {self.number} is gone:\n{tail(self.log)}"
            with contextlib.suppress(OSError), self.place.connect(1):
                return
            time.sleep(0.02)
        raise AssertionError(f"verifier {self.number} does not listen:\n{tail(self.log)}")

    def send(self, number: int) -> None:
        """Sends all of its processes a signal."""
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, number)

    def kill_worker(self, which: int) -> None:
        """Ends one of the processes that answer in its name; the others go on, and another takes its place."""
        assert self.process is not None
        pid = self.process.pid
        workers = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        # One may be in the making at this very moment.
        if workers:
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(workers[which % len(workers)]), signal.SIGKILL)

    def end(self, number: int) -> None:
        """Ends the process with a signal."""
        self.send(number)
        if self.process is not None:
            self.process.wait(PATIENCE)

    def close(self) -> None:
        """Stops it and its wire."""
        self.send(signal.SIGCONT)
        try:
            self.end(signal.SIGTERM)
        except subprocess.TimeoutExpired:
            self.end(signal.SIGKILL)
        self.wire.close()


def tail(log: Path, characters: int = 2000) -> str:
    """The last of a log."""
    return f"-- {log.name} --\n" + (log.read_text(errors="replace")[-characters:] if log.exists() else "")
