"""Outside private networks SMTP goes under verified TLS or not at all."""

import hashlib
import ssl
import subprocess
import warnings
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.relay import NextHop, Outcome, Relay, Tls
from gateway.relay.opening import Trust, inside
from tests.given.parcels import PATIENT, parcel, said, with_relay
from tests.given.sink import EXTENSIONS, Behaviour, Sink
from tests.given.tools import needed

UNREACHABLE = ("451 4.4.1 The list server cannot be reached, try again",)
OFFERED = (*EXTENSIONS, "STARTTLS")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file with a key and a certificate for `localhost`, signed by itself."""
    needed("openssl", "install the package openssl")
    folder = tmp_path_factory.mktemp("certificate")
    key, both = folder / "key.pem", folder / "both.pem"
    name = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    new = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    made = folder / "certificate.pem"
    subprocess.run([*new, *name, "-keyout", key, "-out", made], check=True, capture_output=True)
    both.write_bytes(key.read_bytes() + made.read_bytes())
    return both


def _server(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def _delivered(sink: Sink, certificate: Path, host: str = "localhost") -> Outcome:
    """What becomes of a parcel when the sink counts as far away, and the certificate as known."""
    trust = Trust(lambda: ssl.create_default_context(cafile=str(certificate)), lambda _: False)
    hop = NextHop.parse(f"{sink.protocol}://{host}:{sink.port}")
    return with_relay(lambda it: it.deliver(hop, parcel()), Relay(PATIENT, trust=trust))


def test_a_far_hop_is_spoken_to_under_tls(certificate: Path) -> None:
    with Sink("smtp", Behaviour(OFFERED, tls=_server(certificate))) as sink:
        assert _delivered(sink, certificate).taken
        verbs = [command[:4] for command in sink.commands[:4]]
        assert verbs == [b"EHLO", b"STAR", b"EHLO", b"MAIL"]


def test_lmtp_has_no_tls(certificate: Path) -> None:
    with Sink("lmtp", Behaviour(OFFERED)) as sink:
        assert _delivered(sink, certificate).taken


def test_a_near_hop_needs_no_tls() -> None:
    with Sink("smtp", Behaviour(OFFERED)) as sink:
        assert with_relay(lambda it: it.deliver(NextHop.parse(sink.url), parcel())).taken
        assert b"STARTTLS" not in sink.commands


@pytest.mark.parametrize(
    "behaviour",
    [
        Behaviour(),
        Behaviour(OFFERED, replies={"STARTTLS": b"454 4.7.0 Not now\r\n"}),
        Behaviour(OFFERED, replies={"STARTTLS": b"220 Go\r\n250 injected\r\n"}),
        Behaviour(OFFERED, replies={"STARTTLS": b"220 Go\r\n220"}),
        Behaviour(OFFERED, closes=frozenset({"STARTTLS"})),
    ],
    ids=["not offered", "refused", "injected line", "injected octets", "closed"],
)
def test_without_tls_nothing_of_the_message_goes_out(behaviour: Behaviour, certificate: Path) -> None:
    with Sink("smtp", behaviour) as sink:
        assert said(_delivered(sink, certificate)) == UNREACHABLE
        assert not any(command.startswith(b"MAIL") for command in sink.commands)


def test_a_certificate_for_another_name_is_refused(certificate: Path) -> None:
    with Sink("smtp", Behaviour(OFFERED, tls=_server(certificate))) as sink:
        assert said(_delivered(sink, certificate, host="127.0.0.1")) == UNREACHABLE
        assert not sink.received


def test_an_unknown_certificate_is_refused(certificate: Path) -> None:
    with Sink("smtp", Behaviour(OFFERED, tls=_server(certificate))) as sink:
        hop = NextHop.parse(f"smtp://localhost:{sink.port}")
        relay = Relay(PATIENT, trust=Trust(inside=lambda _: False))
        outcome = with_relay(lambda it: it.deliver(hop, parcel()), relay)
        assert said(outcome) == UNREACHABLE
        assert "certificate" in outcome.upstream


def _told(
    sink: Sink, tls: Tls | None, ca: str = "", fingerprint: str = "", host: str = "localhost"
) -> Outcome:
    """What becomes of a parcel when the list file says how the sink is to be spoken to."""
    url = NextHop.parse(f"{sink.protocol}://{host}:{sink.port}")
    hop = replace(url, tls=tls, ca=ca, fingerprint=fingerprint)
    return with_relay(lambda it: it.deliver(hop, parcel()), Relay(PATIENT))


def _fingerprint(certificate: Path) -> str:
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(_pem(certificate))).hexdigest()


def _pem(certificate: Path) -> str:
    """The certificate without its key."""
    text = certificate.read_text()
    return text[text.index("-----BEGIN CERTIFICATE-----") :]


def _under_tls(sink: Sink) -> bool:
    verbs = [command[:4] for command in sink.commands]
    return verbs[1:4] == [b"STAR", verbs[0], b"MAIL"]


@pytest.mark.parametrize("protocol", ["smtp", "lmtp"])
def test_a_near_hop_is_spoken_to_under_tls_where_it_is_required(protocol: str, certificate: Path) -> None:
    with Sink(protocol, Behaviour(OFFERED, tls=_server(certificate))) as sink:
        assert _told(sink, Tls.REQUIRED, ca=_pem(certificate)).taken
        assert _under_tls(sink)


@pytest.mark.parametrize("how", [{}, {"host": "127.0.0.1"}], ids=["unknown signer", "another name"])
def test_where_tls_is_required_a_certificate_that_proves_nothing_is_refused(
    how: dict[str, str], certificate: Path
) -> None:
    ca = _pem(certificate) if how else ""
    with Sink("smtp", Behaviour(OFFERED, tls=_server(certificate))) as sink:
        assert said(_told(sink, Tls.REQUIRED, ca=ca, **how)) == UNREACHABLE
        assert not any(command.startswith(b"MAIL") for command in sink.commands)


def test_a_fingerprint_proves_a_certificate_whatever_its_name_and_signer(certificate: Path) -> None:
    with Sink("smtp", Behaviour(OFFERED, tls=_server(certificate))) as sink:
        assert _told(sink, Tls.REQUIRED, fingerprint=_fingerprint(certificate), host="127.0.0.1").taken
        assert _under_tls(sink)


def test_another_fingerprint_is_refused(certificate: Path) -> None:
    with Sink("smtp", Behaviour(OFFERED, tls=_server(certificate))) as sink:
        outcome = _told(sink, Tls.REQUIRED, fingerprint="0" * 64)
        assert said(outcome) == UNREACHABLE
        assert "fingerprint" in outcome.upstream
        assert not any(command.startswith(b"MAIL") for command in sink.commands)


def test_certificates_that_cannot_be_read_let_nothing_out(certificate: Path) -> None:
    with Sink("smtp", Behaviour(OFFERED, tls=_server(certificate))) as sink:
        ca = "-----BEGIN CERTIFICATE-----\nbroken\n-----END CERTIFICATE-----\n"
        assert said(_told(sink, Tls.REQUIRED, ca=ca)) == UNREACHABLE


def test_old_tls_is_refused(certificate: Path) -> None:
    old = _server(certificate)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    old.set_ciphers("ALL:@SECLEVEL=0")
    with Sink("smtp", Behaviour(OFFERED, tls=old)) as sink:
        assert said(_told(sink, Tls.REQUIRED, ca=_pem(certificate))) == UNREACHABLE


def test_opportunistic_tls_is_used_where_it_is_offered_whoever_signed(certificate: Path) -> None:
    with Sink("smtp", Behaviour(OFFERED, tls=_server(certificate))) as sink:
        assert _told(sink, Tls.OPPORTUNISTIC, host="127.0.0.1").taken
        assert _under_tls(sink)


@pytest.mark.parametrize(
    "behaviour",
    [Behaviour(), Behaviour(OFFERED, replies={"STARTTLS": b"454 4.7.0 Not now\r\n"})],
    ids=["not offered", "refused"],
)
def test_opportunistic_tls_does_without_where_it_cannot_be_had(behaviour: Behaviour) -> None:
    with Sink("smtp", behaviour) as sink:
        assert _told(sink, Tls.OPPORTUNISTIC).taken


@pytest.mark.parametrize("tls", [Tls.OPPORTUNISTIC, Tls.REQUIRED])
@pytest.mark.parametrize(
    "reply", [b"220 Go\r\n250 injected\r\n", b"220 Go\r\n220", b""], ids=["line", "octets", "silence"]
)
def test_what_is_injected_before_the_handshake_ends_the_connection(tls: Tls, reply: bytes) -> None:
    closes = frozenset() if reply else frozenset({"STARTTLS"})
    with Sink("smtp", Behaviour(OFFERED, replies={"STARTTLS": reply}, closes=closes)) as sink:
        assert said(_told(sink, tls)) == UNREACHABLE
        assert not any(command.startswith(b"MAIL") for command in sink.commands)


def test_none_uses_no_tls_even_where_it_is_offered(certificate: Path) -> None:
    with Sink("smtp", Behaviour(OFFERED, tls=_server(certificate))) as sink:
        hop = replace(NextHop.parse(sink.url), tls=Tls.NONE)
        relay = Relay(PATIENT, trust=Trust(inside=lambda _: False))
        assert with_relay(lambda it: it.deliver(hop, parcel()), relay).taken
        assert b"STARTTLS" not in sink.commands


@pytest.mark.parametrize(
    ("address", "near"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("10.1.2.3", True),
        ("fd00::1", True),
        ("fe80::1%eth0", True),
        ("::ffff:192.168.0.1", True),
        ("::ffff:8.8.8.8", False),
        ("8.8.8.8", False),
        ("100.64.0.1", False),
        ("2a00::1", False),
    ],
)
def test_only_loopback_and_private_addresses_are_near(address: str, near: bool) -> None:
    assert inside(address) is near
