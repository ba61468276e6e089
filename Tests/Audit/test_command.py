"""How `exeunt audit` ends, what it writes, and what it says when it cannot be done."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .auditor import PATIENCE, PROGRAM
from .zoo.accounts import ADA, BOB
from .zoo.faults.forgery import SignOutByGet
from .zoo.faults.sign_out import OnlyTheCookieGoes
from .zoo.specimen import Specimen
from .zoo.web import Running

SECRETS = {"AUDIT_PASSWORD": ADA.password, "AUDIT_NEW_PASSWORD": "new " + ADA.password}
SECRETS["AUDIT_SECOND_PASSWORD"] = BOB.password
QUICK = ["--no-browser", "--patience", "200ms", "--only", "session-cookie-replay", "--only", "logout-by-get"]

NOTHING, FOUND, NOT_DONE = 0, 1, 2


def exeunt(*arguments: str, without: str = "", secrets: dict[str, str] = SECRETS) -> subprocess.CompletedProcess[str]:
    """Runs `exeunt audit`."""
    environment = {name: value for name, value in (os.environ | secrets).items() if name != without}
    return subprocess.run(
        [PROGRAM, "audit", *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )


def written(target: dict[str, Any], folder: Path) -> str:
    """A target file."""
    file = folder / "target.yaml"
    file.write_text(json.dumps(target), encoding="utf-8")
    return str(file)


def served(shape: type[Specimen], folder: Path) -> Iterator[str]:
    """The target file of an application that runs meanwhile."""
    app = shape()
    running = Running(app)
    try:
        yield written(app.target(running.url), folder)
    finally:
        running.stop()


@pytest.fixture(scope="module")
def by_get(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """That of one with a fault of medium severity."""
    yield from served(SignOutByGet, tmp_path_factory.mktemp("by-get"))


@pytest.fixture(scope="module")
def cookie_only(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """That of one with a critical fault."""
    yield from served(OnlyTheCookieGoes, tmp_path_factory.mktemp("cookie-only"))


@pytest.mark.parametrize(
    ("least", "status"),
    [
        ("critical", NOTHING),
        ("high", NOTHING),
        ("medium", FOUND),
        ("low", FOUND),
        ("warning", FOUND),
        ("never", NOTHING),
    ],
)
def test_a_finding_counts_from_the_severity_that_is_asked_for(by_get: str, least: str, status: int) -> None:
    assert exeunt(by_get, *QUICK, "--fail-on", least).returncode == status


def test_any_failure_counts_where_nothing_is_asked_for(by_get: str) -> None:
    assert exeunt(by_get, *QUICK).returncode == FOUND


def test_what_a_baseline_has_does_not_count_and_what_is_new_does(by_get: str, cookie_only: str, tmp_path: Path) -> None:
    baseline = tmp_path / "baseline.json"
    baseline.write_text(exeunt(by_get, *QUICK, "--json").stdout, encoding="utf-8")
    assert exeunt(by_get, *QUICK, "--baseline", str(baseline)).returncode == NOTHING
    assert exeunt(cookie_only, *QUICK, "--baseline", str(baseline)).returncode == FOUND


def test_pages_for_people_hold_the_finding_and_neither_secrets_nor_anything_from_elsewhere(
    cookie_only: str, tmp_path: Path
) -> None:
    page, comment = tmp_path / "report.html", tmp_path / "report.md"
    answer = exeunt(cookie_only, *QUICK, "--html", str(page), "--markdown", str(comment))
    assert answer.returncode == FOUND
    for text in (answer.stdout, page.read_text(encoding="utf-8"), comment.read_text(encoding="utf-8")):
        assert "copied session cookie" in text or "session-cookie-replay" in text
        assert not any(secret in text for secret in SECRETS.values())
    assert not re.search(r"<(link|script|img|iframe)\b|@import|url\(", page.read_text(encoding="utf-8"))


def test_a_dry_run_names_what_would_be_sent_and_sends_nothing(tmp_path: Path) -> None:
    nobody_is_there = written(SignOutByGet().target("http://127.0.0.1:9"), tmp_path)
    answer = exeunt(nobody_is_there, "--dry-run")
    assert answer.returncode == NOTHING
    assert "127.0.0.1:9" in answer.stdout and "/logout" in answer.stdout and "session-cookie-replay" in answer.stdout
    assert ADA.password not in answer.stdout


def test_an_audit_that_cannot_be_done_says_why(by_get: str, tmp_path: Path) -> None:
    rubbish, there = tmp_path / "rubbish.yaml", tmp_path / "no-folder/report.html"
    rubbish.write_bytes(b"\x00\xff{[: not yaml")
    unreachable = written(SignOutByGet().target("http://127.0.0.1:9"), tmp_path)
    cases = [
        (exeunt(str(tmp_path / "missing.yaml")), "missing.yaml"),
        (exeunt(str(rubbish)), "rubbish.yaml"),
        (exeunt(by_get, *QUICK, without="AUDIT_PASSWORD"), "AUDIT_PASSWORD"),
        (exeunt(by_get, *QUICK, secrets=SECRETS | {"AUDIT_PASSWORD": "a wrong one"}), "signing in does not work"),
        (exeunt(unreachable, *QUICK), "cannot be reached"),
        (exeunt(by_get, *QUICK, "--html", str(there)), "report.html"),
        (exeunt(by_get, *QUICK, "--baseline", str(rubbish)), "rubbish.yaml"),
    ]
    for answer, says in cases:
        assert answer.returncode == NOT_DONE, (says, answer.returncode, answer.stderr)
        assert says in answer.stderr
