"""Django for an ASGI server, with a verifier that is there before the first request and takes its leave after the last
one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from django.core.asgi import get_asgi_application as get_django_application

from .conf import configuration
from .process import process, stop

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]


def get_asgi_application() -> Application:
    """Django's own application, which also answers to the server's start and stop (ASGI lifespan).

    At the start it waits for the first lease for a moment, and serves without one after that. Without it the lease of a
    server that is stopped by a signal may not be given back, and the next sign-out waits until it has run out.
    """
    django: Application = get_django_application()

    async def application(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _live(receive, send)
        else:
            await django(scope, receive, send)

    return application


async def _live(receive: Receive, send: Send) -> None:
    loop = asyncio.get_running_loop()
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            if configuration().is_enabled:
                await loop.run_in_executor(None, lambda: process().follower.wait_for_first_lease())
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await loop.run_in_executor(None, stop)
            await send({"type": "lifespan.shutdown.complete"})
            return
