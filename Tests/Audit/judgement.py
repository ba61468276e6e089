"""Compares what an audit says with what is known to be true."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from .auditor import AuditError, Report, audit_case
from .case import Case

WORKERS = 4
"""Audits at a time. Each waits more than it works."""

Finding = tuple[str, str]
"""A probe, and whether it fails or warns."""


@dataclass(frozen=True)
class Judgement:
    """What an audit found of what there is to find."""

    case: Case
    found: frozenset[Finding] = frozenset()
    missed: frozenset[Finding] = frozenset()
    wrong: frozenset[Finding] = frozenset()
    """What it found and what is not there."""
    unsure: frozenset[str] = frozenset()
    """The probes that could not tell."""
    unprobed: frozenset[str] = frozenset()
    """What should be found by probes that there are not yet."""
    requests: int = 0
    error: str = ""
    """Why the audit could not be run."""

    @property
    def is_right(self) -> bool:
        """Whether all was found that can be, and nothing else."""
        return not (self.missed or self.wrong or self.unsure or self.error)

    def complaint(self) -> str:
        """What is not right, for people."""
        parts = {
            "missed": listing(self.missed),
            "wrongly found": listing(self.wrong),
            "could not tell": ", ".join(sorted(self.unsure)),
            "could not be run": self.error,
        }
        return f"{self.case.name}: " + "; ".join(f"{what}: {which}" for what, which in parts.items() if which)


def listing(findings: Iterable[Finding]) -> str:
    """Findings in a row; those that only warn say so."""
    return ", ".join(probe if verdict == "fail" else f"{probe} (warns)" for probe, verdict in sorted(findings))


def judge(case: Case, report: Report, known: Iterable[str]) -> Judgement:
    """What a report found of what there is to find."""
    true = {(probe, "fail") for probe in case.found_by} | {(probe, "warning") for probe in case.warned_by}
    within_reach = {finding for finding in true if finding[0] in known}
    said = {(probe, verdict) for probe, verdict in report.verdicts.items() if verdict in ("fail", "warning")}
    return Judgement(
        case,
        found=frozenset(said & within_reach),
        missed=frozenset(within_reach - said),
        wrong=frozenset(said - within_reach),
        unsure=report.probes("could-not-tell"),
        unprobed=frozenset(probe for probe, _ in true - within_reach),
        requests=report.requests,
    )


def measure(case: Case, known: Iterable[str]) -> Judgement:
    """What an audit of an application finds of what there is to find."""
    if absent := set(case.only) - set(known):
        return Judgement(case, unprobed=frozenset(absent))
    try:
        return judge(case, audit_case(case), known)
    except AuditError as error:
        missed = frozenset((probe, "fail") for probe in case.found_by)
        return Judgement(case, missed=missed, error=str(error).strip())


def measure_all(cases: list[Case], known: Iterable[str]) -> list[Judgement]:
    """The same of many, a few at a time."""
    with ThreadPoolExecutor(WORKERS) as workers:
        return list(workers.map(lambda case: measure(case, known), cases))
