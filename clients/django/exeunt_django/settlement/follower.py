"""What a verifier knows, and until when it may say so."""

from __future__ import annotations

from .clock import ClockReading
from .feed import FeedAnswer
from .lease import Lease
from .revocations import RevocationSet


class FollowerState:
    """What a verifier knows of the log, and until when it may say so."""

    def __init__(self) -> None:
        self.revocations = RevocationSet()
        self.applied = 0
        """The `seq` through which the log of `node` is applied."""
        self.node: str | None = None
        self.lease: Lease | None = None
        self._is_stopped = False

    def receive(self, answer: FeedAnswer, asked: ClockReading, now: ClockReading) -> bool:
        """Takes an answer, and says whether it was of use; `asked` is what the clocks said just before the poll was
        sent.

        An answer to a poll that was given up is as good as any other when it leaves no gap and does not go back.
        Records are only ever added, never taken back by an answer.
        """
        if self._is_stopped:
            return False
        if answer.node == self.node:
            if answer.after > self.applied or answer.through < self.applied:
                return False
        elif answer.after != 0:
            # Another node numbers its answers from the start, or they are not meant for us.
            return False
        for revocation in answer.revocations:
            self.revocations.insert(revocation)
        self.node = answer.node
        self.applied = answer.through
        self.revocations.drop_expired(now.wall)
        if answer.lease_milliseconds > 0:
            granted = Lease(asked, answer.lease_milliseconds)
            if self.lease is None or granted.end >= self.lease.end or not self.lease.is_live(now):
                self.lease = granted
        return True

    def has_lease(self, now: ClockReading) -> bool:
        """Whether anything may be said from memory."""
        return self.lease is not None and self.lease.is_live(now)

    def wall(self, now: ClockReading) -> int:
        """The moment by which tokens expire, in milliseconds since 1970.

        A clock that is set back does not revive a token whose record has been dropped.
        """
        return max(now.wall, self.revocations.dropped_through)

    def stop(self) -> None:
        """Gives up the lease for good; the authority may be told only afterwards."""
        self._is_stopped = True
        self.lease = None
