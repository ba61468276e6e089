"""What is kept."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """The notes."""

    initial = True
    operations = [
        migrations.CreateModel(
            name="Note",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject", models.CharField(db_index=True, max_length=255)),
                ("text", models.CharField(max_length=500)),
            ],
        ),
    ]
