"""Routes of the test site."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth import views as auth
from django.urls import include, path

from . import views

urlpatterns = [
    path("login", auth.LoginView.as_view(template_name="form.html"), name="login"),
    path("login-vouched", views.login_vouched),
    path("logout", auth.LogoutView.as_view(), name="logout"),
    path("password", auth.PasswordChangeView.as_view(template_name="form.html", success_url="/private")),
    path("public", views.public),
    path("signed-out", views.public),
    path("private", views.private),
    path("who", views.who),
    path("who-async", views.who_async),
    path("notes", views.notes),
    path("notes-async", views.notes_async),
    path("cart", views.cart),
    path("cached", views.cached),
    path("broken", views.broken),
    path("status", views.status),
    path("exeunt/", include("exeunt_django.urls")),
    path("admin/", admin.site.urls),
]
