"""What a server has that follows an authority; several of them live in the process of the tests."""

from __future__ import annotations

from exeunt_django.authority.client import AuthorityClient
from exeunt_django.following import Follower
from exeunt_django.tokens.rules import TokenRules
from exeunt_django.verifier import TokenVerifier

from .support import Authority


class Server:
    """What one process has that follows an authority, several of which live in this one."""

    def __init__(
        self, authority: Authority, lease_milliseconds: int | None = None, endpoint: str | None = None
    ) -> None:
        address = endpoint or authority.url
        self.verifier = TokenVerifier(TokenRules(authority.url, authority.url, 5000))
        self.client = AuthorityClient(address, authority.client_id, authority.client_secret)
        self.follower = Follower(self.verifier, self.client, lease_milliseconds, address)
        self.follower.start()

    def __enter__(self) -> Server:
        """Waits for its lease."""
        assert self.follower.wait_for_first_lease()
        return self

    def __exit__(self, *_: object) -> None:
        """Stops it."""
        self.follower.stop()

    def die(self) -> None:
        """Ends it once it has a lease, with no chance to hand that back."""
        assert self.follower.wait_for_first_lease()
        self.follower._stopping.set()
        self.follower._connections.abort()
