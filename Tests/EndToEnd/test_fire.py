"""A minute of the long run that `make fire` does: see fire.py."""

from __future__ import annotations

import os
import random
from pathlib import Path
from typing import Any

import pytest

from fire_privacy import report_of

pytestmark = pytest.mark.sqlite_only(reason="the network of its own that it runs in has no PostgreSQL")

SECONDS = float(os.environ.get("FIRE_SECONDS", "50"))


def fire(folder: Path, *options: str) -> dict[str, Any]:
    """The report of a run."""
    return report_of("fire.py", "--folder", str(folder), "--attempts", "0", *options)


def test_no_verifier_accepts_what_was_signed_out_whatever_happens_to_it(tmp_path: Path) -> None:
    seed = os.environ.get("FIRE_SEED", random.randrange(2**32))
    report = fire(tmp_path, "--seconds", str(SECONDS), "--seed", str(seed))
    assert report["wrong"] == []
    counts = report["counts"]
    assert "accepted" not in counts
    for what in ("opened", "refreshed", "signed out", "refused", "live and accepted"):
        assert counts.get(what, 0) > 20, f"the fire was no fire: {counts}"


def test_the_checkers_would_notice_a_sign_out_that_is_answered_too_early(tmp_path: Path) -> None:
    report = fire(tmp_path, "--seconds", "60", "--seed", "1", "--credulous")
    assert any("answered 200 to a token that was over" in wrong for wrong in report["wrong"]), report
