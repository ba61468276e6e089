"""The authority's public keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from jwt.algorithms import Algorithm, ECAlgorithm, OKPAlgorithm
from jwt.exceptions import InvalidKeyError

from .. import limits
from .base64url import decode
from .json_object import read_object

_ECDSA: Algorithm = ECAlgorithm(ECAlgorithm.SHA256)
_EDDSA: Algorithm = OKPAlgorithm()


class KeyFault(ValueError):
    """A key set that cannot be what the authority meant."""


@dataclass(frozen=True)
class PublicKey:
    """A public key, which fixes the algorithm: what a token says of it is only compared (RFC 8725 §3.1)."""

    algorithm: str
    point: tuple[str, ...]
    """The coordinates as they are written; two keys are the same when these are."""
    _verifier: Algorithm
    _key: Any

    def is_signature(self, signature: bytes, message: bytes) -> bool:
        """Whether the key has signed the message."""
        return self._verifier.verify(message, self._key, signature)


class PublicKeys:
    """The authority's public keys, by their ids (RFC 7517 §5)."""

    def __init__(self, jwks: bytes | None = None) -> None:
        """The keys of a JWKS that sign tokens; without one no key, so that no token is genuine.

        Keys of other kinds or for other uses are passed over (RFC 7517 §5); one of ours that is not well-formed spoils
        the set, because then it is not known which tokens it should have let in. Raises `KeyFault`.
        """
        self._keys: dict[str, PublicKey] = {}
        if jwks is None:
            return
        entries = (read_object(jwks) or {}).get("keys")
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            raise KeyFault("the keys are no JWKS")
        if len(entries) > limits.KEYS:
            raise KeyFault(f"there are more than {limits.KEYS} keys")
        for entry in entries:
            self._add(entry)
        if not self._keys:
            raise KeyFault("there is no key that signs")

    def __getitem__(self, kid: str) -> PublicKey | None:
        """The key of an id; none where there is no such key."""
        return self._keys.get(kid)

    def has_all(self, other: PublicKeys) -> bool:
        """Whether every key of `other` is here, and is the same."""
        return all(
            (own := self._keys.get(kid)) is not None and (own.algorithm, own.point) == (key.algorithm, key.point)
            for kid, key in other._keys.items()
        )

    def _add(self, entry: dict[str, Any]) -> None:
        words = {name: entry.get(name) for name in ("kty", "kid", "use", "alg", "crv", "x", "y", "d")}
        if any(word is not None and not isinstance(word, str) for word in words.values()) or words["kty"] is None:
            raise KeyFault("the keys are no JWKS")
        if words["use"] not in (None, "sig"):
            return
        key = _read(words)
        if key is None:
            return
        kid = words["kid"]
        if not kid:
            raise KeyFault("a key has no id")
        if kid in self._keys:
            raise KeyFault("two keys have one id")
        self._keys[kid] = key


def _read(words: dict[str, Any]) -> PublicKey | None:
    """The key of a JWK (RFC 7517 §4, RFC 7518 §6.2, RFC 8037 §2); none where it is of another kind."""
    if (words["kty"], words["crv"]) == ("EC", "P-256"):
        algorithm, verifier, names = "ES256", _ECDSA, ["x", "y"]
    elif (words["kty"], words["crv"]) == ("OKP", "Ed25519"):
        algorithm, verifier, names = "EdDSA", _EDDSA, ["x"]
    else:
        return None
    point = tuple(_coordinate(words[name]) for name in names)
    if words["alg"] not in (None, algorithm):
        raise KeyFault("a key is not of its algorithm")
    if words["d"] is not None:
        raise KeyFault("a private key is among the public ones")
    public = {name: words[name] for name in ("kty", "crv", *names)}
    try:
        return PublicKey(algorithm, point, verifier, verifier.from_jwk(public))
    except (InvalidKeyError, ValueError) as error:
        raise KeyFault("a key is no point of its curve") from error


def _coordinate(text: str | None) -> str:
    if text is None or len(decode(text) or b"") != 32:
        raise KeyFault("a coordinate of a key has not 32 bytes")
    return text
