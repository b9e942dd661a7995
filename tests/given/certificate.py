"""Certificates for `localhost`, signed by themselves and made by openssl."""

import ssl
import subprocess
from pathlib import Path

from tests.given.tools import needed


def make(folder: Path, name: str = "server", days: int = 30) -> tuple[Path, Path]:
    """A new certificate and its key, as files of the folder."""
    needed("openssl", "install the package openssl")
    certificate, key = folder / f"{name}.pem", folder / f"{name}.key"
    new = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    files = ["-keyout", key, "-out", certificate, "-days", str(days)]
    subprocess.run([*new, *subject, *files], check=True, capture_output=True)
    return certificate, key


def trusting(certificate: Path) -> ssl.SSLContext:
    """What a client needs to know this certificate again."""
    return ssl.create_default_context(cafile=str(certificate))
