"""Why a token is not accepted."""

from __future__ import annotations

from enum import Enum


class Refusal(str, Enum):
    """Why a token is not accepted."""

    MALFORMED = "malformed"
    """It is not a token of the authority's form."""
    WRONG_TYPE = "wrong_type"
    """It is signed, but it is not an access token (RFC 9068 §4, `typ`)."""
    UNKNOWN_KEY = "unknown_key"
    """It names no key, or none that the authority has."""
    BAD_SIGNATURE = "bad_signature"
    """The signature is not that key's, or not of that key's algorithm."""
    WRONG_ISSUER = "wrong_issuer"
    """Somebody else issued it."""
    WRONG_AUDIENCE = "wrong_audience"
    """It is meant for somebody else."""
    NOT_YET_VALID = "not_yet_valid"
    """It is from the future."""
    EXPIRED = "expired"
    ENDED = "ended"
    """Its session, or the token itself, has been ended."""
    STALE = "stale"
    """Whether it has been ended cannot be known now; the same token may be accepted later."""

    @property
    def is_mended_by_refresh(self) -> bool:
        """Whether a new access token is likely to be accepted where this one is refused.

        A slow clock, or another issuer or audience than the authority's, refuses the next one just as well: the refresh
        token would be exchanged with every request, for ever.
        """
        return self in (
            Refusal.MALFORMED,
            Refusal.UNKNOWN_KEY,
            Refusal.BAD_SIGNATURE,
            Refusal.EXPIRED,
            Refusal.ENDED,
        )

    @property
    def meaning(self) -> str:
        """What to write into a log, with the likely mistake where it is ours."""
        return _MEANINGS[self]


_MEANINGS = {
    Refusal.MALFORMED: "the access token is malformed",
    Refusal.WRONG_TYPE: "the token is not an access token: something else has been put into its cookie",
    Refusal.UNKNOWN_KEY: "the access token is signed by a key that the authority does not have",
    Refusal.BAD_SIGNATURE: "the access token's signature is wrong",
    Refusal.WRONG_ISSUER: "the access token has another issuer: EXEUNT['ISSUER'] is what the authority calls itself",
    Refusal.WRONG_AUDIENCE: "the access token is meant for another audience: look at EXEUNT['AUDIENCE']",
    Refusal.NOT_YET_VALID: "the access token is from the future: set this machine's clock, or the authority's",
    Refusal.EXPIRED: "the access token has expired",
    Refusal.ENDED: "the session has been ended",
    Refusal.STALE: "whether the session lives cannot be known now: the authority cannot be followed",
}


class VerificationError(Exception):
    """A token is not accepted; `refusal` says why."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.meaning)
        self.refusal = refusal
