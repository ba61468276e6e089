"""Where the time of a request goes, by sampling the server with `perf` where that is installed and allowed.

Each sample belongs to the innermost frame of its call stack that is known to be of some part; so what the allocator and
the Swift runtime do is counted to the part that had them do it.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

from processes import Load, Server

RATE = 999
"""Samples a second."""

MODULES = {
    "GRDB": "SQLite and its driver",
    "SQLiteStore": "SQLite and its driver",
    "Dispatch": "SQLite and its driver",  # Whose connections are each behind a queue; nobody else calls it.
    "ExeuntCommand": "Exeunt",
    "ExeuntHTTP": "Exeunt",
    "Exeunt": "Exeunt",
    "Settlement": "Exeunt",
    "HummingbirdCore": "Hummingbird",
    "Hummingbird": "Hummingbird",
    "HTTPTypes": "Hummingbird",
    "NIOHTTPTypesHTTP1": "Hummingbird",
    "NIOHTTPTypes": "Hummingbird",
    "ServiceLifecycle": "Hummingbird",
    "NIOHTTP1": "SwiftNIO",
    "NIOPosix": "SwiftNIO",
    "NIOCore": "SwiftNIO",
    "JWTKit": "Cryptography",
    "CryptoBoringWrapper": "Cryptography",
    "CryptoExtras": "Cryptography",
    "Crypto": "Cryptography",
}
JSON = re.compile(r"JSON|10Foundation.*(Encod|Decod)")
MODULE = re.compile("|".join(f"{len(name)}{name}" for name in sorted(MODULES, key=len, reverse=True)))
C_PARTS = (
    (
        re.compile(r"^sqlite3|^pcache1|^(wal|btree|vdbe|pager|unix)[A-Z]|^moveToRoot|^getCellInfo"),
        "SQLite and its driver",
    ),
    (re.compile(r"BoringSSL|^(sha256|p256|ecp_nistz|bn_|x25519)"), "Cryptography"),
    (re.compile(r"^c_nio_llhttp|^c_nio"), "SwiftNIO"),
)
KERNEL = (
    (re.compile(r"fsync|fdatasync|ext4|xfs|btrfs|jbd2|blk_|pread|pwrite|fcntl|posix_lock|filemap"), "Linux: files"),
    (re.compile(r"tcp|sock|inet|epoll|skb|eventfd|writev|readv"), "Linux: network, events"),
)


def sample(load: Load, server: Server, folder: Path, seconds: float, **plan: Any) -> dict[str, float] | None:
    """The share of each part in the server's CPU time under a load; nothing without `perf`."""
    if not shutil.which("perf"):
        return None
    path = folder / "perf.data"
    record = ["perf", "record", "-q", "-F", str(RATE), "-g", "-o", str(path), "-p", str(server.pid)]
    recorder = subprocess.Popen(
        [*record, "--", "sleep", str(seconds)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        load.run(server, warmup_seconds=0.1, seconds=seconds, **plan)
    finally:
        recorder.wait()
    if recorder.returncode != 0 or not path.exists():
        return None
    script = ["perf", "script", "-i", str(path), "-F", "ip,sym,dso", "--no-demangle", "--no-inline"]
    text = subprocess.run(script, capture_output=True, text=True, check=False).stdout
    counts = Counter(part(stack.splitlines()) for stack in text.split("\n\n") if stack.strip())
    total = sum(counts.values())
    if not total:
        return None
    return {name: round(count / total, 3) for name, count in counts.most_common()}


def part(stack: list[str]) -> str:
    """What a call stack belongs to, its innermost frame first."""
    frames = [(line.split() + ["", ""])[1] for line in stack]
    inside = [frame for line, frame in zip(stack, frames, strict=True) if "kernel" in line]
    if inside:
        kinds = [name for pattern, name in KERNEL for frame in inside if pattern.search(frame)]
        return kinds[0] if kinds else "Linux: threads, memory"
    for frame in frames:
        if frame.startswith("$s"):
            if JSON.search(frame):
                return "JSON"
            found = MODULE.search(frame)
            if found:
                return MODULES[re.sub(r"^\d+", "", found.group())]
        for pattern, name in C_PARTS:
            if pattern.search(frame):
                return name
    return "Swift runtime, allocator"
