"""`{% load exeunt %}`: what a page says to the script that keeps watch over it."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import format_html

register = template.Library()


@register.simple_tag(takes_context=True)
def exeunt_meta(context: Any) -> str:
    """A `meta` with the id of the session that the page is made for, so that it is shown to no other; nothing for a
    stranger.
    """
    identity = getattr(context.get("request"), "exeunt", None)
    if identity is None:
        return ""
    meta: str = format_html('<meta name="exeunt-session" content="{}">', identity.session_id)
    return meta
