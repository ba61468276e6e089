"""All that can happen to several nodes, their database, their Redis and their verifiers: see faults.py."""

from __future__ import annotations

import os
import random
import shutil

import pytest

from faults import SOME_PAIRS
from faults_kinds import SINGLE
from fire_privacy import report_of

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.skipif(
        os.geteuid() != 0 or not shutil.which("nsenter"), reason="it takes root on Linux to have networks of its own"
    ),
]

SHOWN = {
    **{f"shown to follower {number}": 500 for number in (1, 2, 3)},
    **{f"shown to verifier {number}": 200 for number in (1, 2)},
    **{f"shown to node {number}": 50 for number in (1, 2, 3)},
    "shown to the mirror": 500,
    "signed out": 100,
    "signed out, not settled yet": 10,
    "delivered": 50,
    "live and accepted": 50,
    "in the end: sessions that are open": 1,
    "in the end: sessions that are over": 100,
}
"""What a run must at least have seen to be one."""


def test_nothing_ended_is_accepted_and_nothing_lost_whatever_happens_alone_and_in_pairs() -> None:
    report = report_of("faults.py", "--seed", os.environ.get("FAULTS_SEED", str(random.randrange(2**32))))
    assert report["wrong"] == []
    counts = report["counts"]
    assert not [name for name in SINGLE if not counts.get(f"fault: {name}")]
    assert counts["pairs of faults"] == SOME_PAIRS
    assert not {what: counts.get(what, 0) for what, least in SHOWN.items() if counts.get(what, 0) < least}


def test_the_witnesses_would_notice_a_careless_verifier_deleted_keys_and_a_lost_session() -> None:
    wrong = report_of("faults.py", "--seed", "1", "--careless")["wrong"]
    for noticed in ("follower 4 accepted", "the mirror accepted", "not in the list"):
        assert any(noticed in text for text in wrong), wrong
