"""Runs a program in a network of its own, and with process numbers of its own, so that nothing is left: see fire.py."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from exeunt import PATIENCE

LEASH = "FIRE_LEASH"
"""Set where a process has a network and process numbers of its own: a file that ends when it should end."""
PRIVATELY = ["unshare", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"]
"""Starts a command that is reached by nobody else, and with which all dies that it starts."""
TRIAL = """
ip link set lo up
unshare --net sleep 9 & holder=$!
while [ "$(readlink /proc/$holder/ns/net)" = "$(readlink /proc/$$/ns/net)" ]; do sleep 0.01; done
ip link add trial type veth peer name wire netns $holder
nsenter --net=/proc/$holder/ns/net ip link set lo up
"""


def enter_private_network() -> None:
    """Runs this program again, in a network of its own, where that is possible; returns where it is not."""
    if os.environ.get("FIRE_CUT") == "relay" or not all(shutil.which(tool) for tool in ("ip", "unshare", "nsenter")):
        return
    privately = PRIVATELY if os.geteuid() == 0 else [*PRIVATELY, "--map-root-user"]
    if succeeds([*privately, "sh", "-ec", TRIAL]):
        _run_inside([*privately, sys.executable, *sys.argv])


def _run_inside(command: list[str]) -> NoReturn:
    """Runs the command to its end, which comes when we are asked to end, or are killed."""
    leash, ours = os.pipe()
    inside = subprocess.Popen(command, env=os.environ | {LEASH: str(leash)}, pass_fds=[leash], start_new_session=True)
    os.close(leash)
    asked: list[int] = []

    def let_go(number: int, _: FrameType | None) -> None:
        # unshare(1) passes no signal on.
        if not asked:
            os.close(ours)
        asked.append(number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, let_go)
    code = inside.wait()
    sys.exit(128 + asked[0] if asked else abs(code))


def report_of(program: str, *options: str) -> dict[str, Any]:
    """What a program of this folder, which takes a network of its own and so is a process of its own, reports."""
    command = [sys.executable, str(Path(__file__).with_name(program)), *options]
    print(" ".join(command))
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            text, _ = process.communicate()
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait(PATIENCE)
    print(text)
    return dict(json.loads(text))


def is_inside() -> bool:
    """Whether this process has a network of its own."""
    return LEASH in os.environ


def heed_leash() -> None:
    """Asks this process to end when the one that started it does."""

    def wait() -> None:
        os.read(int(os.environ[LEASH]), 1)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, daemon=True).start()


def succeeds(command: list[str]) -> bool:
    """Whether a command exists and does what it should."""
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        return subprocess.run(command, capture_output=True, timeout=PATIENCE, check=False).returncode == 0
    return False
