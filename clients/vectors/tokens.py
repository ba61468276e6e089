"""Each check of an access token (RFC 9068 section 4, RFC 8725 section 3), with a token that fails it alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from signing import ISSUER, NEW, NOW, ONE, START_MS, TWO, Key, Raw, Token, base64url, identifier, text_of
from steps import Scenario, check, lease, skip

GREATEST = 2**63 - 1


def scenarios() -> list[Scenario]:
    """All of them."""
    return [
        Scenario(name, [lease(), check(text, found)])
        for cases in (_good(), _bad_headers(), _bad_payloads(), _bad_texts())
        for name, text, found in cases
    ] + _times()


Case = tuple[str, str, str]


def _good() -> Iterator[Case]:
    yield "a good token", Token().text, "accepted"
    yield "a good token of the other algorithm", Token(TWO).text, "accepted"
    yield "the long form of the type, in another case", _header("typ", "application/AT+JWT").text, "accepted"
    yield "an audience that is no array", Token(aud=ISSUER).text, "accepted"
    yield "an audience among others", Token(aud=["https://a.example", ISSUER]).text, "accepted"
    yield "claims that nobody here knows", Token(cnf={"jkt": {"a": [1, {"a": 2}]}}).text, "accepted"
    yield "a subject of many scripts", Token(sub='Ada "é" 樹\u2028').text, "accepted"
    yield "a slash that is escaped", Token(sub=Raw(r'"a\/b"')).text, "accepted"


def _bad_headers() -> Iterator[Case]:
    none = Token().with_header("alg", "none")
    yield "no signature at all", none.signed_by(b""), "bad_signature"
    yield "alg none, and a good signature all the same", none.text, "bad_signature"
    secrets = {"the public key's bytes": b"".join(ONE.coordinates), "the key set": json.dumps(ONE.jwk).encode()}
    for what, secret in secrets.items():
        yield f"HS256 with {what} as the secret", _header("alg", "HS256").with_mac(secret), "bad_signature"
        yield f"a MAC with {what} that says it is ES256", Token().with_mac(secret), "bad_signature"
    yield "EdDSA in the name of a key of ES256", _header("kid", "one", key=TWO).text, "bad_signature"
    yield "another algorithm's name over a good signature", _header("alg", "ES256", key=TWO).text, "bad_signature"
    yield "another key of the same id", Token(Key("one", seed="stranger")).text, "bad_signature"
    yield "another Ed25519 key of the same id", Token(Key("two", "EdDSA", seed="stranger")).text, "bad_signature"
    own = NEW.jwk
    yield "a key of its own in the header", _header("jwk", own, key=Key("one", seed="new")).text, "bad_signature"
    yield "a key that there is not", Token(NEW).text, "unknown_key"
    yield "no kid", _header("kid").text, "unknown_key"
    yield "an empty kid", _header("kid", "").text, "unknown_key"
    yield "a kid that is no string", _header("kid", 1).text, "unknown_key"
    yield "a kid that objects have by nature", _header("kid", "__proto__").text, "unknown_key"
    for typ in ("JWT", "at+jwt2", "", None, "logout+jwt", "secevent+jwt"):
        yield f"a type that is {json.dumps(typ)}", _header("typ", typ).text, "wrong_type"
    yield "no type", _header("typ").text, "wrong_type"
    for crit in (["b64"], ["exp"], [], None):
        yield f"crit that is {json.dumps(crit)}", _header("crit", crit).text, "malformed"
    yield "a kid that stands twice", _header("kid", "one", "one").text, "malformed"


def _header(name: str, *values: Any, key: Key = ONE) -> Token:
    return Token(key).with_header(name, *values)


BAD_CLAIMS: list[tuple[str, Any, str]] = [
    ("iss", ISSUER + "/", "wrong_issuer"),
    ("iss", "https://evil.example.com", "wrong_issuer"),
    ("aud", [ISSUER + "/"], "wrong_audience"),
    ("aud", [], "wrong_audience"),
    ("aud", ["https://accounts.example.co"], "wrong_audience"),
    ("aud", 7, "malformed"),
    ("aud", [ISSUER, 7], "malformed"),
    ("sub", "", "malformed"),
    ("sub", 7, "malformed"),
    ("sub", None, "malformed"),
    ("jti", "A" * 21, "malformed"),
    ("jti", "A" * 21 + "B", "malformed"),
    ("jti", "A" * 24, "malformed"),
    ("jti", "A" * 22 + "==", "malformed"),
    ("sid", "../../../etc/passwd.", "malformed"),
    ("ver", -1, "malformed"),
    ("ver", "0", "malformed"),
    ("gen", Raw("1.5"), "malformed"),
    ("gen", "0", "malformed"),
    ("gen", True, "malformed"),
    ("exp", GREATEST, "malformed"),
    ("exp", -1, "malformed"),
    ("exp", None, "malformed"),
    ("exp", str(NOW + 900), "malformed"),
    ("exp", NOW, "malformed"),
    ("iat", GREATEST, "malformed"),
    ("nbf", "soon", "malformed"),
    ("nbf", None, "malformed"),
    ("client_id", 1, "malformed"),
    ("auth_time", GREATEST, "malformed"),
]


def _bad_payloads() -> Iterator[Case]:
    for name, value, found in BAD_CLAIMS:
        yield f"{name} that is {value if isinstance(value, Raw) else json.dumps(value)}", _claim(name, value), found
    for name in ("iss", "sub", "aud", "exp", "iat", "jti", "client_id", "sid", "ver", "gen", "auth_time"):
        yield f"no {name}", _claim(name), "malformed"
    for name, value in [("iss", ISSUER), ("sub", "ada"), ("sub", "grace"), ("exp", NOW + 9000), ("zzz", 1)]:
        yield f"{name} that stands twice, the second {json.dumps(value)}", _twice(name, value), "malformed"
    escaped = Token()
    escaped.payload.append(("\x00", "grace"))
    yield "a name with an escape", _swapped(escaped, r"\u0000", r"\u0073ub"), "malformed"


def _claim(name: str, *values: Any) -> str:
    return Token().with_payload(name, *values).text


def _twice(name: str, value: Any) -> str:
    token = Token() if name != "zzz" else Token(zzz=1)
    token.payload.append((name, value))
    return token.text


def _swapped(token: Token, old: str, new: str) -> str:
    """The token with other letters in its payload, signed as they are."""
    payload = text_of(token.payload).replace(old, new)
    signed = ".".join(base64url(part.encode()) for part in (text_of(token.header), payload))
    return f"{signed}.{base64url(token.key.sign(signed))}"


def _bad_texts() -> Iterator[Case]:
    good = Token().text
    header, payload, signature = good.split(".")
    texts = {
        "an empty text": "",
        "dots": "." * 200,
        "two dots": "..",
        "letters": "A" * 200,
        "letters of another alphabet": "é" * 100,
        "three parts that say nothing": f"{'A' * 60}.{'A' * 60}.{'A' * 86}",
        "a token that is too long": Token(zzz="z" * 4096).text,
        "a good token and a dot": good + ".",
        "a good token and a fourth part": good + ".AAAA",
        "a good token after a dot": "." + good,
        "padding": good + "=",
        "a space behind it": good + " ",
        "a space before it": " " + good,
        "a line's end behind it": good + "\n",
        "two tokens in a row": good + good,
        "bits left over in the header": _stray(header) + f".{payload}.{signature}",
        "a header that is an array": f"{base64url(b'[]')}.{payload}.{signature}",
        "plain base64": good.replace("-", "+").replace("_", "/") if "-" in good or "_" in good else good + "+",
    }
    for name, text in texts.items():
        yield name, text, "malformed"
    yield "no signature", f"{header}.{payload}.", "bad_signature"
    yield "no payload", f"{header}..{signature}", "bad_signature"
    yield "the first two parts in turn", f"{payload}.{header}.{signature}", "wrong_type"
    yield "a signature that is a letter short", good[:-1], "malformed"
    for place in (0, 31, 32, 63):
        spoilt = bytearray(ONE.sign(Token().signed))
        spoilt[place] ^= 1
        yield f"a bit of byte {place} of the signature turned", Token().signed_by(bytes(spoilt)), "bad_signature"
    yield "a signature of zeros", Token().signed_by(bytes(64)), "bad_signature"
    yield "a signature in DER", _der(Token()), "bad_signature"


def _stray(part: str) -> str:
    """The part with a letter more that stands for no byte."""
    return part + "A" * (5 - len(part) % 4 if len(part) % 4 != 0 else 1)


def _der(token: Token) -> str:
    signature = token.key.sign(token.signed)
    halves = [signature[:32], signature[32:]]
    numbers = [half.lstrip(b"\0") for half in halves]
    numbers = [b"\0" + number if number[0] & 0x80 else number for number in numbers]
    body = b"".join(b"\x02" + bytes([len(number)]) + number for number in numbers)
    return token.signed_by(b"\x30" + bytes([len(body)]) + body)


def _times() -> list[Scenario]:
    def long_lease() -> dict[str, Any]:
        return lease(milliseconds=3_600_000)

    good = Token().text
    return [
        Scenario(
            "a token is good until it expires, and the skew after that",
            [
                long_lease(),
                *(skip(900_000), check(good, "accepted"), skip(4_999), check(good, "accepted")),
                *(skip(1), check(good, "expired"), check(Token(jti=identifier(7, 2)).text, "expired")),
            ],
        ),
        Scenario(
            "a token from the future, beyond the skew",
            [
                lease(),
                check(Token(now=NOW + 5).text, "accepted"),
                check(Token(now=NOW + 6).text, "not_yet_valid"),
                check(Token(nbf=NOW + 5).text, "accepted"),
                check(Token(nbf=NOW + 6).text, "not_yet_valid"),
            ],
        ),
        Scenario(
            "a token that was from the future is good once its time has come",
            [
                long_lease(),
                check(Token(now=NOW + 8).text, "not_yet_valid"),
                skip(3_000),
                check(Token(now=NOW + 8).text, "accepted"),
            ],
        ),
        Scenario(
            "what is wrong with a token is told before its age",
            [lease(), check(Token(now=START_MS // 1000 - 9_000, iss="https://evil.example").text, "wrong_issuer")],
        ),
    ]
