"""Access and refresh tokens that outlive the sign-out, or that are not what they say."""

from __future__ import annotations

import secrets
import time
from typing import Any

import jwt
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from .. import tokens
from ..accounts import Account
from ..api import Api, Grant
from ..web import Request, Response, as_json, route


class AccessTokenLivesOn(Api):
    """Sign-out ends the refresh token; the access token is good until it expires.

    Signed tokens are checked without asking anybody, which was the reason to have them.
    """

    found_by = ("access-token-after-logout",)

    def sign_out(self, session_id: str) -> None:
        """Ends the refresh token alone."""
        self.grants.pop(session_id, None)


class RefreshTokenLivesOn(Api):
    """Sign-out ends the access token; the refresh token hands out new ones.

    It is in another table, which sign-out does not touch.
    """

    found_by = ("refresh-after-logout",)

    def sign_out(self, session_id: str) -> None:
        """Ends the access token alone."""
        self.denied.add(session_id)
        outlive(self.grants, session_id)


class RefreshTokensAreUsedTwice(Api):
    """A refresh token that was used before is good for another time.

    Two tabs that refresh at once signed people out, so old ones are let pass.
    """

    found_by = ("refresh-reuse",)

    def refresh(self, request: Request) -> Response:
        """Hands out new tokens for any refresh token that there ever was."""
        token = self.refresh_token_in(request)
        with self.lock:
            for grant in self.grants.values():
                if token in grant.used:
                    return self.handed_out(grant)
        return super().refresh(request)


class ReuseHasNoConsequence(Api):
    """A refresh token that comes a second time is refused, and the thief's go on.

    Refusing it seems to be enough; that there is a thief at all goes unsaid.
    """

    found_by = ("refresh-reuse-consequence",)

    def punish_reuse(self, token: str) -> None:
        """Looks away."""


class RefreshTokenStays(Api):
    """A refresh hands out the same refresh token again.

    Rotation was for another release.
    """

    found_by = ("refresh-rotation",)

    def rotate(self, grant: Grant) -> None:
        """Changes nothing."""


class RefreshBringsBack(Api):
    """A refresh under way while somebody signs out opens a session that nobody ends.

    It reads, thinks and writes, with nothing to hold the three together.
    """

    found_by = ("refresh-race",)

    @route("POST", "/api/refresh")
    def refresh(self, request: Request) -> Response:
        """Hands out the tokens of a new session in the place of the old one."""
        token = self.refresh_token_in(request)
        grant = next((grant for grant in list(self.grants.values()) if token == grant.refresh), None)
        if grant is None:
            return super().refresh(request)
        time.sleep(0.12)
        self.rotate(grant)
        with self.lock:
            if self.grants.pop(grant.id, None) is None:
                grant.id = secrets.token_hex(8)
            self.grants[grant.id] = grant
        return self.handed_out(grant)


class EverywhereForgetsRefresh(Api):
    """“Sign out everywhere” refuses the access tokens of all devices, and leaves their refresh tokens.

    A cut-off time against which access tokens are compared is one number in one row; it is not compared at refresh.
    """

    found_by = ("everywhere",)

    def end_everywhere(self, user: str) -> None:
        """Ends all access tokens."""
        for grant in self.grants_of(user):
            self.denied.add(grant.id)
            outlive(self.grants, grant.id)


class PasswordKeepsTokens(Api):
    """After a change of the password, tokens that the old one opened go on.

    Tokens know nothing of passwords.
    """

    found_by = ("password-change",)

    def after_password(self, user: str, session_id: str) -> None:
        """Ends nothing."""


class TokenAnswerIsKept(Api):
    """The answer that hands out tokens may be kept by caches.

    It is a `POST`, which caches leave alone, mostly.
    """

    found_by = ("token-answer-cache",)

    def handed_out(self, grant: Grant) -> Response:
        """The answer that hands out tokens, without a word to caches."""
        return super().handed_out(grant).without_header("Cache-Control")


class ApiSignOutAsksForAToken(Api):
    """Sign-out without a live access token answers 401, and whoever is signed out already gets an error.

    It is behind the same guard as all other routes.
    """

    warned_by = ("logout-twice", "logout-without-session")

    @route("POST", "/api/logout")
    def logout(self, request: Request) -> Response:
        """Signs out those whose access token is alive."""

        def end(_: Account, session_id: str) -> Response:
            self.sign_out(session_id)
            return Response(204)

        return self.private(request, end)


class SignatureIsNotRead(Api):
    """Whoever writes a token is believed: nobody looks at the signature.

    The library has one call to decode and another to verify, and the first one worked.
    """

    found_by = ("jwt-signature",)

    def read(self, token: str, may_be_expired: bool = False) -> dict[str, Any] | None:
        """What a token says."""
        return believed(token)


