"""Keys that come, go and make no sense, and answers that make none."""

from __future__ import annotations

from typing import Any

from people import ADA
from signing import NEW, ONE, TWO, Key, Token, jwks
from steps import (
    NODE,
    Scenario,
    Step,
    answer,
    body,
    check,
    everybody,
    expect,
    keys,
    lease,
    news,
    session,
    subject,
)


def key_sets() -> list[Scenario]:
    """Keys that come, go and make no sense."""
    swapped = Key("one", seed="swapped")
    one = ONE.jwk
    without = {name: value for name, value in one.items() if name != "y"}
    bad = {
        "nothing": "",
        "an array": "[]",
        "an object with nothing in it": "{}",
        "no key": jwks(),
        "keys that are no array": '{"keys":{}}',
        "two keys of one id": jwks(ONE, ONE),
        "a coordinate that is too long": jwks(one | {"x": "A" + one["x"]}),
        "a coordinate that is missing": jwks(without),
        "a point that is not on the curve": jwks(one | {"x": "A" * 43, "y": "A" * 43}),
        "another algorithm than the key's": jwks(one | {"alg": "HS256"}),
        "a key without an id": jwks({name: value for name, value in one.items() if name != "kid"}),
        "an empty id": jwks(one | {"kid": ""}),
        "a private key": jwks(one | {"d": "AAAA"}),
        "only keys for other things": jwks(one | {"use": "enc"}, {"kty": "RSA", "kid": "r", "n": "AQAB", "e": "AQAB"}),
        "a good key beside a broken one": jwks(ONE, TWO.jwk | {"x": "AAAA"}),
        "keys that stand twice": f'{{"keys":[],"keys":{jwks(ONE)[8:-1]}}}',
    }
    return [
        *(
            Scenario(
                f"a key set with {what} is not taken over",
                [lease(), keys(text, taken=False), check(ADA, "accepted"), check(Token(TWO), "accepted")],
            )
            for what, text in bad.items()
        ),
        Scenario(
            "a token of a key that has gone is refused, though it was accepted before",
            [
                *(lease(), check(ADA, "accepted"), check(Token(TWO), "accepted"), keys(jwks(TWO))),
                *(check(ADA, "unknown_key"), check(Token(TWO), "accepted")),
                *(keys(jwks(ONE, TWO)), check(ADA, "accepted")),
            ],
        ),
        Scenario(
            "another key under an old id takes its tokens away",
            [lease(), check(ADA, "accepted"), keys(jwks(swapped)), check(ADA, "bad_signature")]
            + [check(Token(swapped), "accepted")],
        ),
        Scenario(
            "a new key's token is taken once the key is here",
            [lease(), check(Token(NEW), "unknown_key"), keys(jwks(ONE, TWO, NEW)), check(Token(NEW), "accepted")],
        ),
        Scenario(
            "keys for other things are passed over",
            [
                lease(),
                keys(
                    jwks(ONE, one | {"use": "enc", "kid": "enc"}, {"kty": "RSA", "kid": "r", "n": "AQAB", "e": "AQAB"})
                ),
                *(check(ADA, "accepted"), check(Token(Key("enc", seed="one")), "unknown_key")),
            ],
        ),
        Scenario(
            "a key that does not say what it is for is for this",
            [
                lease(),
                keys(jwks({name: value for name, value in one.items() if name not in ("use", "alg")})),
                check(ADA, "accepted"),
            ],
        ),
    ]


def answers() -> list[Scenario]:
    """Answers that are not understood in every part: a record passed over is a sign-out that is not heard of."""
    good = session(1)

    def spoilt(name: str, *records: Step, **how: Any) -> tuple[str, str]:
        return name, body(*records, **how)

    def without(record: Step, name: str) -> Step:
        return {member: value for member, value in record.items() if member != name}

    bad = [
        spoilt("a kind that nobody knows", good | {"kind": "device"}),
        spoilt("a session without an id", without(good, "id")),
        spoilt("an id that is none", good | {"id": "x"}),
        spoilt("an id with bits left over", good | {"id": "A" * 21 + "B"}),
        spoilt("a subject without a version", without(subject("ada", 1), "version")),
        spoilt("a version below nothing", subject("ada", -1)),
        spoilt("a version that is a text", subject("ada", 1) | {"version": "1"}),
        spoilt("a subject without a name", without(subject("ada", 1), "subject")),
        spoilt("a session to keep that is none", subject("ada", 1) | {"except": "x"}),
        spoilt("an end of everybody without an epoch", without(everybody(1), "version")),
        spoilt("a record without a time to go", without(good, "until")),
        spoilt("a record that never goes", good | {"until": 2**63 - 1}),
        spoilt("a record that was to go before 1970", good | {"until": -1}),
        spoilt("a number that is not behind the beginning", good, first=0),
        spoilt("a number beyond the head", good, head=0),
        ("one number twice", body(good, head=2).replace("]", ',{"seq":1,"kind":"all","version":1,"until":1}]')),
        ("a head before the beginning", body(after=5, head=4)),
        spoilt("a lease of less than nothing", good, milliseconds=-1),
        spoilt("a lease of more than an hour", good, milliseconds=3_600_001),
        spoilt("a node that is none", good, node="here"),
        ("no node", body(good).replace(f'"node":"{NODE}",', "")),
        ("no lease", body(good).replace('"lease_ms":3000,', "")),
        ("no version of the keys", body(good).replace('"keys_version":"k1",', "")),
        ("no records", body().replace(',"revocations":[]', "")),
        ("half an answer", body(good)[:-2]),
        ("nothing", ""),
        ("an empty object", "{}"),
        ("a page of HTML", "<!doctype html><title>502 Bad Gateway</title>"),
        ("null", "null"),
    ]
    return [
        *(
            Scenario(
                f"an answer with {what} is not applied",
                [answer(text, taken=False), expect(applied=0, held=0, live=False), check(ADA, "stale")],
            )
            for what, text in bad
        ),
        Scenario(
            "an answer that is not applied takes nothing away",
            [news(session(2)), answer("{}", taken=False), check(ADA, "accepted"), expect(applied=1, live=True)],
        ),
        Scenario(
            "members that nobody knows are passed over",
            [
                answer(body(good | {"reason": "signed_out"}).replace("{", '{"more":{"a":[1]},', 1)),
                *(expect(applied=1, live=True), check(ADA, "ended")),
            ],
        ),
        Scenario(
            "a session to keep that is null is none",
            [news(subject("ada", 1) | {"except": None}), check(ADA, "ended")],
        ),
    ]
