"""The test site for a server that has asked who somebody is before it forks."""

from __future__ import annotations

from django.core.wsgi import get_wsgi_application

from exeunt_django.process import process

application = get_wsgi_application()
process().follower.wait_for_first_lease()
