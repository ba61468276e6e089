"""The authority as an application's server calls it, with its client's id and secret."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import quote, quote_plus, urlencode

from .. import limits
from ..settlement.feed import FeedAnswer, FeedFault, read_answer
from ..tokens.keys import KeyFault, PublicKeys
from .connections import Answer, Connections
from .errors import AuthorityError, Trouble
from .sessions import Device, EventType, Scope, Session, SessionTokens, SignOutReceipt, is_refresh_token
from .single_flight import Full, SingleFlight

Value = TypeVar("Value")


class AuthorityClient:
    """The authority as an application's server calls it. Any number of threads may use it.

    Whatever goes wrong is an `AuthorityError`. If an ending raises, the session is to be taken as still live.
    """

    def __init__(self, address: str, client_id: str, client_secret: str) -> None:
        self._address = address
        # RFC 6749 §2.3.1: each of both is encoded as in a form first.
        pair = f"{quote_plus(client_id)}:{quote_plus(client_secret)}"
        self._authorization = "Basic " + base64.b64encode(pair.encode()).decode()
        self._connections = Connections(address)
        self._refreshes: SingleFlight[SessionTokens] = SingleFlight(limits.REFRESHES)

    def __repr__(self) -> str:
        """Where the authority is, without the secret."""
        return f"<client of {self._address}>"

    # Sessions

    def open_session(
        self, subject: str, *, user_agent: str = "", address: str = "", upstream: dict[str, str] | None = None
    ) -> SessionTokens:
        """Opens a session for somebody whom the application has authenticated.

        The user agent and the address are what the person will see in the list of devices; `upstream` is the provider
        that vouched for them. It is refused with the status 409 when that has ended its session meanwhile.
        """
        device = {"user_agent": user_agent or None, "address": address or None}
        answer = self._post_json("/v1/sessions", {"subject": subject, "device": device, "upstream": upstream})
        return _read(answer, _tokens, 201)

    def refresh(self, refresh_token: str) -> SessionTokens:
        """Exchanges a refresh token for a new pair, once for all in this process who bring it at the same time.

        `credential_over` when the session is over, and at once for what does not look like a refresh token. One that
        has just been exchanged gets the same successor again for as long as the authority's `refresh.grace_seconds`
        say.
        """
        if not is_refresh_token(refresh_token):
            raise AuthorityError(Trouble.CREDENTIAL_OVER, "That is no refresh token.")
        try:
            return self._refreshes.run(refresh_token, lambda: self._exchange(refresh_token))
        except Full:
            raise AuthorityError(Trouble.UNAVAILABLE, "Too many browsers are refreshed at once; try again.") from None

    def _exchange(self, refresh_token: str) -> SessionTokens:
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        answer = self._post("/token", urlencode(form), "application/x-www-form-urlencoded")
        return _read(answer, _tokens, 200)

    def sign_out(self, token: str, scope: Scope = "current") -> SignOutReceipt:
        """Ends the session that a token belongs to, whichever of its tokens that is.

        It waits until that is settled, but not for long; longer than a moment it takes only while a server is cut off.
        A token that is over already is no error.
        """
        return _receipt(self._post_json("/v1/logout", {"token": token, "scope": scope}, is_ending=True))

    def list_sessions(self, subject: str) -> list[Session]:
        """The live sessions of a subject, the most recently opened first, up to a thousand."""
        sessions: list[Session] = []
        query = ""
        for _ in range(limits.DEVICE_PAGES):
            page = _read(self._ask("GET", _subject_path(subject, "sessions") + query), _page, 200)
            sessions += page[0]
            if page[1] is None:
                break
            query = "?" + urlencode({"after": page[1]})
        return sessions

    def end_session(self, subject: str, session_id: str) -> SignOutReceipt:
        """Ends one session of a subject; `not_found` when it is over already, or is somebody else's."""
        return _receipt(self._end(_subject_path(subject, "sessions", session_id)))

    def end_sessions(self, subject: str, *, keep: str | None = None) -> SignOutReceipt:
        """Ends all sessions of a subject, or all but one."""
        query = "" if keep is None else "?" + urlencode({"except": keep})
        return _receipt(self._end(_subject_path(subject, "sessions") + query))

    def report_event(self, subject: str, event: EventType, *, keep_session: str | None = None) -> SignOutReceipt:
        """Tells what happened to an account, and lets the authority's policy end what it names.

        `keep_session` is the session that made the change. It is kept where the policy keeps one.
        """
        body = {"type": event, "keep_session": keep_session}
        return _receipt(self._post_json(_subject_path(subject, "events"), body, is_ending=True))

    # The feed

    def poll(self, query: dict[str, str | int], connections: Connections, patience: float) -> FeedAnswer:
        """Asks for what the log has after what is applied, which is acknowledged by asking."""
        answer = self._ask(
            "GET",
            "/v1/feed?" + urlencode(query),
            connections=connections,
            patience=patience,
            at_most=limits.FEED_ANSWER_BYTES,
        )
        _expect(answer, 200)
        try:
            return read_answer(answer.body)
        except FeedFault as fault:
            raise _not_understood(f"in the feed's answer, {fault}") from fault

    def hand_back(self, verifier: str, connections: Connections) -> None:
        """Gives the lease back that is not used any more."""
        path = f"/v1/feed/{verifier}"
        _expect(self._ask("DELETE", path, connections=connections, patience=limits.FAREWELL_SECONDS), 204)

    def keys(self, nonce: str, connections: Connections | None = None) -> PublicKeys:
        """The authority's public keys as they are now: `nonce` makes an address that no cache on the way has seen."""
        answer = self._ask("GET", f"/.well-known/jwks.json?fresh={nonce}", connections=connections)
        _expect(answer, 200)
        try:
            return PublicKeys(answer.body)
        except KeyFault as fault:
            raise _not_understood(str(fault)) from fault

    def close(self) -> None:
        """Closes all connections; no question is answered any more."""
        self._connections.abort()

    # Asking

    def _end(self, target: str) -> Answer:
        return self._ask("DELETE", target, is_ending=True)

    def _post_json(self, target: str, body: dict[str, Any], *, is_ending: bool = False) -> Answer:
        return self._post(target, json.dumps(body), "application/json", is_ending=is_ending)

    def _post(self, target: str, body: str, content_type: str, *, is_ending: bool = False) -> Answer:
        return self._ask("POST", target, {"Content-Type": content_type}, body.encode(), is_ending=is_ending)

    def _ask(
        self,
        method: str,
        target: str,
        headers: dict[str, str] | None = None,
        body: bytes | None = None,
        *,
        is_ending: bool = False,
        connections: Connections | None = None,
        patience: float = limits.QUESTION_SECONDS,
        at_most: int = limits.ANSWER_BYTES,
    ) -> Answer:
        headers = {"Authorization": self._authorization, "Accept": "application/json", **(headers or {})}
        if method == "GET":
            headers["Cache-Control"] = "no-cache"
        if is_ending:
            headers["Prefer"] = f"wait={limits.SETTLING_SECONDS}"
            patience += limits.SETTLING_SECONDS
        carrier = connections or self._connections
        return carrier.ask(method, target, headers, body, patience=patience, at_most=at_most)


