"""The Datasette that `cuttings browse` serves: it answers as its own hosts only, and keeps to itself where files lie.

It imports Datasette (2.3 s); `serve` imports it when it needs it.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from datasette.app import Datasette  # type: ignore[import-untyped]  # it ships no types

from archive.browse.safety import hosts
from archive.browse.safety.asgi import Application
from archive.browse.safety.door import Door
from archive.browse.safety.login import Gate
from archive.browse.safety.passwords import PasswordHash


class ArchiveDatasette(Datasette):  # type: ignore[misc]  # untyped
    """Datasette behind a check of the host that it is asked for, and, with a password, behind a gate."""

    def __init__(
        self, files: Sequence[str], *, hosts: hosts.Hosts, password: PasswordHash | None = None, **options: Any
    ) -> None:
        self._hosts = hosts
        self._door = Door(password) if password else None
        super().__init__(files, **options)

    def app(self) -> Application:
        """Return the application; what stands outermost is asked first."""
        app = super().app()
        return hosts.checked(Gate(app, self, self._door) if self._door else app, self._hosts)

    def _connected_databases(self) -> list[dict[str, Any]]:
        """What `/-/databases` shows: names of files, without the folders of this machine."""
        return [
            {**database, "path": Path(database["path"]).name if database["path"] else None}
            for database in super()._connected_databases()
        ]
