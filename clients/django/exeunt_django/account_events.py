"""Tells the authority what happens to an account, so that its policy ends the sessions that must not outlive it.

What is noticed is what goes through a model's `save` and `delete`: forms, the admin, `manage.py changepassword`. A
`QuerySet.update` sends no signal, and fixtures are passed over.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import get_hasher, identify_hasher
from django.db import transaction

from .authority.sessions import EventType
from .conf import configuration
from .endings import during
from .finding import current
from .process import authority_client

_BEFORE = "_exeunt_before"


def note_before(sender: Any, instance: Any, raw: bool, using: str, update_fields: Any, **_: Any) -> None:
    """Notes what is stored of a user who is about to be saved."""
    if not isinstance(instance, get_user_model()):
        return
    names = _watched_fields(instance)
    if update_fields is not None:
        names = [name for name in names if name in update_fields]
    if raw or instance.pk is None or not names or not configuration().is_enabled:
        return
    stored = type(instance)._base_manager.using(using).filter(pk=instance.pk).values(*names).first()
    setattr(instance, _BEFORE, stored)


def note_after(sender: Any, instance: Any, created: bool, using: str, update_fields: Any, **_: Any) -> None:
    """Reports what has changed of a user, once that is committed."""
    before = instance.__dict__.pop(_BEFORE, None)
    if before is None or created:
        return
    changed = {name for name, value in before.items() if value != getattr(instance, name)}
    own = _is_own(instance)
    if "is_active" in changed and not instance.is_active:
        _report(instance, "account_disabled", using)
    elif "password" in changed and not _is_upgrade(instance, before["password"], update_fields):
        _report(instance, "password_changed" if own else "password_reset", using)
    if instance.get_email_field_name() in changed:
        _report(instance, "email_changed", using)


def note_deletion(sender: Any, instance: Any, using: str, **_: Any) -> None:
    """Reports that a user is no more, once that is committed."""
    if isinstance(instance, get_user_model()) and configuration().is_enabled:
        _report(instance, "account_deleted", using)


def _watched_fields(user: Any) -> list[str]:
    there = {field.attname for field in user._meta.concrete_fields}
    return [name for name in ("password", "is_active", user.get_email_field_name()) if name in there]


def _is_own(user: Any) -> bool:
    """Whether the request that is being answered is this user's own."""
    finding = current.get()
    identity = None if finding is None else finding.identity
    return identity is not None and identity.subject == configuration().subject_of(user)


def _report(user: Any, event: EventType, using: str) -> None:
    """Reports an event after the commit; an error is raised from there, because a session that should end has not."""
    finding = current.get()
    identity = finding.identity if finding is not None and _is_own(user) else None
    subject = configuration().subject_of(user)
    kept = None if identity is None else identity.session_id
    report = partial(authority_client().report_event, subject, event, keep_session=kept)

    def tell() -> None:
        during("event", report)

    transaction.on_commit(tell, using=using)


def _is_upgrade(user: Any, stored: str, update_fields: Any) -> bool:
    """Whether a hash was only made anew for the same password, as `check_password` does when the hasher has changed.

    It saves that field alone, without the password itself being noted for the validators, and only where what was
    stored is out of date.
    """
    if getattr(user, "_password", None) is not None or set(update_fields or ()) != {"password"}:
        return False
    preferred = get_hasher("default")
    try:
        hasher = identify_hasher(stored)
    except ValueError:
        # An unusable password, or one that no hasher knows, cannot have been checked.
        return False
    return hasher.algorithm != preferred.algorithm or preferred.must_update(stored)
