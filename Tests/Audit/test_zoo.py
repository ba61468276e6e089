"""Each fault is found by the probe that should find it and by no other, and correct applications come out clean."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from .auditor import known_probes
from .case import Case
from .held_out.catalogue import CASES as HELD_OUT
from .judgement import WORKERS, Judgement, measure
from .matrix import PAGE, page
from .unseen.catalogue import CASES as UNSEEN
from .zoo.catalogue import CASES as ZOO

LARGEST_AUDIT_REQUESTS = 500

Judged = Callable[[Case], Judgement]


@pytest.fixture(scope="session")
def probes() -> tuple[str, ...]:
    """The ids of all probes that the program has."""
    return known_probes()


@pytest.fixture(scope="session")
def judged(request: pytest.FixtureRequest, probes: tuple[str, ...]) -> Iterator[Judged]:
    """Audits what the chosen tests ask for, a few at a time, and gives what came of it."""
    names = [getattr(item, "callspec", None) for item in request.session.items]
    wanted = [each.params["case"] for each in names if each is not None and "case" in each.params]
    with ThreadPoolExecutor(WORKERS) as workers:
        audits: dict[str, Future[Judgement]] = {}

        def audit(case: Case) -> Future[Judgement]:
            key = f"{case.group}/{case.name}"
            if key not in audits:
                audits[key] = workers.submit(measure, case, probes)
            return audits[key]

        for case in wanted:
            audit(case)
        yield lambda case: audit(case).result()
        workers.shutdown(cancel_futures=True)


@pytest.mark.parametrize("case", ZOO, ids=lambda case: case.name)
def test_the_fault_is_found_and_nothing_else(case: Case, judged: Judged) -> None:
    judgement = judged(case)
    assert judgement.is_right, judgement.complaint()
    assert judgement.requests <= LARGEST_AUDIT_REQUESTS


@pytest.mark.parametrize("case", HELD_OUT, ids=lambda case: case.name)
def test_what_was_held_out_is_found_as_well(case: Case, judged: Judged) -> None:
    judgement = judged(case)
    assert judgement.is_right, judgement.complaint()


@pytest.mark.parametrize("case", UNSEEN, ids=lambda case: case.name)
def test_what_teams_write_by_mistake_is_found_too(case: Case, judged: Judged) -> None:
    judgement = judged(case)
    assert judgement.is_right, judgement.complaint()


def test_the_page_in_the_documentation_says_what_was_measured(judged: Judged, probes: tuple[str, ...]) -> None:
    zoo, held_out, unseen = ([judged(case) for case in cases] for cases in (ZOO, HELD_OUT, UNSEEN))
    text = page(zoo, held_out, unseen, probes)
    assert PAGE.read_text(encoding="utf-8") == text
