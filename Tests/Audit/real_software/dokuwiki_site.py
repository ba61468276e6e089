"""DokuWiki as Debian packages it, with a wiki of its own that only those may read who have signed in.

Run as a program, it prints its port and serves, by PHP's own server, until it is stopped.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
from pathlib import Path

from .serve import PASSWORD, free_port

PACKAGE = Path("/usr/share/dokuwiki")
SETTINGS = Path("/etc/dokuwiki")
DATA = Path("/var/lib/dokuwiki/data")


def hashed(password: str) -> str:
    """A password as DokuWiki keeps it."""
    return subprocess.check_output(["php", "-r", "echo password_hash($argv[1], PASSWORD_BCRYPT);", password], text=True)


def make(folder: Path) -> Path:
    """A wiki in a folder; what PHP runs first says where it is."""
    settings, data = folder / "conf", folder / "data"
    shutil.copytree(SETTINGS, settings)
    for link in ("acl.auth.php", "users.auth.php"):
        (settings / link).unlink()
    shutil.copytree(DATA, data)
    own = {"useacl": "1", "title": "'Study'", "savedir": f"'{data}'"}
    (settings / "local.php").write_text("<?php " + "".join(f"$conf['{name}'] = {own[name]};" for name in own))
    # Nobody may read but whoever has signed in.
    (settings / "acl.auth.php").write_text("* @ALL 0\n* @user 8\n")
    (settings / "users.auth.php").write_text(f"ada:{hashed(PASSWORD)}:Ada Lovelace:ada@example.test:user\n")
    (data / "pages/start.txt").write_text("The attic has punched cards.\n")
    (data / "pages/letters.txt").write_text("Letters from the analyst.\n")
    first = folder / "first.php"
    # Debian has a constant of its own for where the settings are.
    first.write_text(f"<?php define('DOKU_CONF', '{settings}/'); define('DOKU_MAIN_CONF', '{settings}/');")
    return first


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        port = free_port()
        options = ["-d", f"auto_prepend_file={make(Path(name))}", "-t", str(PACKAGE), "-S", f"127.0.0.1:{port}"]
        # PHP's server answers one request at a time unless it has workers.
        process = subprocess.Popen(
            ["php", *options], env=os.environ | {"PHP_CLI_SERVER_WORKERS": "4"}, start_new_session=True
        )
        signal.signal(signal.SIGTERM, lambda *_: os.killpg(process.pid, signal.SIGTERM))
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            signal.sigtimedwait([], 0.05)
        print(port, flush=True)
        process.wait()
