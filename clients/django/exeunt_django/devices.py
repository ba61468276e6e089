"""What a person is shown of their devices."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from .authority.sessions import Session

_BROWSERS = (
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Vivaldi/", "Vivaldi"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("HeadlessChrome/", "Chrome"),
    ("Chromium/", "Chromium"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
    ("python-requests/", "Python"),
)
"""Asked from the top: the first mark that occurs names it, because most browsers also claim to be others."""
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Macintosh", "macOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def device_name(user_agent: str) -> str:
    """The browser and the system that a user agent names, in words that a person knows."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), _("Unknown browser"))
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), None)
    return _("%(browser)s on %(system)s") % {"browser": browser, "system": system} if system else browser


def as_json(session: Session, current: str) -> dict[str, Any]:
    """A session as the list of devices has it in JSON; what is not known of the device is left out."""
    device = {name: value for name, value in vars(session.device).items() if value}
    moments = {name: getattr(session, name) for name in ("created_at", "last_active_at", "expires_at")}
    times = {name: moment.isoformat().replace("+00:00", "Z") for name, moment in moments.items()}
    return {"id": session.id, "device": device, **times, "current": session.id == current}


def as_context(session: Session, current: str) -> dict[str, Any]:
    """A session as the template of the page needs it."""
    return {
        "id": session.id,
        "name": session.device.label or device_name(session.device.user_agent),
        "address": session.device.address,
        "created_at": session.created_at,
        "last_active_at": session.last_active_at,
        "is_current": session.id == current,
    }
