"""One verifier of fire.py: a process of the example application."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path

from exeunt import PATIENCE, Client
from fire_network import Wire
from server import REPOSITORY

NOTES = Path(os.environ.get("NOTES_BIN", REPOSITORY / ".build/debug/NotesExample"))
LEASE_MILLISECONDS = 800


class Verifier:
    """One process of the example application, at an address that stays when it is started again."""

    def __init__(self, number: int, issuer: str, wire: Wire, client: Client, folder: Path) -> None:
        self.number = number
        self.issuer = issuer
        self.wire = wire
        self.client = client
        self.log = folder / f"verifier-{number}.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts the process; it listens once it has a lease."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("EXEUNT_", "NOTES_"))}
        told = {
            "NOTES_PORT": str(self.wire.place.port),
            "NOTES_AUTHORITY": self.issuer,
            "NOTES_AUTHORITY_ENDPOINT": self.wire.endpoint,
            "NOTES_CLIENT_ID": self.client.id,
            "NOTES_CLIENT_SECRET": self.client.secret,
            "NOTES_LEASE_MILLISECONDS": str(LEASE_MILLISECONDS),
        }
        command = [*self.wire.prefix, str(NOTES)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, env=inherited | told, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def wait_until_ready(self) -> None:
        """Until it listens."""
        give_up = time.monotonic() + PATIENCE
        while time.monotonic() < give_up:
            assert self.process is not None
            assert self.process.poll() is None, f"verifier {self.number} is gone:\n{tail(self.log)}"
            with contextlib.suppress(OSError), self.wire.place.connect(1):
                return
            time.sleep(0.02)
        raise AssertionError(f"verifier {self.number} does not listen:\n{tail(self.log)}")

    def send(self, number: int) -> None:
        """Sends the process a signal."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)

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