class UnsignedIsRead(Api):
    """A token that says that it is not signed is believed.

    The algorithm is taken from the token, and `none` is one of those that the library knows.
    """

    found_by = ("jwt-none",)

    def read(self, token: str, may_be_expired: bool = False) -> dict[str, Any] | None:
        """What an access token says if it is signed or admits that it is not."""
        if str(header_of(token).get("alg")).lower() == "none":
            return believed(token)
        return super().read(token, may_be_expired)


class PublicKeyIsASecret(Api):
    """A token signed with HS256 is checked with the public key as if that were a secret.

    One call verifies all algorithms with one key, and the token says which.
    """

    found_by = ("jwt-algorithm-swap",)

    def read(self, token: str, may_be_expired: bool = False) -> dict[str, Any] | None:
        """What an access token says that is signed in either way."""
        if header_of(token).get("alg") != "HS256":
            return super().read(token, may_be_expired)
        pem = tokens.SIGNING_KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        signed, _, signature = token.rpartition(".")
        expected = jwt.api_jws.PyJWS().get_algorithm_by_name("HS256").sign(signed.encode(), pem)
        return believed(token) if jwt.utils.base64url_encode(expected).decode() == signature else None


class TokenBringsItsKey(Api):
    """A token is checked with the key in its own header.

    The specification has a place for a key there, and the library looks into it.
    """

    found_by = ("jwt-embedded-key",)

    def read(self, token: str, may_be_expired: bool = False) -> dict[str, Any] | None:
        """What an access token says, whoever has signed it."""
        header = header_of(token)
        if not isinstance(header.get("jwk"), dict):
            return super().read(token, may_be_expired)
        try:
            key = jwt.PyJWK(header["jwk"], str(header["alg"]))
            claims: dict[str, Any] = jwt.decode(token, key, [str(header["alg"])], options={"verify_aud": False})
        except (jwt.PyJWTError, KeyError):
            return None
        return claims


class IdTokenOpens(Api):
    """The ID token, which says who somebody is, opens what only the access token should.

    Both are signed by the same key, and nothing else is looked at.
    """

    found_by = ("jwt-other-type",)

    def read(self, token: str, may_be_expired: bool = False) -> dict[str, Any] | None:
        """What any token of ours says."""
        try:
            key = tokens.SIGNING_KEY.public_key()
            claims: dict[str, Any] = jwt.decode(token, key, ["RS256"], options={"verify_aud": False})
        except jwt.PyJWTError:
            return None
        return claims


class TokensNeverExpire(Api):
    """Access tokens have no expiry.

    Sign-out ends them, as long as the list of those that it ended is not lost.
    """

    found_by = ("jwt-expiry",)

    def handed_out(self, grant: Grant) -> Response:
        """Tokens for ever."""
        claims = {"iss": tokens.ISSUER, "aud": tokens.AUDIENCE, "sub": grant.user, "sid": grant.id}
        claims["jti"] = secrets.token_hex(12)
        token = jwt.encode(claims, tokens.SIGNING_KEY, "RS256", {"typ": "at+jwt", "kid": tokens.KEY_ID})
        return as_json({"access_token": token, "id_token": "", "refresh_token": grant.refresh})

    def read(self, token: str, may_be_expired: bool = False) -> dict[str, Any] | None:
        """What an access token says."""
        try:
            key = tokens.SIGNING_KEY.public_key()
            claims: dict[str, Any] = jwt.decode(token, key, ["RS256"], audience=tokens.AUDIENCE, issuer=tokens.ISSUER)
        except jwt.PyJWTError:
            return None
        return claims


class TokensExpireLate(Api):
    """Access tokens live for a month.

    Refreshing was left for later, and nobody likes to sign in again.
    """

    warned_by = ("jwt-expiry",)

    def handed_out(self, grant: Grant) -> Response:
        """Tokens for a month."""
        token = tokens.mint(grant.user, grant.id, 30 * 86_400)
        return as_json({"access_token": token, "id_token": "", "refresh_token": grant.refresh})


def outlive(grants: dict[str, Grant], session_id: str) -> None:
    """Lets a refresh token go on under another session's name."""
    grant = grants.pop(session_id, None)
    if grant is not None:
        grant.id = secrets.token_hex(8)
        grants[grant.id] = grant


def header_of(token: str) -> dict[str, Any]:
    """What a token says of itself."""
    try:
        return jwt.get_unverified_header(token)
    except jwt.PyJWTError:
        return {}


def believed(token: str) -> dict[str, Any] | None:
    """What a token says, without any check but that of its end."""
    try:
        claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False, "verify_exp": True})
    except jwt.PyJWTError:
        return None
    return claims if {"sub", "sid"} <= claims.keys() else None
