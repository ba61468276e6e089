"""An authorization server of Authlib's parts, as its example server: SQLAlchemy, the password grant, and revocation.

Run as a program, it prints its port and serves until it is stopped. The models, the token store, the validator and the
revocation are those of `authlib.integrations.sqla_oauth2`. The refresh grant is that of the documentation; the argument
`rotating` sets `INCLUDE_NEW_REFRESH_TOKEN`, which is off by default. The page at `/api/me` is ours.
"""

from __future__ import annotations

import sys
import time

from authlib.integrations.flask_oauth2 import AuthorizationServer, ResourceProtector, current_token
from authlib.integrations.sqla_oauth2 import (
    OAuth2ClientMixin,
    OAuth2TokenMixin,
    create_bearer_token_validator,
    create_query_client_func,
    create_revocation_endpoint,
    create_save_token_func,
)
from authlib.oauth2.rfc6749 import grants
from flask import Flask, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import Column, ForeignKey, Integer, String, create_engine
from sqlalchemy.orm import DeclarativeBase, relationship, scoped_session, sessionmaker
from sqlalchemy.pool import StaticPool

from .serve import PASSWORD, USER, serve

engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
session = scoped_session(sessionmaker(engine))


class Base(DeclarativeBase):
    """Every table."""


class User(Base):
    """Somebody with an account."""

    __tablename__ = "users"
    id = Column(Integer, primary_key=True)
    username = Column(String(40), unique=True)

    def get_user_id(self) -> int:
        """What tokens are kept by."""
        return self.id


class Client(Base, OAuth2ClientMixin):
    """The application that asks for tokens."""

    __tablename__ = "clients"
    id = Column(Integer, primary_key=True)


class Token(Base, OAuth2TokenMixin):
    """A pair of tokens."""

    __tablename__ = "tokens"
    id = Column(Integer, primary_key=True)
    user_id = Column(Integer, ForeignKey("users.id"))
    user = relationship("User")

    def is_refresh_token_active(self) -> bool:
        """Whether it can be used, as in the example server."""
        return not self.refresh_token_revoked_at and time.time() < self.issued_at + self.expires_in * 2


class PasswordGrant(grants.ResourceOwnerPasswordCredentialsGrant):
    """Tokens for a name and a password."""

    def authenticate_user(self, username: str, password: str) -> User | None:
        """The user, if it is the one."""
        return session.query(User).filter_by(username=username).first() if password == PASSWORD else None


class RefreshTokenGrant(grants.RefreshTokenGrant):
    """Tokens for a refresh token, as in the documentation."""

    INCLUDE_NEW_REFRESH_TOKEN = "rotating" in sys.argv

    def authenticate_refresh_token(self, refresh_token: str) -> Token | None:
        """The token, while it can be used."""
        token = session.query(Token).filter_by(refresh_token=refresh_token).first()
        return token if token and token.is_refresh_token_active() else None

    def authenticate_user(self, refresh_token: Token) -> User:
        """Whose it is."""
        return refresh_token.user

    def revoke_old_credential(self, refresh_token: Token) -> None:
        """Ends the pair that was exchanged."""
        refresh_token.access_token_revoked_at = int(time.time())
        if self.INCLUDE_NEW_REFRESH_TOKEN:
            refresh_token.refresh_token_revoked_at = refresh_token.access_token_revoked_at
        session.add(refresh_token)
        session.commit()


app = Flask(__name__)
app.config["OAUTH2_REFRESH_TOKEN_GENERATOR"] = True
server = AuthorizationServer(
    app, query_client=create_query_client_func(session, Client), save_token=create_save_token_func(session, Token)
)
server.register_grant(PasswordGrant)
server.register_grant(RefreshTokenGrant)
server.register_endpoint(create_revocation_endpoint(session, Token))
require_oauth = ResourceProtector()
require_oauth.register_token_validator(create_bearer_token_validator(session, Token)())


@app.teardown_appcontext
def close(_: object) -> None:
    session.remove()


@app.post("/oauth/token")
def token() -> ResponseReturnValue:
    return server.create_token_response()


@app.post("/oauth/revoke")
def revoke() -> ResponseReturnValue:
    return server.create_endpoint_response("revocation")


@app.get("/api/me")
@require_oauth("profile")
def me() -> ResponseReturnValue:
    return jsonify(username=current_token.user.username)


if __name__ == "__main__":
    Base.metadata.create_all(engine)
    client = Client(client_id="client", client_secret="secret", client_id_issued_at=int(time.time()))
    client.set_client_metadata(
        {
            "grant_types": ["password", "refresh_token"],
            "scope": "profile",
            "token_endpoint_auth_method": "client_secret_basic",
        }
    )
    session.add_all([User(username=USER), client])
    session.commit()
    serve(app)
