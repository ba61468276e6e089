"""Runs `exeunt audit`, and reads its report."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from .case import Case
from .zoo.accounts import ADA, BOB

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("EXEUNT_BIN", str(ROOT / ".build/debug/exeunt"))

PATIENCE = 180
"""Seconds until an audit is given up. A bound, not a measure."""

FINDINGS = ("fail", "warning")


class AuditError(Exception):
    """The audit could not be run."""


@dataclass(frozen=True)
class Report:
    """What an audit says."""

    verdicts: dict[str, str]
    """By the probe's id."""
    titles: dict[str, str]
    """What each probe wants to be true."""
    requests: int
    seconds: float
    text: str
    """The whole report."""

    def probes(self, verdict: str) -> frozenset[str]:
        """The probes that came to a verdict."""
        return frozenset(probe for probe, given in self.verdicts.items() if given == verdict)


@cache
def known_probes() -> tuple[str, ...]:
    """The ids of all probes that the program has."""
    answer = subprocess.run([PROGRAM, "audit", "probes", "--json"], capture_output=True, text=True, timeout=PATIENCE)
    if answer.returncode:
        raise AuditError(answer.stderr)
    return tuple(str(probe["id"]) for probe in json.loads(answer.stdout))


def audit(
    target: dict[str, Any], only: tuple[str, ...] = (), patience: int = PATIENCE, *, with_browser: bool = False
) -> Report:
    """The report on an application that runs; JSON is YAML, so that the target file needs no other writer."""
    options = ["--allow-waiting", *(word for probe in only for word in ("--only", probe))] if only else []
    options += [] if with_browser else ["--no-browser"]
    secrets = {
        "AUDIT_PASSWORD": ADA.password,
        "AUDIT_NEW_PASSWORD": f"{ADA.password} and another",
        "AUDIT_SECOND_PASSWORD": BOB.password,
    }
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        json.dump(target, file)
        file.flush()
        command = [PROGRAM, "audit", file.name, "--json", "--allow-password-change", "--patience", "1s", *options]
        environment = {**os.environ, **secrets}
        try:
            answer = subprocess.run(command, capture_output=True, text=True, timeout=patience, env=environment)
        except subprocess.TimeoutExpired as late:
            raise AuditError(f"not done after {patience} s") from late
    if answer.returncode not in (0, 1):
        raise AuditError(f"exit code {answer.returncode}: {answer.stderr or answer.stdout}")
    report = json.loads(answer.stdout)
    return Report(
        {probe["id"]: probe["verdict"] for probe in report["probes"]},
        {probe["id"]: probe["title"] for probe in report["probes"]},
        report["requests"],
        report["seconds"],
        answer.stdout,
    )


def audit_case(case: Case) -> Report:
    """The report on an application that is started for it."""
    with case.run() as target:
        return audit(target, case.only, with_browser=case.needs_browser)
