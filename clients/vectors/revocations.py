"""Whom a record ends, and whom it spares: set and version arithmetic."""

from __future__ import annotations

from people import ADA, GRACE, of
from signing import START_MS, Token, identifier
from steps import KEPT_MS, Scenario, check, everybody, expect, lease, news, session, set_wall, skip, subject, token


def revocations() -> list[Scenario]:
    """Set and version arithmetic."""
    ends = {
        "its own name": token(1),
        "its session": session(1),
        "its subject": subject("ada", 1),
        "its subject, keeping another session": subject("ada", 1, keeping=2),
        "everybody": everybody(1),
    }
    ended = [
        Scenario(
            f"a token that was accepted is refused once a record ends {what}",
            [lease(), check(ADA, "accepted"), news(record), check(ADA, "ended"), check(ADA, "ended")],
        )
        for what, record in ends.items()
    ]
    odd = [
        Scenario(
            f"a subject may be called {name!r}",
            [
                news(subject("ada", 1)),
                check(Token(sub=name, sid=identifier(9, 6), jti=identifier(7, 6)), "accepted"),
                news(subject(name, 1), after=1),
                check(Token(sub=name, sid=identifier(9, 6), jti=identifier(7, 6)), "ended"),
                check(Token(sub=name, sid=identifier(9, 6), jti=identifier(7, 6), ver=1), "accepted"),
            ],
        )
        for name in ("__proto__", "constructor", 'a "b" \\ é 樹', "0")
    ]
    return ended + odd + _sparing() + _forgetting()


def _sparing() -> list[Scenario]:
    return [
        Scenario(
            "a record ends nobody else's token",
            [
                news(token(2), session(2), subject("grace", 9), subject("ada", 1, keeping=1)),
                check(ADA, "accepted"),
                check(of(3), "ended"),
                check(GRACE, "ended"),
                check(Token(sub="Ada", sid=identifier(9, 7)), "accepted"),
            ],
        ),
        Scenario(
            "the end of one token leaves its session alone",
            [news(token(1)), check(ADA, "ended"), check(of(1), "accepted")],
        ),
        Scenario(
            "a sign-in after signing out everywhere is not touched by it",
            [
                news(subject("ada", 1), everybody(3)),
                check(of(2, ver=1, gen=3), "accepted"),
                check(of(2, ver=1, gen=2), "ended"),
                check(of(2, ver=0, gen=3), "ended"),
                check(of(2, ver=2, gen=4), "accepted"),
            ],
        ),
        Scenario(
            "the newer record of a subject takes the place of the older",
            [
                news(subject("ada", 1, keeping=1), subject("ada", 2, keeping=2)),
                check(of(1), "ended"),
                check(of(2, ver=1), "accepted"),
                check(of(3, ver=1), "ended"),
                check(of(3, ver=2), "accepted"),
                expect(held=1),
            ],
        ),
        Scenario(
            "a newer record that keeps nobody ends who was kept",
            [news(subject("ada", 1, keeping=1)), check(ADA, "accepted"), news(subject("ada", 2), after=1)]
            + [check(ADA, "ended"), check(of(1, ver=1), "ended"), check(of(1, ver=2), "accepted")],
        ),
        Scenario(
            "an older version that comes later changes nothing",
            [news(subject("ada", 3), subject("ada", 2, keeping=1), subject("ada", 3, keeping=1))]
            + [check(of(1, ver=2), "ended"), check(of(1, ver=3), "accepted"), expect(held=1)],
        ),
        Scenario(
            "an older epoch that comes later changes nothing",
            [news(everybody(3), everybody(2)), check(of(1, gen=2), "ended"), check(of(1, gen=3), "accepted")],
        ),
        Scenario(
            "a record that comes twice is held once",
            [
                news(session(1), session(1), token(1), token(1)),
                expect(held=2, applied=4),
                check(ADA, "ended"),
            ],
        ),
        Scenario(
            "a record past its number is known though there is no lease",
            [news(session(1)), skip(5000), check(ADA, "ended"), check(of(2), "stale")],
        ),
    ]


def _forgetting() -> list[Scenario]:
    soon, late = (START_MS + 2_000) // 1000, (START_MS + KEPT_MS) // 1000
    return [
        Scenario(
            "a record goes when its time has come, and a clock that is set back does not revive its token",
            [
                *(lease(), check(ADA, "accepted"), news(session(1)), expect(held=1)),
                *(skip(KEPT_MS), news(after=1), news(after=1), expect(held=0), check(ADA, "expired")),
                *(set_wall(-KEPT_MS), news(after=1), check(ADA, "expired")),
            ],
        ),
        Scenario(
            "of two moments at which a record may go the later one counts",
            [
                news(session(1, until=late), session(1, until=soon), subject("grace", 2, until=late)),
                news(subject("grace", 3, until=soon), everybody(1, until=soon), after=3),
                *(skip(2_900), news(after=5), news(after=5), check(ADA, "ended"), check(GRACE, "ended")),
                expect(held=2),
            ],
        ),
        Scenario(
            "the end of everybody goes like any other record",
            [
                news(everybody(1, until=soon)),
                *(check(ADA, "ended"), skip(2_500), news(after=1), expect(held=0)),
                check(of(2, gen=0), "accepted"),
            ],
        ),
    ]
