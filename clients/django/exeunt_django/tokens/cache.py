"""Tokens that have been verified, by their exact text."""

from __future__ import annotations

from collections import OrderedDict

from .rules import VerifiedToken


class TokenCache:
    """Tokens that have been verified, by their exact text; the one that was not used for the longest makes room."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._tokens: OrderedDict[str, VerifiedToken] = OrderedDict()

    def __len__(self) -> int:
        """How many are remembered."""
        return len(self._tokens)

    def find(self, text: str) -> VerifiedToken | None:
        """The token of that very text."""
        token = self._tokens.get(text)
        if token is not None:
            self._tokens.move_to_end(text)
        return token

    def insert(self, text: str, token: VerifiedToken) -> None:
        """Adds a token."""
        self._tokens[text] = token
        if len(self._tokens) > self._capacity:
            self._tokens.popitem(last=False)

    def clear(self) -> None:
        """Forgets all."""
        self._tokens.clear()

    def drop_expired(self, wall: int) -> None:
        """Forgets those at the cold end that have expired, in milliseconds since 1970."""
        while self._tokens:
            text, token = next(iter(self._tokens.items()))
            if token.refused_from > wall:
                return
            del self._tokens[text]
