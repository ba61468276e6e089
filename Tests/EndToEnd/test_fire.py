"""A minute of the long run that `make fire` does: see fire.py."""

from __future__ import annotations

import json
import os
import random
from pathlib import Path

from fire import Fire

SECONDS = float(os.environ.get("FIRE_SECONDS", "50"))


def test_no_verifier_accepts_what_was_signed_out_whatever_happens_to_it(tmp_path: Path) -> None:
    seed = int(os.environ.get("FIRE_SEED", random.randrange(2**32)))
    print(f"FIRE_SEED={seed}")
    report = Fire(tmp_path, seed).run(SECONDS)
    print(json.dumps(report, indent=2))
    assert report["wrong"] == []
    counts = report["counts"]
    assert "accepted" not in counts
    for what in ("opened", "refreshed", "signed out", "refused", "live and accepted"):
        assert counts.get(what, 0) > 20, f"the fire was no fire: {counts}"


def test_the_checkers_would_notice_a_sign_out_that_is_answered_too_early(tmp_path: Path) -> None:
    report = Fire(tmp_path, seed=1, credulous=True).run(60)
    assert any("answered 200 to a token that was over" in wrong for wrong in report["wrong"]), report
