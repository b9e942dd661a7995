"""A gateway with a certificate, as it is started: its ports, its clients, its renewal, and what is said where there is none."""

import shutil
import smtplib
import ssl
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.given.certificate import make, trusting
from tests.given.client import DEFAULT_SENDER, post
from tests.given.gatepost import COMMAND, LIST, MODERATOR
from tests.given.near import Near
from tests.given.sink import Sink

FLAGGED = "Please vote for the Blue Party on Thursday."
# The ready line has all three; HAProxy's place is taken by the test.
SETTINGS = """
xforward_networks = ["127.0.0.0/8"]
[smtps]
listen = "127.0.0.1:0"
[lmtp]
listen = "127.0.0.1:0"
[tls]
certificate = "cert.pem"
key = "key.pem"
"""


@dataclass(frozen=True, slots=True)
class Site:
    """A gateway under TLS, and the list server behind it."""

    gatepost: Near
    onwards: Sink

    @property
    def context(self) -> ssl.SSLContext:
        """Trust in the certificate that is shown."""
        return trusting(self.gatepost.folder / "cert.pem")

    def arrived(self, ident: str) -> bytes:
        """A message that the list server has got, with our lines above."""
        until = time.monotonic() + 10
        mark = f"<{ident}@".encode()
        while not (found := [one.octets for one in self.onwards.received if mark in one.octets]):
            assert time.monotonic() < until
            time.sleep(0.02)
        (octets,) = found
        return octets


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("gatepost")
    shown(make(tmp_path_factory.mktemp("tls")), folder)
    with Sink("smtp") as onwards, Near(folder, onwards.url, settings=SETTINGS) as gatepost:
        yield Site(gatepost, onwards)


def shown(pair: tuple[Path, Path], folder: Path) -> None:
    shutil.copy(pair[0], folder / "cert.pem")
    shutil.copy(pair[1], folder / "key.pem")


def send(client: smtplib.SMTP, body: str, ident: str, *before: str) -> str:
    client.ehlo("client.example")
    for command in before:
        assert client.docmd(command)[0] == 250
    client.mail(DEFAULT_SENDER)
    client.rcpt(LIST)
    code, text = client.data(post(body, ident=ident))
    return f"{code} {text.decode()}"


def test_a_post_comes_by_starttls_or_by_tls_from_the_start_and_its_trace_says_so(site: Site) -> None:
    with smtplib.SMTP_SSL(
        "localhost", site.gatepost.ports["smtps"][1], timeout=20, context=site.context
    ) as client:
        assert send(client, "A question.", "implicit").startswith("250 2.0.0 Ok: relayed")
    with smtplib.SMTP("localhost", site.gatepost.smtp[1], timeout=20) as client:
        client.ehlo("client.example")
        assert client.starttls(context=site.context)[0] == 220
        assert send(client, "Another question.", "starttls").startswith("250 2.0.0 Ok: relayed")
    for ident in ("implicit", "starttls"):
        assert b"(Gatepost) with ESMTPS id" in site.arrived(ident)


def test_a_held_post_is_released_with_a_trace_of_how_it_came(site: Site) -> None:
    with smtplib.LMTP(*site.gatepost.ports["lmtp"]) as client:
        client.ehlo("client.example")
        client.starttls(context=trusting_any())
        said = send(client, FLAGGED, "held", "XFORWARD ADDR=203.0.113.9 HELO=far.example")
    assert said.startswith("250 2.0.0 Ok: held for moderation as ")
    site.gatepost.run("queue", "release", said.split()[-1], "--as", MODERATOR, "--yes")
    arrived = site.arrived("held")
    assert b"Received: from far.example ([203.0.113.9])\r\n" in arrived
    assert b"(Gatepost) with LMTPS id" in arrived
    (line,) = [one for one in site.gatepost.events("held") if one["client"] == "203.0.113.9"]
    assert line["peer"] == "127.0.0.1"


