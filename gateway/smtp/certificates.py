"""The certificate that we show: loaded at the start, and anew when its files change while we serve."""

import contextlib
import ssl
from dataclasses import dataclass
from pathlib import Path

from gateway.errors import GivenWrong
from gateway.journal import Journal
from gateway.settings import TlsSettings


@dataclass
class CertificateUnfit(GivenWrong):
    """A certificate and a key that cannot be shown to clients."""

    file: Path
    problem: str

    def __str__(self) -> str:
        return (
            f"{self.file}: no certificate to show ({self.problem}); name PEM files that belong together in "
            "tls.certificate and tls.key, readable for the user that serves"
        )


class NoCertificate(GivenWrong):
    """A port for TLS alone, and nothing to show there."""

    def __str__(self) -> str:
        return "smtps.listen needs a certificate: name its file in tls.certificate, and its key's in tls.key"


class Certificates:
    """The certificate of all ports, which take up changed files together, and tell of it once.

    Each port has its own context, and so its own keys for session tickets:
    a ticket of one is worth nothing at another.
    """

    def __init__(self, settings: TlsSettings, folder: Path, journal: Journal) -> None:
        self._settings, self._folder = settings, folder
        self._certificate, self._key = _files(settings, folder)
        self._journal = journal
        self._seen = self._signs()
        self._contexts: list[ssl.SSLContext] = []

    def one_more(self) -> int:
        """The number of one more port. Raises CertificateUnfit."""
        self._contexts.append(shown(self._settings, self._folder))
        return len(self._contexts) - 1

    def context(self, port: int) -> ssl.SSLContext:
        """What the port shows from the next handshake on; older sessions keep theirs."""
        return self._contexts[port]

    def renew(self) -> None:
        """Take up files that changed; a pair that does not fit leaves the old one in place."""
        signs = self._signs()
        if signs == self._seen:
            return
        self._seen = signs
        try:
            self._contexts = [_context(self._certificate, self._key) for _ in self._contexts]
        except OSError as error:
            # Not an end: whoever renews writes two files, one after the other.
            self._journal.event("certificate_refused", file=str(self._certificate), why=_words(error))
        else:
            self._journal.event("certificate_renewed", file=str(self._certificate))

    def _signs(self) -> tuple[object, ...]:
        return tuple(map(_sign, (self._certificate, self._key)))


def shown(settings: TlsSettings, folder: Path) -> ssl.SSLContext:
    """What a server shows that has these settings. Raises CertificateUnfit."""
    certificate, key = _files(settings, folder)
    try:
        return _context(certificate, key)
    except OSError as error:  # ssl.SSLError is one
        raise CertificateUnfit(certificate, _words(error)) from error


def ends(settings: TlsSettings, folder: Path) -> float:
    """When what is shown ends, in seconds since the epoch: found out by a handshake with ourselves.

    Raises CertificateUnfit, also for one that a client would refuse although it knows it: an expired one.
    """
    certificate, _ = _files(settings, folder)
    known = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    known.check_hostname = False
    # What it was signed with need not be here.
    known.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = shown(settings, folder).wrap_bio(there, back, server_side=True)
    try:
        known.load_verify_locations(certificate)
        client = known.wrap_bio(back, there)
        for side in (client, server, client):
            with contextlib.suppress(ssl.SSLWantReadError):
                side.do_handshake()
        found = client.getpeercert() or {}
    except (OSError, ValueError) as error:
        reason = getattr(error, "verify_message", "") or str(error)
        raise CertificateUnfit(certificate, reason) from error
    return ssl.cert_time_to_seconds(str(found["notAfter"]))


def _files(settings: TlsSettings, folder: Path) -> tuple[Path, Path]:
    certificate = folder / settings.certificate
    return certificate, folder / settings.key if settings.key else certificate


def _sign(file: Path) -> tuple[int, int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _context(certificate: Path, key: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_RENEGOTIATION
    # Without a password, OpenSSL would ask for one on the terminal and wait.
    context.load_cert_chain(certificate, key, password="")
    return context


def _words(error: OSError) -> str:
    if isinstance(error, ssl.SSLError):
        return (error.reason or "not PEM").replace("_", " ").lower()
    return error.strerror or "unreadable"
