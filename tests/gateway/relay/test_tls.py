"""Outside private networks SMTP goes under verified TLS or not at all."""

import ssl
import subprocess
from pathlib import Path

import pytest

from gateway.relay import NextHop, Outcome, Relay
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
