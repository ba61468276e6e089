"""An action for the user admin that signs people out everywhere."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from .authority.errors import AuthorityError
from .conf import configuration
from .process import authority_client

SIGN_OUT_EVERYWHERE = "sign_out_everywhere"


@admin.action(permissions=["change"], description=_("Sign out everywhere"))
def sign_out_everywhere(model_admin: admin.ModelAdmin, request: HttpRequest, users: QuerySet) -> None:
    """Ends all sessions of the users, and says how many those were, or for whom it could not be done."""
    if not configuration().is_enabled:
        model_admin.message_user(request, _("Exeunt is not enabled, so there is nothing to end."), messages.WARNING)
        return
    ended = 0
    for user in users.iterator():
        try:
            ended += authority_client().end_sessions(configuration().subject_of(user)).ended_sessions
        except AuthorityError as error:
            text = _("%(user)s could not be signed out, and whoever comes after: %(error)s")
            model_admin.message_user(request, text % {"user": user, "error": error}, messages.ERROR)
            break
    text = ngettext("%(count)d session was ended.", "%(count)d sessions were ended.", ended)
    model_admin.message_user(request, text % {"count": ended}, messages.SUCCESS if ended else messages.INFO)


class SignOutEverywhereMixin:
    """For a user admin of one's own: has the action that signs people out everywhere."""

    actions: Any = (sign_out_everywhere,)


def _add_to_registered() -> None:
    """Adds the action to the user admin that is there already."""
    registered = admin.site._registry.get(get_user_model())
    if registered is None:
        return
    names = [getattr(action, "__name__", action) for action in registered.actions or ()]
    if SIGN_OUT_EVERYWHERE not in names:
        registered.actions = [*(registered.actions or ()), sign_out_everywhere]


_add_to_registered()
