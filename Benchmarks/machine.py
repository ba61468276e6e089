"""What the figures were measured on."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


def describe(repository: Path, program: Path, folder: Path) -> dict[str, Any]:
    """The machine, as far as it matters to the figures."""
    cpu = next((line.split(":")[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")), "")
    memory = next((int(line.split()[1]) for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0)
    return {
        "cpu": cpu or platform.machine(),
        "cores": os.cpu_count(),
        "memory_gib": round(memory / (1 << 20), 1),
        "kernel": platform.release(),
        "system": platform.freedesktop_os_release().get("PRETTY_NAME", platform.system()),
        "file_system": _file_system(folder),
        "versions": versions(repository, program),
    }


def versions(repository: Path, program: Path) -> dict[str, str]:
    """Of what was measured and of what measured it."""
    found = {"exeunt": _first_line(str(program), "--version")}
    found["swift"] = _first_line("swift", "--version").removeprefix("Swift version ")
    pins = json.loads((repository / "Package.resolved").read_text())["pins"]
    for pin in pins:
        if pin["identity"] in ("hummingbird", "swift-nio", "grdb.swift", "jwt-kit"):
            found[pin["identity"]] = pin["state"].get("version", pin["state"]["revision"])
    found["python"] = platform.python_version()
    return found


def commit(repository: Path) -> str | None:
    """What is checked out, marked when it has been changed."""
    line = _first_line("git", "-C", str(repository), "describe", "--always", "--dirty", "--abbrev=12")
    return line or None


def now() -> str:
    """The moment, UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def busy_seconds() -> float:
    """CPU seconds that all processes have used since the machine started, with those that it was denied."""
    fields = [int(field) for field in _lines("/proc/stat")[0].split()[1:9]]
    user, nice, system, _idle, _waiting, interrupt, soft, stolen = fields
    return (user + nice + system + interrupt + soft + stolen) / os.sysconf("SC_CLK_TCK")


def _file_system(folder: Path) -> str:
    mounts = [line.split() for line in _lines("/proc/mounts")]
    mounts = [m for m in mounts if folder.is_relative_to(m[1].replace("\\040", " "))]
    return max(mounts, key=lambda mount: len(mount[1]))[2] if mounts else "unknown"


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines()


def _first_line(*command: str) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    except OSError:
        return ""
    return (done.stdout.strip().splitlines() or [""])[0]
