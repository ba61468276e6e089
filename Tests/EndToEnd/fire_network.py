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
WAITS = ["latency", "3s"]
"""How long a packet may wait on a narrow wire before it is dropped."""


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


class Island:
    """A network namespace, which is there for as long as a process that does nothing."""

    def __init__(self) -> None:
        self.holder = subprocess.Popen(["unshare", "--net", "sleep", "infinity"], stdin=subprocess.DEVNULL)
        self.namespace = f"/proc/{self.holder.pid}/ns/net"
        self.prefix = ["nsenter", f"--net={self.namespace}"]
        try:
            while os.readlink(self.namespace) == os.readlink("/proc/self/ns/net"):
                time.sleep(0.005)
            _ip("link", "set", "lo", "up", prefix=self.prefix)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """The namespace goes with its last process, and with it the cables."""
        self.holder.kill()
        self.holder.wait(PATIENCE)


class Strand:
    """A virtual cable from here to an island, on which the island finds some addresses; cut at our end."""

    def __init__(self, island: Island, name: str, net: str, addresses: list[str]) -> None:
        self.island = island
        self.name = name
        self.far = f"{net}.2"
        """The island's own address on it."""
        near, inside = f"{net}.1", island.prefix
        _ip("link", "add", name, "type", "veth", "peer", "name", name, "netns", str(island.holder.pid))
        _ip("address", "add", f"{near}/30", "dev", name)
        _ip("link", "set", name, "up")
        _ip("address", "add", f"{self.far}/30", "dev", name, prefix=inside)
        _ip("link", "set", name, "up", prefix=inside)
        for address in addresses:
            _ip("route", "add", address, "via", near, prefix=inside)

    def cut(self) -> None:
        """Unplugs it."""
        _ip("link", "set", self.name, "down")

    def join(self) -> None:
        """Plugs it in."""
        _ip("link", "set", self.name, "up")

    def slow(self, chance: random.Random, is_lossy: bool = False) -> str | None:
        """Delays what goes to the island, what comes from it, or both; a lossy one also drops some of it."""
        delay, rate = chance.randrange(50, 400), chance.randrange(16, 64)
        disciplines = {
            "delayed": ["netem", "delay", f"{delay}ms", f"{delay // 2}ms", *(["loss", "10%"] if is_lossy else [])],
            # What does not fit into its queue is lost.
            "narrow": ["tbf", "rate", f"{rate}kbit", "burst", "1600", *(["limit", "4500"] if is_lossy else WAITS)],
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

    def _end(self, end: int, verb: str) -> list[str]:
        return [*([] if end == 0 else self.island.prefix), "tc", "qdisc", verb, "dev", self.name, "root"]


class Cable(Strand):
    """A virtual cable to a network namespace of its own."""

    def __init__(self, number: int, endpoint: str) -> None:
        island = Island()
        self.endpoint = endpoint
        self.prefix = island.prefix
        self.place = Place(8000 + number, island.namespace)
        try:
            super().__init__(island, f"wire{number}", f"10.77.{number}", ["default"])
        except BaseException:
            island.close()
            raise

    def close(self) -> None:
        """Nothing of it is left."""
        self.island.close()


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