def trusting_any() -> ssl.SSLContext:
    """smtplib's LMTP checks a name that it was not given."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def test_a_renewed_certificate_is_shown_without_a_restart(site: Site, tmp_path: Path) -> None:
    shown(make(tmp_path), site.gatepost.folder)
    until = time.monotonic() + 30
    # All three ports show it at once, after a look or two at half of the pair.
    while not site.gatepost.events("certificate_renewed"):
        assert time.monotonic() < until
        time.sleep(0.1)
    with smtplib.SMTP_SSL(
        "localhost", site.gatepost.ports["smtps"][1], timeout=20, context=site.context
    ) as client:
        assert client.noop()[0] == 250
    time.sleep(0.5)  # for what another port might say
    assert len(site.gatepost.events("certificate_renewed")) == 1


def test_the_doctor_looks_at_the_certificate(site: Site, tmp_path: Path) -> None:
    (seen,) = [one for one in site.gatepost.lines("admin", "doctor") if one["what"] == "tls"]
    assert (seen["health"], seen["says"]) == ("well", "the certificate fits its key, and ends in 30 days.")


def expired(pair: tuple[Path, Path], folder: Path) -> tuple[Path, Path]:
    past = folder / "past.pem"
    words = ["openssl", "x509", "-in", pair[0], "-signkey", pair[1], "-days", "-1", "-out", past]
    subprocess.run(words, check=True, capture_output=True)
    return past, pair[1]


WHOLE = '[tls]\ncertificate = "cert.pem"\nkey = "key.pem"\n'


@pytest.mark.parametrize("days", [13, 3])
def test_the_doctor_cares_about_a_certificate_that_soon_ends(tmp_path: Path, days: int) -> None:
    shown(make(tmp_path, days=days), tmp_path)
    said = command(tmp_path, WHOLE, "admin", "doctor").stdout
    assert f"care  tls: the certificate ends in {days} days; renew it" in said


def test_the_doctor_says_that_a_certificate_has_ended(tmp_path: Path) -> None:
    shown(expired(make(tmp_path), tmp_path), tmp_path)
    said = command(tmp_path, WHOLE, "admin", "doctor").stdout
    where = f"{tmp_path}/gatepost.toml: clients refuse the certificate in {tmp_path}/cert.pem"
    assert f"ill   tls: {where} (certificate has expired); renew it." in said


def test_who_serves_an_expired_certificate_is_told_at_the_start(tmp_path: Path) -> None:
    shown(expired(make(tmp_path), tmp_path), tmp_path)
    with Sink("smtp") as onwards, Near(tmp_path, onwards.url, settings=SETTINGS) as gatepost:
        told = f"clients refuse the certificate in {tmp_path}/cert.pem (certificate has expired); renew it"
        assert told in gatepost.remarks
        (line,) = gatepost.events("certificate_unfit")
        assert told in line["why"]
        with smtplib.SMTP("localhost", gatepost.smtp[1], timeout=20) as client:
            client.ehlo("client.example")
            assert client.starttls(context=trusting_any())[0] == 220
            assert send(client, "A question.", "expired").startswith("250 2.0.0 Ok: relayed")


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (
            '[smtp]\nproxy_networks = ["somewhere"]\n',
            "gatepost.toml:2: key 'smtp.proxy_networks' must be networks",
        ),
        (
            "[tls]\nhandshakes = 0\n",
            "gatepost.toml:2: key 'tls.handshakes' must be a whole number, 1 or more (given: 0)",
        ),
    ],
)
def test_what_cannot_be_served_is_said_in_a_sentence(tmp_path: Path, settings: str, told: str) -> None:
    done = command(tmp_path, settings, "serve")
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (
            '[smtps]\nlisten = "127.0.0.1:0"\n',
            "smtps.listen needs a certificate; name its file in tls.certificate, and its key's in tls.key",
        ),
        (
            '[tls]\nkey = "key.pem"\n',
            "tls.key stands without a certificate; name the certificate's PEM file in tls.certificate",
        ),
        ('[tls]\ncertificate = "cert.pem"\n', "no private key in {folder}/cert.pem; set tls.key"),
        (
            '[tls]\ncertificate = "cert.pem"\nkey = "other.key"\n',
            "the key in {folder}/other.key does not belong to the certificate in {folder}/cert.pem",
        ),
        (
            '[tls]\ncertificate = "gone.pem"\n',
            "the file of tls.certificate cannot be read by the user that serves: {folder}/gone.pem (No such file or directory)",
        ),
    ],
)
def test_tls_that_is_half_set_is_refused_at_the_start_and_is_ill_for_the_doctor(
    tmp_path: Path, settings: str, told: str
) -> None:
    shown(make(tmp_path), tmp_path)
    make(tmp_path, "other")
    sentence = f"{tmp_path}/gatepost.toml: {told.format(folder=tmp_path)}"
    served = command(tmp_path, f'[smtp]\nlisten = "127.0.0.1:0"\n{settings}', "serve")
    assert (served.returncode, served.stderr) == (2, f"gatepost: {sentence}\n")
    examined = command(tmp_path, settings, "admin", "doctor")
    assert examined.returncode == 1
    assert f"ill   tls: {sentence}." in examined.stdout


def command(folder: Path, settings: str, *words: str) -> subprocess.CompletedProcess[str]:
    config = folder / "gatepost.toml"
    config.write_text(settings, encoding="utf-8")
    given = [*COMMAND, "--config", str(config), *words]
    return subprocess.run(given, capture_output=True, text=True, timeout=60, check=False)
