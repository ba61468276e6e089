"""A server behind TLS, with a certificate that only these tests trust."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

from ports import free_port
from server import Server, Starter


def self_signed(folder: Path) -> tuple[Path, Path]:
    """A certificate and a key for `localhost`, made by openssl."""
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
        + ["-keyout", str(key), "-out", str(certificate), "-subj", "/CN=localhost"]
        + ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
        check=True,
        capture_output=True,
    )
    return certificate, key


def start_with_tls(start: Starter, folder: Path, settings: dict[str, Any] | None = None) -> Server:
    """A server at https://localhost:PORT whose certificate its own clients trust."""
    certificate, key = self_signed(folder)
    port = free_port()
    url = f"https://localhost:{port}"
    secured = {"tls.certificate": certificate, "tls.key": key, "public_url": url}
    server = start(listen=f"127.0.0.1:{port}", settings=secured | (settings or {}))
    server.url = url
    server.verify = str(certificate)
    return server
