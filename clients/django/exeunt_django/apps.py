"""The application, as Django starts it."""

from __future__ import annotations

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.core import checks
from django.db.models.signals import post_delete, post_save, pre_save
from django.utils.translation import gettext_lazy as _


class ExeuntConfig(AppConfig):
    """Connects Django's signals to Exeunt, and has the settings checked. It follows nobody yet: a process may only
    fork.
    """

    name = "exeunt_django"
    label = "exeunt"
    verbose_name = _("Exeunt")

    def ready(self) -> None:
        """Called once all models are there."""
        from . import account_events, signals
        from .checks import check_admin, check_deployment, check_middleware, check_settings

        user_logged_in.connect(signals.open_session, dispatch_uid="exeunt")
        user_logged_out.connect(signals.end_session, dispatch_uid="exeunt")
        pre_save.connect(account_events.note_before, dispatch_uid="exeunt")
        post_save.connect(account_events.note_after, dispatch_uid="exeunt")
        post_delete.connect(account_events.note_deletion, dispatch_uid="exeunt")
        for check in (check_settings, check_middleware, check_admin):
            checks.register(check, checks.Tags.security)
        checks.register(check_deployment, checks.Tags.security, deploy=True)
