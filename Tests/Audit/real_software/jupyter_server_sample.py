"""Jupyter Server with a password, as `jupyter server password` sets it up; nothing else is configured.

Run as a program, it prints its port and serves until it is stopped.
"""

from __future__ import annotations

import os
import tempfile

FOLDER = tempfile.TemporaryDirectory()
os.environ |= dict.fromkeys(("HOME", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR"), FOLDER.name)

from jupyter_server.auth import passwd  # noqa: E402
from jupyter_server.serverapp import ServerApp  # noqa: E402

from .serve import PASSWORD, free_port  # noqa: E402

if __name__ == "__main__":
    port = free_port()
    server = ServerApp()
    server.initialize(
        [
            "--allow-root",  # Only for whoever makes this study in a container.
            "--no-browser",
            "--ip=127.0.0.1",
            f"--port={port}",
            f"--ServerApp.root_dir={FOLDER.name}",
            f"--PasswordIdentityProvider.hashed_password={passwd(PASSWORD)}",
        ]
    )
    print(port, flush=True)
    server.start()
