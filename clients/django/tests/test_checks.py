"""What is said at the start of settings that cannot be meant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.core.exceptions import ImproperlyConfigured
from django.test.utils import override_settings

from exeunt_django.checks import check_admin, check_deployment, check_middleware, check_settings
from exeunt_django.conf import configuration

SESSIONS, AUTHENTICATION, OURS = settings.MIDDLEWARE[1:4]


def ids(messages: Any) -> list[str]:
    """Which messages those are; each has to say what to do."""
    assert all(message.hint for message in messages)
    return sorted(message.id.removeprefix("exeunt.") for message in messages)


def test_good_settings_are_passed_over_in_silence() -> None:
    assert check_settings() == check_middleware() == check_admin() == []


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"ISSUER": None}, "E003"),
        ({"ISSUER": "accounts.example.com"}, "E003"),
        ({"ISSUER": "ftp://localhost"}, "E003"),
        ({"ISSUER": "https://a.example/?b"}, "E003"),
        ({"ISSUER": "https://me:secret@a.example/"}, "E003"),
        ({"ISSUER": "http://accounts.example.com"}, "E004"),
        ({"ENDPOINT": "nowhere"}, "E003"),
        ({"CLIENT_ID": ""}, "E005"),
        ({"CLIENT_SECRET": None}, "E005"),
        ({"LEASE_MILLISECONDS": 99}, "E006"),
        ({"LEASE_MILLISECONDS": "3000"}, "E006"),
        ({"LEASE_MILLISECONDS": 7_200_000}, "E006"),
        ({"CLOCK_SKEW_SECONDS": 31}, "E006"),
        ({"CLOCK_SKEW_SECONDS": True}, "E006"),
        ({"WSGI_STREAMS": -1}, "E006"),
        ({"SUBJECT": "nowhere.at_all"}, "E007"),
        ({"SUBJECT": "os.path.sep"}, "E007"),
        ({"ORIGINS": ["https://shop.example.com/"]}, "E008"),
        ({"ORIGINS": "https://shop.example.com"}, "E008"),
        ({"SECURE_COOKIES": "yes"}, "E009"),
        ({"SIGNED_OUT_URL": "https://evil.example/"}, "E010"),
        ({"LEASE": 3000}, "E002"),
    ],
)
def test_a_setting_that_cannot_be_meant_is_named_with_what_to_do(change: dict[str, Any], found: str) -> None:
    with override_settings(EXEUNT=settings.EXEUNT | change):
        assert ids(check_settings()) == [found]
        with pytest.raises(ImproperlyConfigured):
            configuration()


def test_settings_that_are_not_there_are_named() -> None:
    for value in (None, "http://localhost:8080"):
        with override_settings(EXEUNT=value):
            assert ids(check_settings()) == ["E001"]
            with pytest.raises(ImproperlyConfigured):
                configuration()


def test_views_and_templates_that_are_not_there_are_named() -> None:
    with override_settings(ROOT_URLCONF="tests.site.wsgi"):
        pass
    with override_settings(TEMPLATES=[]):
        assert ids(check_settings()) == ["E020"]
    with override_settings(ROOT_URLCONF="tests.bare_urls"):
        assert ids(check_settings()) == ["W021"]


@pytest.mark.parametrize(
    ("order", "found"),
    [
        ([SESSIONS, AUTHENTICATION], ["E050"]),
        ([OURS, SESSIONS, AUTHENTICATION], ["E051", "E051"]),
        ([SESSIONS, OURS, AUTHENTICATION], ["E051"]),
        ([SESSIONS, AUTHENTICATION, "some.Middleware", OURS], ["W053"]),
        (
            ["django.middleware.cache.UpdateCacheMiddleware", SESSIONS, AUTHENTICATION, OURS],
            ["W052"],
        ),
    ],
)
def test_a_middleware_that_is_missing_or_in_the_wrong_place_is_named(order: list[str], found: list[str]) -> None:
    with override_settings(MIDDLEWARE=order):
        assert ids(check_middleware()) == found


def test_what_is_for_a_developers_machine_is_named_before_it_is_deployed() -> None:
    assert ids(check_deployment()) == ["W041"]
    with override_settings(EXEUNT={"ENABLED": False, "SECURE_COOKIES": True}):
        assert ids(check_deployment()) == ["W040"]
    with override_settings(EXEUNT=settings.EXEUNT | {"SECURE_COOKIES": True}):
        assert check_deployment() == []


def test_an_admin_that_cannot_sign_people_out_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    user_admin = admin.site._registry[get_user_model()]
    monkeypatch.setattr(user_admin, "actions", ())
    assert ids(check_admin()) == ["W030"]


def test_the_secret_is_not_printed(authority: Callable[..., Any]) -> None:
    assert settings.EXEUNT["CLIENT_SECRET"] not in repr(configuration())


def test_cookies_are_for_https_alone_unless_it_is_said_or_debugged() -> None:
    plain = {name: value for name, value in settings.EXEUNT.items() if name != "SECURE_COOKIES"}
    with override_settings(EXEUNT=plain):
        assert configuration().has_secure_cookies
    with override_settings(EXEUNT=plain, DEBUG=True):
        assert not configuration().has_secure_cookies
