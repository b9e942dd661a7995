"""The certificate that we show: loaded at the start, and anew when its files change while we serve."""

import contextlib
import re
import ssl
from dataclasses import dataclass
from pathlib import Path

from gateway.errors import GivenWrong
from gateway.journal import Journal
from gateway.settings import TlsSettings

_CERTIFICATE = re.compile(rb"-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----")
_KEY = re.compile(rb"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----")


@dataclass
class CertificateUnfit(GivenWrong):
    """What the settings, in ``file``, name for clients to be shown, and why it cannot be."""

    file: Path
    problem: str

    def __str__(self) -> str:
        return f"{self.file}: {self.problem}"


def missing(settings: TlsSettings, *, needed: bool) -> str:
    """What is not named although TLS was asked for, as a sentence; "" where nothing is missing."""
    if settings.certificate:
        return ""
    if settings.key:
        return "tls.key stands without a certificate; name the certificate's PEM file in tls.certificate"
    if needed:
        return "smtps.listen needs a certificate; name its file in tls.certificate, and its key's in tls.key"
    return ""


class Certificates:
    """The certificate of all ports, which take up changed files together, and tell of it once.

    Each port has its own context, and so its own keys for session tickets:
    a ticket of one is worth nothing at another.
    """

    def __init__(self, settings: TlsSettings, file: Path, journal: Journal) -> None:
        self._settings, self._file = settings, file
        self._certificate, self._key = _files(settings, file.parent)
        self._journal = journal
        self._seen = self._signs()
        self._contexts: list[ssl.SSLContext] = []

    def one_more(self) -> int:
        """The number of one more port. Raises CertificateUnfit."""
        self._contexts.append(shown(self._settings, self._file))
        if len(self._contexts) == 1:
            self._tell_of_doubt()
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
            why = _why(self._certificate, self._key, error)
            self._journal.event("certificate_refused", file=str(self._certificate), why=why)
        else:
            self._journal.event("certificate_renewed", file=str(self._certificate))
            self._tell_of_doubt()

    def _tell_of_doubt(self) -> None:
        # Shown all the same: clients that ask no more than encryption, as most mail servers, are served.
        if told := doubt(self._settings, self._file):
            self._journal.event("certificate_unfit", file=str(self._certificate), why=told)

    def _signs(self) -> tuple[object, ...]:
        return tuple(map(_sign, (self._certificate, self._key)))


def shown(settings: TlsSettings, file: Path) -> ssl.SSLContext:
    """What a server shows whose settings, in ``file``, are these. Raises CertificateUnfit."""
    certificate, key = _files(settings, file.parent)
    try:
        return _context(certificate, key)
    except OSError as error:  # ssl.SSLError is one
        raise CertificateUnfit(file, _why(certificate, key, error)) from error


def doubt(settings: TlsSettings, file: Path) -> str:
    """Why clients would refuse what is shown, as a sentence; "" where they would not, or nothing is shown."""
    if not settings.certificate:
        return ""
    try:
        ends(settings, file)
    except CertificateUnfit as unfit:
        return str(unfit)
    return ""


def ends(settings: TlsSettings, file: Path) -> float:
    """When what is shown ends, in seconds since the epoch: found out by a handshake with ourselves.

    Raises CertificateUnfit, also for one that a client would refuse although it knows it: an expired one.
    """
    certificate, _ = _files(settings, file.parent)
    known = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    known.check_hostname = False
    # What it was signed with need not be here.
    known.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = shown(settings, file).wrap_bio(there, back, server_side=True)
    try:
        known.load_verify_locations(certificate)
        client = known.wrap_bio(back, there)
        for side in (client, server, client):
            with contextlib.suppress(ssl.SSLWantReadError):
                side.do_handshake()
        found = client.getpeercert() or {}
    except (OSError, ValueError) as error:
        reason = getattr(error, "verify_message", "") or str(error)
        problem = f"clients refuse the certificate in {certificate} ({reason}); renew it"
        raise CertificateUnfit(file, problem) from error
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


def _why(certificate: Path, key: Path, error: OSError) -> str:
    """What OpenSSL does not say, or says of the wrong file: which of the two it is, and what to do."""
    octets = []
    for named, file in (("tls.certificate", certificate), ("tls.key", key)):
        try:
            octets.append(file.read_bytes())
        except OSError as unreadable:
            why = unreadable.strerror or "unreadable"
            return f"the file of {named} cannot be read by the user that serves: {file} ({why})"
    if not _CERTIFICATE.search(octets[0]):
        return f"no certificate in {certificate}; tls.certificate names a PEM file, with the chain"
    if not _KEY.search(octets[1]):
        todo = "set tls.key" if key == certificate else "tls.key names the PEM file that holds it"
        return f"no private key in {key}; {todo}"
    if b"ENCRYPTED" in octets[1]:
        return f"the key in {key} has a password, which nobody could give; 'openssl pkey' takes it off"
    reason = getattr(error, "reason", None) or "damaged"
    if reason in ("KEY_VALUES_MISMATCH", "KEY_TYPE_MISMATCH"):
        return f"the key in {key} does not belong to the certificate in {certificate}"
    words = reason.replace("_", " ").lower()
    return f"the certificate in {certificate} or the key in {key} cannot be used ({words})"
