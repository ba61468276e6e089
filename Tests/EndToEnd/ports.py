"""Ports for servers that have to know theirs before they start."""

from __future__ import annotations

import itertools
import os
import socket

LOWEST, HIGHEST = 12_000, 32_000
"""Below the ports that the system itself gives out: no client's connection takes one of these by chance."""

_tried = itertools.count(os.getpid() * 53)
"""Each process begins elsewhere, and none comes back to a port before it has tried all others: so it is still free when
the server gets there, even where several runs of tests start servers at once."""


def free_port(host: str = "127.0.0.1") -> int:
    """A port that nobody listens on at this moment."""
    for number in itertools.islice(_tried, HIGHEST - LOWEST):
        with socket.socket() as probe:
            try:
                probe.bind((host, LOWEST + number % (HIGHEST - LOWEST)))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise AssertionError(f"no port is free from {LOWEST} to {HIGHEST}")
