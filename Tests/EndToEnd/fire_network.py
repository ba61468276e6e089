"""The wires between the verifiers and the authority, and how they are cut: see fire.py.

Where Linux lets us, each verifier lives in a network namespace of its own, joined to the authority by a virtual cable
whose end is unplugged: packets vanish and nobody is told. Elsewhere a relay stands between them that carries nothing.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import random
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from exeunt import PATIENCE
from fire_privacy import is_inside, succeeds
from ports import free_port

CLONE_NEWNET = 0x40000000


@dataclass(frozen=True)
class Place:
    """Where a verifier listens: on the loopback address of a network namespace, or of our own."""

    port: int
    namespace: str | None = None
    at_once: int | None = None
    """Requests on one connection that it takes before it has answered the first; any number unless that is said."""

    def connect(self, patience: float) -> socket.socket:
        """A connection to it, also when it is cut off from the authority."""
        with self._within():
            connection = socket.socket()
        try:
            connection.settimeout(patience)
            connection.connect(("127.0.0.1", self.port))
        except OSError:
            connection.close()
            raise
        return connection

    @contextlib.contextmanager
    def _within(self) -> Iterator[None]:
        """A socket belongs to the namespace that its thread was in when it was made."""
        if self.namespace is None:
            yield
            return
        with open("/proc/thread-self/ns/net") as home, open(self.namespace) as there:
            _enter(there.fileno())
            try:
                yield
            finally:
                _enter(home.fileno())


def _enter(namespace: int) -> None:
    if ctypes.CDLL(None, use_errno=True).setns(namespace, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


class Wire(Protocol):
    """What joins one verifier to the authority."""

    place: Place
    endpoint: str
    """The authority, as this verifier reaches it."""
    prefix: list[str]
    """What comes before the command that starts the verifier."""

    def cut(self) -> None:
        """From now on what is sent goes nowhere, and nobody is told."""

    def join(self) -> None:
        """Carries again."""

    def slow(self, chance: random.Random) -> str | None:
        """Carries slowly; how that is done, or nothing where it cannot be."""

    def fast(self) -> None:
        """Carries at full speed again."""

    def close(self) -> None:
        """Nothing of it is left."""


class Network(Protocol):
    """All wires, of one kind."""

    cut_by: str
    listen: str
    """The address at which the authority listens."""
    settings: dict[str, str]
    """What the authority has to be told for that."""

    def issuer(self, port: int) -> str:
        """What the authority calls itself."""

    def wire(self, number: int, port: int) -> Wire:
        """A new wire to the authority's port; numbers begin with 1."""


class Namespaces:
    """Wires that are virtual cables between network namespaces."""

    cut_by = "network namespaces"
    listen = "10.77.0.1"
    # The wires are ours alone; that is what a proxy's private network is too.
    settings = {"public_url": "https://authority.example"}

    def __init__(self) -> None:
        _ip("link", "set", "lo", "up")
        _ip("address", "add", f"{self.listen}/32", "dev", "lo")

    def issuer(self, port: int) -> str:
        """The address of a proxy that nobody here needs."""
        return self.settings["public_url"]

    def wire(self, number: int, port: int) -> Wire:
        """A new namespace and a cable to it."""
        return Cable(number, f"http://{self.listen}:{port}")


