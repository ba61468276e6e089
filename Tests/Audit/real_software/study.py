"""Audits software that others wrote, and writes docs/study.md.

python -m Audit.real_software.study            audit it all, and write the page
python -m Audit.real_software.study --check    audit it all, and write nothing; exit 1 when the page says otherwise
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

from ..auditor import ROOT, Report, audit
from ..zoo.accounts import ADA
from ..zoo.specimen import RATE_PER_SECOND
from .dokuwiki_site import PACKAGE
from .remarks import REMARKS
from .targets import SOFTWARE, Software

PAGE = ROOT / "docs/study.md"
PACKAGES = Path(os.environ.get("AUDITED_PACKAGES", ROOT / ".build/audited-software"))

DEBIAN = Path("/usr/share/nodejs")
"""Where Debian keeps packages for Node."""

PATIENCE = 900
"""Seconds until an audit is given up: Django takes a second over each password, on purpose."""

INTRODUCTION = """# What the audit says of software that others wrote

<!-- Made by scripts/audit-study.sh; do not edit. -->

Each was started with its usual configuration on this machine, without TLS, and audited as anybody would. A finding says
what an outsider sees, not that its authors were careless: many are documented decisions, and whose each is, the
framework's or the sample's, is said beside it. The last column tells what to do about it.
"""


@contextmanager
def running(software: Software) -> Iterator[str]:
    """The URL of a piece of software that runs meanwhile."""
    module, *arguments = software.command
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'Tests'}:{PACKAGES}", "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", f"Audit.real_software.{module}", *arguments]
    if module.endswith(".cjs"):
        environment["NODE_PATH"] = str(DEBIAN)
        command = ["node", str(Path(__file__).parent / module), *arguments]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            yield f"http://127.0.0.1:{int(line)}"
        finally:
            process.terminate()


def examine(software: Software) -> Report:
    """What an audit says of a piece of software."""
    user = {"name": ADA.name, "password": "${AUDIT_PASSWORD}"}
    with running(software) as url:
        target: dict[str, Any] = {"base": url, "rate": RATE_PER_SECOND, "user": user}
        return audit(target | software.tour, patience=PATIENCE)


def section(software: Software, report: Report, versions: dict[str, str]) -> str:
    """What is said of one piece of software."""
    which = ", ".join(f"{name} {versions[name.lower().replace('-', '_')]}" for name in software.packages)
    lines = [f"## {software.title}\n", f"{which}. {software.configuration}\n"]
    passed = len(report.probes("pass"))
    lines += [f"{passed} probes pass. {', '.join(sorted(report.probes('could-not-tell'))) or 'None'} could not tell.\n"]
    rows = [
        f"| `{probe}` | {verdict} | {report.titles[probe]} | {REMARKS[software.command][probe]} |"
        for probe, verdict in report.verdicts.items()
        if verdict in ("fail", "warning")
    ]
    lines += ["| probe | verdict | what should be | whose decision, and what to do |\n| --- | --- | --- | --- |"]
    return "\n".join(lines + rows) + "\n" if rows else "\n".join(lines[:-1]) + "\nNothing was found.\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--check", action="store_true", help="compare only; exit 1 when the page is out of date")
    arguments = parser.parse_args()
    found = distributions(path=[str(PACKAGES)])
    versions = {each.metadata["Name"].lower().replace("-", "_"): each.version for each in found}
    for name in ("express", "passport", "cookies"):
        versions[name] = json.loads((DEBIAN / name / "package.json").read_text(encoding="utf-8"))["version"]
    if (release := PACKAGE / "VERSION").exists():
        versions["dokuwiki"] = release.read_text(encoding="utf-8").split()[0]
        versions["php"] = subprocess.check_output(["php", "-r", "echo PHP_VERSION;"], text=True)
    sections = [section(software, examine(software), versions) for software in SOFTWARE]
    text = "\n".join([INTRODUCTION, *sections])
    if not arguments.check:
        PAGE.write_text(text, encoding="utf-8")
    elif not PAGE.exists() or PAGE.read_text(encoding="utf-8") != text:
        sys.exit(f"{PAGE.relative_to(ROOT)} is out of date: run scripts/audit-study.sh")


if __name__ == "__main__":
    main()
