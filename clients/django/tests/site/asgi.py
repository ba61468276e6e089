"""The test site for an ASGI server."""

from __future__ import annotations

from exeunt_django.asgi import get_asgi_application

application = get_asgi_application()
