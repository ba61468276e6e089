"""Tokens that have been verified are remembered, and no more of them than there is room for."""

from __future__ import annotations

from exeunt_django.settlement.claims import TokenClaims
from exeunt_django.tokens.cache import TokenCache
from exeunt_django.tokens.rules import VerifiedToken


def token(refused_from: int) -> VerifiedToken:
    """A token that is refused from a moment on."""
    return VerifiedToken(TokenClaims("t", "s", "ada", 0, 0), "client", 0, 0, 0, refused_from)


def test_the_token_that_was_not_used_for_the_longest_makes_room() -> None:
    cache = TokenCache(2)
    cache.insert("one", token(1))
    cache.insert("two", token(2))
    assert cache.find("one")
    cache.insert("three", token(3))
    assert (cache.find("two"), len(cache)) == (None, 2)
    assert cache.find("one")
    assert cache.find("three")


def test_what_has_expired_is_forgotten() -> None:
    cache = TokenCache(9)
    for moment in (1, 2, 3):
        cache.insert(str(moment), token(moment))
    cache.drop_expired(2)
    assert [cache.find(text) is not None for text in "123"] == [False, False, True]
