"""All routes of the application."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

from . import views

urlpatterns = [
    path("", views.home),
    path("board", views.board),
    path("sign-in", views.sign_in),
    path("signed-out", views.signed_out),
    path("notes", views.notes),
    path("password", views.password),
    path("status", views.status),
    path("exeunt/", include("exeunt_django.urls")),
    path("admin/", admin.site.urls),
]
