"""Clients of Redis, each a process of its own: `resp.py subscribe|publish PORT …`.

Plain sockets that block, with one request under way: of each round trip Python takes some 20 µs at the most, which is
little beside the flush that it waits for.
"""

from __future__ import annotations

import gc
import json
import os
import secrets
import selectors
import socket
import sys
import time

CHANNEL = b"ended"
LIFE = b"900"
"""Seconds that an ended session is remembered: as long as a token of it can be good."""


def connect(port: int) -> socket.socket:
    """A connection that sends at once."""
    made = socket.create_connection(("127.0.0.1", port))
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return made


def command(*words: bytes) -> bytes:
    """A command as Redis reads it (RESP, an array of bulk strings)."""
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words)


def receive(connection: socket.socket, size: int) -> bytes:
    """So many bytes."""
    got = b""
    while len(got) < size:
        piece = connection.recv(4096)
        assert piece, f"Redis hung up after {got!r}"
        got += piece
    return got


def subscribe(port: int, count: int) -> None:
    """Subscribes that many times, says so, and reads whatever comes until it is ended.

    It runs when nobody else wants its core, so that reading never delays the reply that is timed: nobody waits for it.
    """
    confirmed = b"*3\r\n$9\r\nsubscribe\r\n$%d\r\n%s\r\n:1\r\n" % (len(CHANNEL), CHANNEL)
    readers = selectors.DefaultSelector()
    for _ in range(count):
        connection = connect(port)
        connection.sendall(command(b"SUBSCRIBE", CHANNEL))
        assert receive(connection, len(confirmed)) == confirmed
        readers.register(connection, selectors.EVENT_READ)
    print("ready", flush=True)
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    while True:
        for key, _ in readers.select():
            assert isinstance(key.fileobj, socket.socket)
            if not key.fileobj.recv(65_536):
                return


def publish(port: int, subscribers: int, warmup: float, seconds: float) -> None:
    """Ends one session after the other: SET and PUBLISH in one go, until both are answered. Prints what it took."""
    connection = connect(port)
    expected = b"+OK\r\n:%d\r\n" % subscribers
    nanoseconds: list[int] = []
    gc.disable()
    begun = time.monotonic()
    while (now := time.monotonic() - begun) < warmup + seconds:
        session = secrets.token_urlsafe(16).encode()
        words = command(b"SET", b"ended:" + session, b"1", b"EX", LIFE) + command(b"PUBLISH", CHANNEL, session)
        sent = time.perf_counter_ns()
        connection.sendall(words)
        answer = receive(connection, len(expected))
        taken = time.perf_counter_ns() - sent
        assert answer == expected, f"Redis: {answer!r} and not {expected!r}"
        if now >= warmup:
            nanoseconds.append(taken)
    nanoseconds.sort()
    count = len(nanoseconds)
    shares = {"p50_ms": 0.5, "p99_ms": 0.99, "worst_ms": 1.0}
    places = {name: nanoseconds[min(count - 1, int(count * share))] / 1e6 for name, share in shares.items()}
    print(json.dumps({"requests": count, "per_second": count / seconds} | places))


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["subscribe", port, count]:
            subscribe(int(port), int(count))
        case ["publish", port, subscribers, warmup, seconds]:
            publish(int(port), int(subscribers), float(warmup), float(seconds))
        case _:
            sys.exit(__doc__)
