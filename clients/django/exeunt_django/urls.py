"""The routes, to be included at `exeunt/`."""

from __future__ import annotations

from django.urls import path

from . import views

app_name = "exeunt"

urlpatterns = [
    path("session", views.session, name="session"),
    path("events", views.events, name="events"),
    path("refresh", views.refresh, name="refresh"),
    path("logout", views.logout, name="logout"),
    path("devices", views.devices, name="devices"),
    path("devices/<str:session_id>/end", views.end_device, name="end-device"),
]
