"""What a verifier makes of answers that make sense, and until when it may say so."""

from __future__ import annotations

from people import ADA, GRACE, of
from signing import NEW, Token
from steps import (
    OTHER_NODE,
    Scenario,
    answer,
    body,
    check,
    expect,
    lease,
    news,
    poll,
    session,
    set_wall,
    skip,
    subject,
)


def snapshots() -> list[Scenario]:
    """Beginnings, other nodes, gaps and repetitions."""
    return [
        Scenario(
            "a snapshot brings all that is live, and its numbers have gaps",
            [
                answer(body(session(1), subject("grace", 4), head=900, first=17)),
                expect(applied=900, held=2, live=True),
                *(check(ADA, "ended"), check(GRACE, "ended"), check(of(2), "accepted")),
            ],
        ),
        Scenario(
            "another node begins anew, and nothing is forgotten that the first one said",
            [
                *(news(session(1)), answer(body(session(2), node=OTHER_NODE, head=40, first=40))),
                expect(applied=40, held=2, live=True),
                *(check(ADA, "ended"), check(of(2), "ended"), check(of(3), "accepted")),
            ],
        ),
        Scenario(
            "another node's answer that does not begin at the start is not for us",
            [
                *(news(session(2)), skip(3_000)),
                answer(body(after=1, node=OTHER_NODE), taken=False),
                *(expect(applied=1, live=False), check(ADA, "stale")),
            ],
        ),
        Scenario(
            "an answer that leaves a gap is not applied and gives no lease",
            [
                *(lease(), skip(3_000)),
                answer(body(session(1), after=4), taken=False),
                *(expect(applied=0, held=0, live=False), check(ADA, "stale")),
            ],
        ),
        Scenario(
            "an answer that goes back is not applied",
            [
                *(poll("early"), news(session(2), session(3))),
                answer(body(session(2)), to="early", taken=False),
                expect(applied=2, held=2),
            ],
        ),
        Scenario(
            "an answer to a poll that was given up is as good as any other, and its lease counts from that poll",
            [
                *(lease(), poll("given up"), skip(1_000), news(session(2), session(3))),
                *(answer(body(session(2), session(3), session(1)), to="given up"), expect(applied=3, held=3)),
                *(check(ADA, "ended"), skip(2_999), check(of(4), "accepted"), skip(1), check(of(4), "stale")),
            ],
        ),
        Scenario(
            "an answer that comes twice changes nothing",
            [news(session(2)), news(session(2)), expect(applied=1, held=1), check(ADA, "accepted")],
        ),
    ]


def leases() -> list[Scenario]:
    """Until when something may be said."""
    return [
        Scenario(
            "nothing is accepted before the first lease",
            [
                *(expect(live=False, applied=0), check(ADA, "stale"), check(Token(NEW), "stale")),
                *(check("nonsense", "malformed"), lease(), expect(live=True), check(ADA, "accepted")),
            ],
        ),
        Scenario(
            "a token is accepted up to the last millisecond of the lease and not after",
            [
                *(lease(), check(ADA, "accepted"), skip(2_999), check(ADA, "accepted")),
                *(skip(1), check(ADA, "stale"), expect(live=False), lease(), check(ADA, "accepted")),
            ],
        ),
        Scenario(
            "the lease counts from before the poll, however late the answer",
            [
                *(poll("slow"), skip(2_900), answer(body(), to="slow"), check(ADA, "accepted")),
                *(skip(99), check(ADA, "accepted"), skip(1), check(ADA, "stale")),
            ],
        ),
        Scenario(
            "a lease that has run out on the way is none",
            [poll("slow"), skip(3_000), answer(body(session(2)), to="slow"), check(ADA, "stale"), expect(held=1)],
        ),
        Scenario(
            "an answer with more to come gives no lease, and takes none away",
            [
                *(news(milliseconds=0), check(ADA, "stale"), lease()),
                *(news(session(2), milliseconds=0), check(ADA, "accepted"), skip(3_000), check(ADA, "stale")),
            ],
        ),
        Scenario(
            "a shorter lease does not cut a longer one short",
            [
                *(news(milliseconds=10_000), news(milliseconds=1_000), skip(9_999)),
                *(check(ADA, "accepted"), skip(1), check(ADA, "stale"), news(milliseconds=1_000)),
                *(skip(999), check(ADA, "accepted"), skip(1), check(ADA, "stale")),
            ],
        ),
        Scenario(
            "a wall clock that goes ahead of the other voids the lease",
            [lease(), set_wall(32), check(ADA, "accepted"), set_wall(1), check(ADA, "stale"), expect(live=False)],
        ),
        Scenario(
            "a wall clock that falls behind the other voids the lease",
            [lease(), set_wall(-32), check(ADA, "accepted"), set_wall(-1), check(ADA, "stale")],
        ),
        Scenario(
            "the next lease after a clock was set is as good as any",
            [lease(), set_wall(60_000), check(ADA, "stale"), lease(), check(ADA, "accepted")],
        ),
        Scenario(
            "a lease that is void makes room for a shorter one",
            [news(milliseconds=60_000), set_wall(5_000), check(ADA, "stale"), lease(), check(ADA, "accepted")],
        ),
        Scenario(
            "the longest lease that there is",
            [news(milliseconds=3_600_000), skip(899_999), check(ADA, "accepted")],
        ),
        Scenario(
            "who has stopped takes no lease any more",
            [lease(), {"do": "stop"}, check(ADA, "stale"), answer(body(), taken=False), check(ADA, "stale")],
        ),
    ]
