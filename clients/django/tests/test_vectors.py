"""The vectors that every verifier runs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from exeunt_django.settlement.clock import ClockReading
from exeunt_django.settlement.feed import FeedFault, read_answer
from exeunt_django.tokens.errors import VerificationError
from exeunt_django.tokens.keys import KeyFault, PublicKeys
from exeunt_django.tokens.rules import TokenRules
from exeunt_django.verifier import Progress, TokenVerifier

FOLDER = Path(__file__).resolve().parents[2] / "vectors"


class Player:
    """Plays one scenario to a verifier."""

    def __init__(self, file: dict[str, Any]) -> None:
        self.now = ClockReading(file["moment_ms"], file["wall_ms"])
        rules = TokenRules(file["issuer"], file["audience"], file["clock_skew_ms"])
        self.verifier = TokenVerifier(rules, lambda: self.now)
        self.polls: dict[str, ClockReading] = {}
        assert self.take_keys(file["keys"])

    def take_keys(self, text: str) -> bool:
        """Whether a key set is taken over."""
        fetch = self.verifier.begin_fetch()
        try:
            keys = PublicKeys(text.encode("utf-8", "surrogatepass"))
        except KeyFault:
            return False
        self.verifier.replace_keys(keys, fetch, None)
        return True

    def take_answer(self, text: str, to: str | None) -> bool:
        """Whether an answer of the feed is applied."""
        body = text.encode("utf-8", "surrogatepass")
        asked = self.now if to is None else self.polls[to]
        before = self.verifier.position
        try:
            answer = read_answer(body)
        except FeedFault:
            return False
        progress = self.verifier.apply(answer, asked)
        return progress is not Progress.NOTHING or self.verifier.position != before

    def find(self, token: str) -> str:
        """What is found of a token."""
        try:
            self.verifier.verify(token)
        except VerificationError as error:
            return error.refusal.value
        return "accepted"

    def play(self, step: dict[str, Any]) -> None:
        """Does what the step says, and looks whether what comes of it is what it says."""
        match step["do"]:
            case "pass":
                self.now = ClockReading(self.now.moment + step["milliseconds"], self.now.wall + step["milliseconds"])
            case "set_wall":
                self.now = self.now._replace(wall=self.now.wall + step["by_milliseconds"])
            case "poll":
                self.polls[step["name"]] = self.now
            case "answer":
                assert self.take_answer(step["text"], step.get("to")) == step["taken"]
            case "keys":
                assert self.take_keys(step["text"]) == step["taken"]
            case "check":
                assert self.find(step["token"]) == step["found"]
            case "stop":
                self.verifier.stop()
            case "expect":
                status = self.verifier.status
                found = {"applied": status.applied, "held": status.revocations, "live": status.state == "live"}
                wanted = {name: value for name, value in step.items() if name in found}
                assert {name: found[name] for name in wanted} == wanted
            case unknown:
                pytest.fail(f"the step {unknown!r} is not known")


def scenarios() -> list[Any]:
    files = sorted(FOLDER.glob("*.json"))
    assert files, f"there are no vectors in {FOLDER}"
    return [
        pytest.param(file, scenario["steps"], id=f"{path.stem}: {scenario['name']}")
        for path in files
        for file in [json.loads(path.read_text())]
        for scenario in file["scenarios"]
    ]


@pytest.mark.parametrize(("file", "steps"), scenarios())
def test_every_verifier_makes_the_same_of_what_it_hears(file: dict[str, Any], steps: list[dict[str, Any]]) -> None:
    player = Player(file)
    for number, step in enumerate(steps, 1):
        try:
            player.play(step)
        except AssertionError as error:
            raise AssertionError(f"step {number}, {step['do']}: {error}\n{str(step)[:2000]}") from error