class Cable:
    """A virtual cable to a network namespace; cut at the authority's end."""

    def __init__(self, number: int, endpoint: str) -> None:
        self.name = f"wire{number}"
        self.endpoint = endpoint
        self.holder = subprocess.Popen(["unshare", "--net", "sleep", "infinity"], stdin=subprocess.DEVNULL)
        namespace = f"/proc/{self.holder.pid}/ns/net"
        self.prefix = ["nsenter", f"--net={namespace}"]
        self.place = Place(8000 + number, namespace)
        ours, theirs = f"10.77.{number}.1", f"10.77.{number}.2"
        try:
            while os.readlink(namespace) == os.readlink("/proc/self/ns/net"):
                time.sleep(0.005)
            _ip("link", "add", self.name, "type", "veth", "peer", "name", "wire", "netns", str(self.holder.pid))
            _ip("address", "add", f"{ours}/30", "dev", self.name)
            _ip("link", "set", self.name, "up")
            _ip("link", "set", "lo", "up", prefix=self.prefix)
            _ip("address", "add", f"{theirs}/30", "dev", "wire", prefix=self.prefix)
            _ip("link", "set", "wire", "up", prefix=self.prefix)
            _ip("route", "add", "default", "via", ours, prefix=self.prefix)
        except BaseException:
            self.close()
            raise

    def cut(self) -> None:
        """Unplugs it."""
        _ip("link", "set", self.name, "down")

    def join(self) -> None:
        """Plugs it in."""
        _ip("link", "set", self.name, "up")

    def slow(self, chance: random.Random) -> str | None:
        """Delays what goes to the verifier, what comes from it, or both."""
        delay, rate = chance.randrange(50, 400), chance.randrange(16, 64)
        disciplines = {
            "delayed": ["netem", "delay", f"{delay}ms", f"{delay // 2}ms"],
            "narrow": ["tbf", "rate", f"{rate}kbit", "burst", "1600", "latency", "3s"],
        }
        ends = chance.choice([[0], [1], [0, 1]])
        # Not every kernel has the better one.
        for how, discipline in disciplines.items():
            commands = [[*self._end(end, "add"), *discipline] for end in ends]
            if all(succeeds(command) for command in commands):
                return how
            self.fast()
        return None

    def fast(self) -> None:
        """As it was made."""
        for end in (0, 1):
            succeeds(self._end(end, "del"))

    def close(self) -> None:
        """The namespace goes with its last process, and the cable with the namespace."""
        self.holder.kill()
        self.holder.wait(PATIENCE)

    def _end(self, end: int, verb: str) -> list[str]:
        where = ["dev", self.name] if end == 0 else ["dev", "wire"]
        return [*([] if end == 0 else self.prefix), "tc", "qdisc", verb, *where, "root"]


def _ip(*arguments: str, prefix: list[str] | None = None) -> None:
    subprocess.run([*(prefix or []), "ip", *arguments], check=True, timeout=PATIENCE)


class Relays:
    """Wires that are relays in this process."""

    cut_by = "a relay"
    listen = "127.0.0.1"
    settings: dict[str, str] = {}

    def issuer(self, port: int) -> str:
        """What an authority on this machine calls itself."""
        return f"http://localhost:{port}"

    def wire(self, number: int, port: int) -> Wire:
        """A new relay."""
        return Relay(self.listen, port)


class Relay:
    """A relay; when it is cut, what is sent goes nowhere until it is joined again."""

    def __init__(self, host: str, port: int) -> None:
        self.target = (host, port)
        self.is_whole = threading.Event()
        self.is_whole.set()
        self.delay = 0.0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.endpoint = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.prefix: list[str] = []
        self.place = Place(free_port())
        self.is_closed = False
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Holds back what comes."""
        self.is_whole.clear()

    def join(self) -> None:
        """Carries again, also what came meanwhile."""
        self.is_whole.set()

    def slow(self, chance: random.Random) -> str | None:
        """Waits before it carries."""
        self.delay = chance.uniform(0.02, 0.3)
        return "delayed"

    def fast(self) -> None:
        """Carries at once."""
        self.delay = 0

    def close(self) -> None:
        """Takes no more connections."""
        self.is_closed = True
        self.is_whole.set()
        self.listener.close()

    def _accept(self) -> None:
        while not self.is_closed:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._join, args=(near,), daemon=True).start()

    def _join(self, near: socket.socket) -> None:
        self.is_whole.wait()
        try:
            far = socket.create_connection(self.target, 5)
        except OSError:
            near.close()
            return
        far.settimeout(None)
        threading.Thread(target=self._carry, args=(far, near), daemon=True).start()
        self._carry(near, far)

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65_536):
                self.is_whole.wait()
                time.sleep(self.delay)
                target.sendall(data)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


def network() -> Network:
    """The best there is here."""
    return Namespaces() if is_inside() else Relays()
