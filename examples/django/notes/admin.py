"""What the admin shows; users are there already, with an action that signs them out everywhere."""

from __future__ import annotations

from django.contrib import admin

from .models import Note

admin.site.register(Note)
