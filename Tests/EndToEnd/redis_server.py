"""A real Redis on a socket of its own, and the examples of docs/redis.md that ask it."""

from __future__ import annotations

import functools
import importlib.util
import json
import signal
import subprocess
import sys
import threading
import time
from base64 import urlsafe_b64decode
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from redis import Redis, RedisError

from exeunt import PATIENCE

EXAMPLES = Path(__file__).resolve().parents[2] / "examples/redis"

ACCEPTED, REFUSED, UNKNOWN = "accepted", "refused", "unknown"


def claims(token: str) -> dict[str, Any]:
    """What a token says, without a look at its signature."""
    payload = token.split(".")[1]
    return dict(json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4))))


@functools.cache
def python_example() -> Any:
    """The example in Python as a module."""
    spec = importlib.util.spec_from_file_location("check", EXAMPLES / "check.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class RedisServer:
    """One Redis, which can be killed and started again with what it has saved."""

    def __init__(self, folder: Path, port: int = 0, host: str = "127.0.0.1") -> None:
        self.folder = folder
        self.host = host
        self.port = port
        self.socket = folder / "s"
        self.url = f"unix://{self.socket}"
        self.start()

    def start(self) -> None:
        """Starts it, and waits until it answers."""
        place = [
            "--port",
            str(self.port),
            "--bind",
            self.host,
            "--protected-mode",
            "no",
            "--unixsocket",
            str(self.socket),
            "--dir",
            str(self.folder),
        ]
        self.process = subprocess.Popen(
            ["redis-server", *place, "--save", "", "--logfile", str(self.folder / "log")], stdin=subprocess.DEVNULL
        )
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                self.client().ping()
                return
            except RedisError:
                assert time.monotonic() < deadline, (self.folder / "log").read_text()
                time.sleep(0.01)

    def client(self) -> Redis:
        """A new connection."""
        return Redis.from_url(self.url, decode_responses=True, socket_timeout=5)

    def kill(self) -> None:
        """Kills it with no chance to save anything."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(PATIENCE)

    # What an application makes of a token

    def verdicts(self, token: str) -> dict[str, str]:
        """What each of the examples says of a token."""
        said = {0: ACCEPTED, 1: REFUSED, 2: UNKNOWN}
        commands = {
            "check.sh": [EXAMPLES / "check.sh", "-s", self.socket],
            "check.py": [sys.executable, EXAMPLES / "check.py", self.url],
            "check.mjs": ["node", EXAMPLES / "check.mjs", self.socket],
        }
        text = json.dumps(claims(token))
        verdicts = {}
        for name, command in commands.items():
            words = [str(word) for word in command]
            ran = subprocess.run(words, input=text, capture_output=True, text=True, timeout=PATIENCE, check=False)
            verdicts[name] = said.get(ran.returncode, ran.stderr)
        return verdicts

    @staticmethod
    def is_over(client: Redis, said: dict[str, Any]) -> bool:
        """What the example in Python makes of a token's claims; raises where nobody can know."""
        return bool(python_example().is_over(client, said))

    @contextmanager
    def hammered(self, token: str) -> Iterator[Counter[str]]:
        """Checks a token without a pause meanwhile, and counts what comes of it."""
        counts: Counter[str] = Counter()
        ends = threading.Event()
        said = claims(token)

        def hammer() -> None:
            client = self.client()
            while not ends.is_set():
                try:
                    counts[REFUSED if self.is_over(client, said) else ACCEPTED] += 1
                except RedisError:
                    counts[UNKNOWN] += 1

        thread = threading.Thread(target=hammer, daemon=True)
        thread.start()
        try:
            yield counts
        finally:
            ends.set()
            thread.join(PATIENCE)
