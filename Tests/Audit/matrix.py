"""Writes docs/audit-zoo.md, which says what `exeunt audit` finds in applications of which the truth is known.

python -m Audit.matrix                 audit them all, and write the page
python -m Audit.matrix --check         audit them all, and write nothing; exit 1 when the page says otherwise
python -m Audit.matrix --show NAME …   audit those whose names contain one of these, and say what was found
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable

from .auditor import ROOT, known_probes
from .case import Case
from .held_out.catalogue import CASES as HELD_OUT
from .judgement import Judgement, listing, measure_all
from .unseen.catalogue import CASES as UNSEEN
from .unseen.catalogue import first_measure
from .zoo.catalogue import CASES as ZOO

PAGE = ROOT / "docs/audit-zoo.md"

INTRODUCTION = """# What the audit finds

<!-- Made by scripts/audit-zoo.sh; do not edit. -->

`exeunt audit` is measured on applications of which the truth is known. Each of those in `Tests/Audit/zoo` is right but
for one fault, which says what is wrong, why people write it so, and which probe should find it; some are right, and
nothing may be found in them. A second set, `Tests/Audit/held_out`, is written in another manner and was not looked at
while the probes were written; a probe that missed something there was mended by the kind of the mistake alone. A third,
`Tests/Audit/unseen`, was written later by somebody who had not read the probes: small applications in Flask, in Express
and on no framework, each with one mistake from the trackers of real software. It was measured once before anything was
changed for it, and that stays in the table.

**Found** is a true finding, by the right probe and with the right verdict; **missed** a fault that its probe did not
find; **wrong** a finding where there is nothing to find. Precision is found / (found + wrong), recall
found / (found + missed).

A real browser is looked through in the correct applications and in those with a fault that shows there. The others are
audited with `--no-browser`: it takes several times as long as all other probes together, and they are the correct ones
but for a fault elsewhere.
"""

AFTER_THE_FIRST_MEASURE = """The findings that were counted as wrong in that first measure were looked at one by one.
`refresh-race` and `cross-site-post` were right, and what had been written as right was not: the API that several
applications share ended nothing when a client signed out with a refresh token that had just been spent, and the office
deleted its cookie at the request of any site. Both were mended. `old-session-after-sign-in` was found twice in
applications whose sessions nothing can end, which `session-cookie-replay` had said already; it follows that now.
What is in the set now and was not then is in `later.py`: added because software that others wrote showed mistakes of
the audit.
"""


def totals(title: str, judgements: list[Judgement]) -> str:
    """A row of the table of totals."""
    found, missed, wrong = (
        sum(len(findings) for findings in column)
        for column in zip(*((each.found, each.missed, each.wrong) for each in judgements), strict=True)
    )
    correct = sum(each.case.is_correct for each in judgements)
    numbers = [len(judgements) - correct, correct, found, missed, wrong, share(found, wrong), share(found, missed)]
    return " | ".join([f"| {title}", *map(str, numbers)]) + " |\n"


def share(found: int, besides: int) -> str:
    """A percentage, rounded down."""
    return f"{100 * found // (found + besides)} %" if found + besides else "none"


def row(judgement: Judgement) -> str:
    """A row of a table of applications."""
    case = judgement.case
    said = [listing(judgement.found)] if judgement.found else []
    said += [f"**missed:** {listing(judgement.missed)}"] if judgement.missed else []
    said += [f"**wrong:** {listing(judgement.wrong)}"] if judgement.wrong else []
    said += [f"**could not tell:** {', '.join(sorted(judgement.unsure))}"] if judgement.unsure else []
    said += [f"**could not be run:** {judgement.error.strip()}"] if judgement.error else []
    said += [f"no probe yet: {', '.join(sorted(judgement.unprobed))}"] if judgement.unprobed else []
    return f"| `{case.name}` | {case.says} | {'; '.join(said) or 'nothing, rightly'} |\n"


def table(judgements: Iterable[Judgement]) -> str:
    """A table of applications."""
    return "| application | what is wrong | found |\n| --- | --- | --- |\n" + "".join(map(row, judgements))


def by_probe(judgements: list[Judgement], probes: Iterable[str]) -> str:
    """A table of the probes, and of the applications in which each found something."""
    lines = "| probe | finds |\n| --- | --- |\n"
    for probe in probes:
        names = [f"`{each.case.name}`" for each in judgements if probe in {found for found, _ in each.found}]
        lines += f"| `{probe}` | {', '.join(names) or 'nothing here has that fault'} |\n"
    return lines


def page(zoo: list[Judgement], held_out: list[Judgement], unseen: list[Judgement], probes: Iterable[str]) -> str:
    """The whole page."""
    groups: dict[str, list[Judgement]] = {}
    for each in zoo:
        groups.setdefault(each.case.group.replace("_", " "), []).append(each)
    head = (
        "| set | with a fault | correct | found | missed | wrong | precision | recall |\n"
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n"
    )
    rows = totals("zoo", zoo) + totals("held out", held_out)
    rows += totals("unseen, measured before anything was changed", first_measure()) + totals("unseen, now", unseen)
    parts = [INTRODUCTION, head + rows, AFTER_THE_FIRST_MEASURE]
    parts += ["## The zoo\n"]
    for group, judgements in groups.items():
        parts += [f"### {group.capitalize()}\n", table(judgements)]
    parts += ["## Held out\n", table(held_out), "## Unseen\n", table(unseen)]
    parts += ["## The probes\n", by_probe(zoo + held_out + unseen, probes)]
    return "\n".join(parts)


def show(cases: list[Case], probes: Iterable[str]) -> None:
    """Says what was found, and what is not right about it."""
    for each in measure_all(cases, probes):
        verdict = "right" if each.is_right else each.complaint()
        print(f"{each.case.name}: {each.requests} requests, found {listing(each.found) or 'nothing'}: {verdict}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--check", action="store_true", help="compare only; exit 1 when the page is out of date")
    parser.add_argument("--show", nargs="+", metavar="NAME", help="audit some, and write nothing")
    arguments = parser.parse_args()
    probes = known_probes()
    if arguments.show:
        cases = ZOO + HELD_OUT + UNSEEN
        return show([case for case in cases if any(part in case.name for part in arguments.show)], probes)
    zoo, held_out, unseen = (measure_all(cases, probes) for cases in (ZOO, HELD_OUT, UNSEEN))
    text = page(zoo, held_out, unseen, probes)
    for each in zoo + held_out + unseen:
        if not each.is_right:
            print(each.complaint(), file=sys.stderr)
    if not arguments.check:
        PAGE.write_text(text, encoding="utf-8")
    elif not PAGE.exists() or PAGE.read_text(encoding="utf-8") != text:
        sys.exit(f"{PAGE.relative_to(ROOT)} is out of date: run scripts/audit-zoo.sh")
    return None


if __name__ == "__main__":
    main()
