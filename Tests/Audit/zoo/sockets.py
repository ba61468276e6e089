"""WebSockets (RFC 6455), as far as small applications need them: short messages of text."""

from __future__ import annotations

import base64
import hashlib
import select
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler

LONGEST_MESSAGE_BYTES = 125
TEXT, CLOSE = 0x81, 0x88
POLICY_VIOLATION = 1008


def handshake(key: str) -> list[tuple[str, str]]:
    """The headers that accept a client's key."""
    accepted = hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()
    return [
        ("Upgrade", "websocket"),
        ("Connection", "Upgrade"),
        ("Sec-WebSocket-Accept", base64.b64encode(accepted).decode()),
    ]


class Socket:
    """An open one."""

    def __init__(self, handler: BaseHTTPRequestHandler) -> None:
        self.handler = handler

    def say(self, message: str) -> None:
        """Sends a message, or the beginning of one that is too long."""
        payload = message.encode()[:LONGEST_MESSAGE_BYTES]
        self._write(bytes([TEXT, len(payload)]) + payload)

    def close(self) -> None:
        """Says that the other side may not be here any more."""
        self._write(bytes([CLOSE, 2]) + POLICY_VIOLATION.to_bytes(2))

    def is_left(self) -> bool:
        """Whether the client has gone; what it sends meanwhile is read and forgotten."""
        connection = self.handler.connection
        return bool(select.select([connection], [], [], 0)[0]) and not connection.recv(4096)

    def converse(self, answer: Callable[[str], str], is_welcome: Callable[[], bool]) -> None:
        """Answers each message until the client goes or is not welcome any more."""
        while is_welcome():
            if not select.select([self.handler.connection], [], [], 0.05)[0]:
                continue
            message = self._hear()
            if message is None:
                return
            self.say(answer(message))

    def _hear(self) -> str | None:
        head = self.handler.rfile.read(2)
        if len(head) < 2 or head[0] != TEXT or not head[1] & 0x80 or head[1] & 0x7F > LONGEST_MESSAGE_BYTES:
            return None
        mask = self.handler.rfile.read(4)
        payload = self.handler.rfile.read(head[1] & 0x7F)
        return bytes(byte ^ mask[place % 4] for place, byte in enumerate(payload)).decode()

    def _write(self, data: bytes) -> None:
        self.handler.wfile.write(data)
        self.handler.wfile.flush()
