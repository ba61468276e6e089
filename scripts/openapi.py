#!/usr/bin/env python3
"""Make the JSON form of docs/openapi.yaml that the server embeds, or check that both agree.

scripts/openapi.py            write the JSON
scripts/openapi.py --check    write nothing; exit 1 when they differ
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "docs/openapi.yaml"
TARGET = ROOT / "Sources/ExeuntHTTP/Pages/Assets/openapi.json"


def faults(value: object, where: str = "#") -> list[str]:
    """Everything that YAML can say and JSON cannot."""
    if isinstance(value, dict):
        keys = [f"{where}: the key {key!r} is not a string" for key in value if not isinstance(key, str)]
        return keys + [fault for key, item in value.items() for fault in faults(item, f"{where}/{key}")]
    if isinstance(value, list):
        return [fault for index, item in enumerate(value) for fault in faults(item, f"{where}/{index}")]
    if value is None or isinstance(value, (str, int, float)):
        return []
    return [f"{where}: {type(value).__name__} has no JSON form"]


def unused(document: dict[str, dict[str, dict[str, object]]], text: str) -> list[str]:
    """Components that nothing refers to."""
    return [
        f"#/components/{kind}/{name}: nothing refers to it"
        for kind, entries in document["components"].items()
        if kind != "securitySchemes"
        for name in entries
        if f'"#/components/{kind}/{name}"' not in text
    ]


def render() -> str:
    """The JSON text, on one line; exits with what is wrong when the YAML has no such form."""
    document = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))
    found = faults(document)
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n" if not found else ""
    found += unused(document, text) if text else []
    if found:
        sys.exit("\n".join(found))
    return text


def validate(text: str) -> None:
    """Check it against the OpenAPI specification, where the validator is installed."""
    try:
        from openapi_spec_validator import validate as check
    except ImportError:
        print("openapi-spec-validator is not installed: the file is compared, not validated", file=sys.stderr)
        return
    check(json.loads(text))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--check", action="store_true", help="compare only; exit 1 when the JSON is out of date")
    arguments = parser.parse_args()
    text = render()
    validate(text)
    if not arguments.check:
        TARGET.parent.mkdir(parents=True, exist_ok=True)
        TARGET.write_text(text, encoding="utf-8")
    elif not TARGET.exists() or TARGET.read_text(encoding="utf-8") != text:
        sys.exit(f"{TARGET.relative_to(ROOT)} is out of date: run scripts/openapi.py")


if __name__ == "__main__":
    main()