def _subject_path(subject: str, *parts: str) -> str:
    return "/".join(["/v1/subjects", *(quote(part, safe="") for part in (subject, *parts))])


# Reading answers


def _expect(answer: Answer, *expected: int) -> None:
    """Raises unless the status is one of these."""
    if answer.status in expected:
        return
    try:
        problem = json.loads(answer.body)
    except ValueError:
        problem = None
    problem = problem if isinstance(problem, dict) else {}
    kind = str(problem.get("type") or problem.get("error") or "")
    why = str(problem.get("detail") or problem.get("title") or problem.get("error_description") or kind or "no reason")
    if answer.status == 400 and kind == "invalid_grant":
        raise AuthorityError(Trouble.CREDENTIAL_OVER, "The session is over: sign in again.")
    if answer.status == 404 and kind.endswith("/session-not-found"):
        raise AuthorityError(Trouble.NOT_FOUND, "There is no such live session.")
    if answer.status == 409 and kind.endswith("/too-many-sessions"):
        raise AuthorityError(Trouble.TOO_MANY_SESSIONS, "There are as many sessions as are allowed: end one first.")
    if answer.status == 401:
        raise AuthorityError(
            Trouble.CLIENT_UNKNOWN,
            "The authority does not know this client: EXEUNT['CLIENT_ID'] or EXEUNT['CLIENT_SECRET'] is wrong. `exeunt "
            "clients list` shows the ids; a secret that is lost cannot be shown again, so add a client.",
        )
    if answer.status == 403:
        raise AuthorityError(
            Trouble.SCOPE_MISSING,
            "The authority does not let this client do that. It needs the scopes `feed` and `sessions`: `exeunt "
            "clients add NAME --scope feed --scope sessions` makes one that has them.",
        )
    if answer.status == 429 or answer.status >= 500:
        raise AuthorityError(
            Trouble.UNAVAILABLE,
            f"The authority cannot do it now ({answer.status}, {why}): try again, and look at its log.",
            retry_after_seconds=answer.retry_after_seconds,
        )
    if answer.status in (404, 405) or answer.status < 400:
        raise _not_understood(f"it answered {answer.status}, {why}")
    raise AuthorityError(Trouble.REFUSED, f"The authority refuses ({answer.status}): {why}")


def _read(answer: Answer, reader: Callable[[Any], Value], *expected: int) -> Value:
    _expect(answer, *expected)
    try:
        return reader(json.loads(answer.body))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise _not_understood("a field is missing or of another kind") from error


def _not_understood(why: str) -> AuthorityError:
    return AuthorityError(
        Trouble.NOT_UNDERSTOOD,
        f"The answer cannot be understood: {why}. Is that an Exeunt authority, and not an older one than this package? "
        "EXEUNT['ENDPOINT'] (or EXEUNT['ISSUER']) says where it is asked.",
    )


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("it is not a string")
    return value


def _time(value: Any) -> datetime:
    # Before Python 3.11 it does not know the Z.
    return datetime.fromisoformat(_text(value).replace("Z", "+00:00"))


def _tokens(found: Any) -> SessionTokens:
    return SessionTokens(_text(found["access_token"]), _text(found["refresh_token"]), int(found["expires_in"]))


def _page(found: Any) -> tuple[list[Session], str | None]:
    return [_session(one) for one in found["sessions"]], found["next"]


def _session(found: Any) -> Session:
    device = found["device"]
    return Session(
        _text(found["id"]),
        Device(*(_text(device.get(name) or "") for name in ("user_agent", "address", "label"))),
        _time(found["created_at"]),
        _time(found["last_active_at"]),
        _time(found["expires_at"]),
    )


def _receipt(answer: Answer) -> SignOutReceipt:
    def read(found: Any) -> SignOutReceipt:
        by = found.get("settles_by")
        return SignOutReceipt(
            int(found["ended_sessions"]),
            found["settled"] is True,
            found.get("settled_after_ms"),
            None if by is None else _time(by),
        )

    return _read(answer, read, 200, 202)
