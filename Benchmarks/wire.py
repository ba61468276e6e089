"""The requests that are measured, as the load generator sends them; `{token}` is where a token goes."""

from __future__ import annotations

import json
from typing import Any

from processes import Client

Request = dict[str, Any]


def check() -> Request:
    """A browser's question whether it is signed in."""
    return _request("check", "GET /session", "Cookie: session={token}")


def nobody() -> Request:
    """The same without a cookie: the answer needs no look into the store. The token goes where nobody looks."""
    return _request("check", "GET /session", "X-Unused: session={token}")


def page() -> Request:
    """A page of an application; the token is all of the cookies."""
    return _request("page", "GET /", "Cookie: {token}")


def events() -> Request:
    """A browser's event stream."""
    return _request("events", "GET /session/events", "Cookie: session={token}", "Accept: text/event-stream")


def introspect(client: Client) -> Request:
    """A server's question about a token (RFC 7662)."""
    return _form("introspect", "/introspect", client, "token={token}")


def refresh(client: Client) -> Request:
    """A refresh token for its successor (RFC 6749 §6)."""
    return _form("refresh", "/token", client, "grant_type=refresh_token&refresh_token={token}")


def logout(client: Client) -> Request:
    """The end of one session."""
    return _json("logout", "/v1/logout", client, {"token": "{token}"})


def follow(client: Client, wait: int, lease: int) -> Request:
    """A verifier's poll; the token says who asks, and after what."""
    line = f"GET /v1/feed?{{token}}&wait={wait}&lease={lease}"
    return _request("follow", line, f"Authorization: {client.basic}")


def opening(client: Client) -> Request:
    """A new session of the subject that the token names."""
    device = {"user_agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/145.0", "address": "198.51.100.7"}
    return _json("open", "/v1/sessions", client, {"subject": "{token}", "device": device})


def _request(name: str, line: str, *fields: str, body: str | None = None) -> Request:
    head = [f"{line} HTTP/1.1", "Host: 127.0.0.1", "User-Agent: exeunt-load", "Accept: */*", *fields]
    return {"name": name, "head": head} | ({} if body is None else {"body": body})


def _form(name: str, path: str, client: Client, body: str) -> Request:
    kind = "Content-Type: application/x-www-form-urlencoded"
    return _request(name, f"POST {path}", f"Authorization: {client.basic}", kind, body=body)


def _json(name: str, path: str, client: Client, body: dict[str, Any]) -> Request:
    kind = "Content-Type: application/json"
    return _request(name, f"POST {path}", f"Authorization: {client.basic}", kind, body=json.dumps(body))
