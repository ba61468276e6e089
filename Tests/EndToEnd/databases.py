"""Which PostgreSQL database belongs to which data folder: none does, unless the run is about PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from postgres import Cluster


class Databases:
    """A database for each data folder, so that whatever works on the folder finds the same one."""

    def __init__(self) -> None:
        self.cluster: Callable[[], Cluster] | None = None
        """Where a data folder that is seen for the first time gets its database; without this it has none."""
        self._of: dict[Path, str | None] = {}

    def of(self, data: Path | None) -> str | None:
        """The URI of a data folder's database, or none where SQLite's file in the folder is the database."""
        if data is not None and data not in self._of and self.cluster is not None:
            self._of[data] = self.cluster().create_database()
        return self._of.get(data) if data is not None else None

    def share(self, data: Path, uri: str) -> None:
        """Gives a data folder a database that is there already."""
        self._of[data] = uri

    def keep_in_file(self, data: Path) -> None:
        """Leaves a data folder with SQLite's file, whatever the others have."""
        self._of[data] = None

    def forget(self, data: Path) -> None:
        """Drops the database of a data folder that nobody works on any more."""
        uri = self._of.pop(data, None)
        if uri is not None and self.cluster is not None:
            self.cluster().drop_database(uri)


DATABASES = Databases()
