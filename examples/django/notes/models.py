"""What is kept."""

from __future__ import annotations

from django.db import models


class Note(models.Model):
    """One note of somebody, who is known by what a token calls them and need not be a user here."""

    subject = models.CharField(max_length=255, db_index=True)
    text = models.CharField(max_length=500)

    def __str__(self) -> str:
        """The note."""
        return str(self.text)
