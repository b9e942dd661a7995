"""TLS to clients: after STARTTLS and from the first octet, its limits, and certificates that change meanwhile."""

import io
import json
import shutil
import socket
import ssl
import subprocess
import time

import pytest

from gateway.journal import Journal
from gateway.settings import JournalSettings, Settings, TlsSettings
from gateway.smtp.certificates import Certificates, CertificateUnfit, ends
from gateway.smtp.handshakes import Handshakes
from tests.given import certificate
from tests.given.front import RunningFront

POST = b"From: Ann <ann@member.example>\r\n\r\nA question.\r\n"


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    return certificate.make(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def other(tmp_path_factory):
    return certificate.make(tmp_path_factory.mktemp("other"))


@pytest.fixture(scope="module")
def context(pair):
    return certificate.trusting(pair[0])


def gone(front, *clients):
    """Whether the front forgets every connection, soon, once these clients have left."""
    for client in clients:
        client.socket.close()
    connections = front.front._house.connections
    until = time.monotonic() + 5
    while (front.front._house.sessions or connections._count) and time.monotonic() < until:
        time.sleep(0.01)
    return not front.front._house.sessions and not connections._count and not connections._by_client


@pytest.mark.parametrize(
    ("protocol", "hello", "said"), [("smtp", "EHLO", "ESMTPS"), ("lmtp", "LHLO", "LMTPS")]
)
def test_a_message_comes_under_tls_when_the_client_asks_for_it(pair, context, protocol, hello, said):
    with RunningFront(protocol, pair=pair) as front, front.client() as client:
        client.send(f"{hello} x\r\n".encode())
        lines = [client.line() for _ in range(7)]
        assert "250 STARTTLS" in lines
        assert client.say("STARTTLS") == "220 2.0.0 Ready to start TLS"
        client.secure(context)
        client.begin(hello=f"{hello} client.example")
        assert client.post(POST) == "250 2.0.0 Ok: relayed"
        assert client.say("QUIT") == "221 2.0.0 Bye"
        assert client.rest() == ()
        assert front.keeper.messages[0].envelope.protocol == said
        assert front.contents == (POST,)
        assert gone(front, client)


@pytest.mark.parametrize(
    ("protocol", "hello", "said"),
    [("smtp", "HELO", "SMTP"), ("smtp", "EHLO", "ESMTP"), ("lmtp", "LHLO", "LMTP")],
)
def test_without_tls_the_envelope_says_so_too(protocol, hello, said):
    with RunningFront(protocol) as front, front.client() as client:
        client.begin(hello=f"{hello} x")
        client.post(POST)
        assert front.keeper.messages[0].envelope.protocol == said


def test_tls_can_come_first(pair, context):
    with RunningFront(pair=pair, implicit=True) as front, front.client(greet=False) as client:
        client.secure(context)
        assert client.reply() == "220 gate.example ESMTP"
        assert client.say("EHLO x", "STARTTLS").startswith("503 5.5.1")
        client.begin()
        assert client.post(POST) == "250 2.0.0 Ok: relayed"
        assert front.keeper.messages[0].envelope.protocol == "ESMTPS"


def test_what_was_said_in_plain_text_is_forgotten(pair, context):
    with RunningFront(pair=pair) as front, front.client() as client:
        client.say("EHLO x", "MAIL FROM:<eve@evil.example>", "RCPT TO:<physics@lists.example>")
        client.start_tls(context)
        assert client.say("MAIL FROM:<a@b.example>") == "503 5.5.1 Bad sequence of commands"
        assert client.say("DATA").startswith("503")
        client.say("EHLO x")
        assert client.say("RCPT TO:<physics@lists.example>").startswith("503")
        assert front.contents == ()


@pytest.mark.parametrize("more", [b"E", b"EHLO evil\r\nMAIL FROM:<eve@evil.example>\r\n", b"\x16\x03\x01"])
def test_what_is_sent_along_with_starttls_ends_the_session(pair, more):
    with RunningFront(pair=pair) as front, front.client() as client:
        client.say("EHLO x")
        client.send(b"STARTTLS\r\n" + more)
        assert client.rest() == ("554 5.5.0 Error: SMTP protocol synchronization",)
        assert gone(front, client)


def test_plain_text_in_place_of_a_handshake_is_never_a_command(pair):
    with RunningFront(pair=pair) as front, front.client() as client:
        client.say("EHLO x", "STARTTLS")
        client.send(b"EHLO evil\r\nMAIL FROM:<eve@evil.example>\r\nQUIT\r\n")
        assert client.socket.recv(100)[:1] in (b"", b"\x15"), "a TLS alert at most"
        assert gone(front, client)
        assert list(front.said("handshake_failed"))


@pytest.mark.parametrize("end", ["close", "reset"])
@pytest.mark.parametrize("said", [b"", b"\x16\x03\x01\x02\x00\x01"])
def test_a_client_that_leaves_during_the_handshake_leaves_nothing_behind(pair, end, said):
    with RunningFront(pair=pair) as front, front.client() as client:
        client.say("EHLO x", "STARTTLS")
        client.send(said)
        if end == "reset":
            client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        client.socket.close()
        assert gone(front, client)
        assert front.front.handshakes._under_way == 0
        assert list(front.said("handshake_failed", "session_failed")) == []


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
def test_older_versions_of_tls_are_not_spoken(pair, version):
    old = certificate.trusting(pair[0])
    old.set_ciphers("ALL:@SECLEVEL=0")
    old.minimum_version = old.maximum_version = version
    with RunningFront(pair=pair) as front, front.client() as client:
        client.say("EHLO x", "STARTTLS")
        with pytest.raises(ssl.SSLError):
            client.secure(old)
        assert gone(front, client)
        assert "UNSUPPORTED_PROTOCOL" in "".join(front.said("handshake_failed"))


def test_tls_1_2_is(pair, context):
    newest = certificate.trusting(pair[0])
    newest.maximum_version = ssl.TLSVersion.TLSv1_2
    with RunningFront(pair=pair) as front, front.client() as client:
        client.start_tls(newest)
        client.begin()
        assert client.post(POST).startswith("250")
        assert isinstance(client.socket, ssl.SSLSocket)
        assert client.socket.version() == "TLSv1.2"


@pytest.mark.parametrize("implicit", [True, False])
def test_a_handshake_has_its_time(pair, implicit):
    with RunningFront(pair=pair, implicit=implicit, tls={"handshake_timeout": 1}) as front:
        with front.client(greet=not implicit) as client:
            if not implicit:
                client.say("EHLO x", "STARTTLS")
            began = time.monotonic()
            assert client.rest() == ()
            assert 0.5 < time.monotonic() - began < 5
        assert gone(front)
        assert list(front.said("handshake_failed"))


def test_only_so_many_handshakes_are_under_way(pair, context):
    with RunningFront(pair=pair, tls={"handshakes": 1}) as front, front.client() as slow:
        slow.say("EHLO x", "STARTTLS")
        with front.client() as client:
            assert client.say("EHLO x", "STARTTLS") == "454 4.7.0 TLS is not available at present"
            assert client.say("NOOP").startswith("250")
            slow.secure(context)
            assert client.say("STARTTLS").startswith("220")
            client.secure(context)
            assert client.say("NOOP").startswith("250")


def test_where_tls_comes_first_one_handshake_too_many_is_closed(pair, context):
    with RunningFront(pair=pair, implicit=True, tls={"handshakes": 1}) as front, front.client(greet=False):  # noqa: SIM117
        with front.client(greet=False) as client:
            assert client.rest() == ()
            assert front.front._house.connections.turned_away == 1 or list(front.said("connections_refused"))


def test_a_connection_too_many_is_closed_without_a_word_where_nobody_could_read_one(pair):
    with RunningFront(pair=pair, implicit=True, connections=1) as front, front.client(greet=False):  # noqa: SIM117
        with front.client(greet=False) as second:
            assert second.socket.recv(100) == b""


def test_a_large_message_arrives_whole_and_a_slow_reader_is_waited_for(pair, context):
    content = b"".join(b"%07d" % n + b"x" * 63 + b"\r\n" for n in range(30_000))
    with RunningFront(pair=pair) as front, front.client() as client:
        client.start_tls(context)
        client.begin()
        assert client.post(content) == "250 2.0.0 Ok: relayed"
        client.send(b"VRFY x\r\n" * 90)
        assert sum(client.reply().startswith("252") for _ in range(90)) == 90
        assert front.contents == (content,)


def test_a_last_word_can_be_read_under_tls(pair, context):
    with RunningFront(pair=pair) as front, front.client() as client:
        client.start_tls(context)
        client.send(b"GET / HTTP/1.1\r\n")
        assert client.rest() == ("421 4.7.0 Error: this is a mail server",)
        assert gone(front, client)


def test_an_admission_goes_on_when_the_client_leaves_under_tls(pair, context):
    with RunningFront(pair=pair) as front:
        front.keeper.go_on.clear()
        with front.client() as client:
            client.start_tls(context)
            client.begin()
            client.send(POST + b".\r\n")
            assert front.keeper.under_way.wait(5)
        front.keeper.go_on.set()
        assert front.keeper.done.wait(5)
        assert front.contents == (POST,)
        assert gone(front, client)


def test_draining_ends_handshakes_and_says_goodbye_under_tls(pair, context):
    with RunningFront(pair=pair) as front, front.client() as idle, front.client() as shaking:
        idle.start_tls(context)
        idle.say("EHLO x")
        shaking.say("EHLO x", "STARTTLS")
        assert front.drain(5)
        assert idle.rest() == ("421 4.3.2 Service shutting down, try again",)
        assert shaking.rest() == ()


def replace(folder, pair):
    shutil.copy(pair[0], folder / "cert.pem")
    shutil.copy(pair[1], folder / "key.pem")


def test_changed_files_are_shown_from_the_next_handshake_on(pair, other, tmp_path, monkeypatch):
    monkeypatch.setattr("gateway.smtp.front.TICK", 0.01)
    monkeypatch.setattr("gateway.smtp.front.RENEWAL", 1)
    replace(tmp_path, pair)
    with RunningFront(pair=(tmp_path / "cert.pem", tmp_path / "key.pem")) as front, front.client() as early:
        early.start_tls(certificate.trusting(pair[0]))
        # One file first, as renewals do: the pair does not fit, and the old one is shown.
        shutil.copy(other[0], tmp_path / "cert.pem")
        wait_for(front, "certificate_refused")
        with front.client() as client:
            client.start_tls(certificate.trusting(pair[0]))
        shutil.copy(other[1], tmp_path / "key.pem")
        wait_for(front, "certificate_renewed")
        with front.client() as client:
            client.start_tls(certificate.trusting(other[0]))
            assert client.say("EHLO x").startswith("250")
        assert early.say("NOOP").startswith("250"), "an open session goes on"
        assert len(list(front.said("certificate_refused"))) == 1, "said once, not at each look"


def wait_for(front, event):
    until = time.monotonic() + 5
    while not list(front.said(event)):
        assert time.monotonic() < until, event
        time.sleep(0.01)


def test_a_file_that_went_away_leaves_the_old_certificate(pair, context, tmp_path):
    replace(tmp_path, pair)
    with RunningFront(pair=(tmp_path / "cert.pem", tmp_path / "key.pem")) as front:
        (tmp_path / "cert.pem").unlink()
        front.front.handshakes.certificates.renew()
        with front.client() as client:
            client.start_tls(context)
        assert list(front.said("certificate_refused"))


def locked(key, folder):
    file = folder / "locked.key"
    words = ["openssl", "pkey", "-in", key, "-aes256", "-passout", "pass:x", "-out", file]
    subprocess.run(words, check=True, capture_output=True)
    return file


def unfit(folder, certificate_file, key_file):
    """What is said of this pair, which stands in files of other names."""
    shown = {"cert.pem": certificate_file, "key.pem": key_file}
    for name, file in shown.items():
        if file:
            shutil.copy(file, folder / name)
    settings = TlsSettings(certificate="cert.pem", key="key.pem" if key_file else "")
    with pytest.raises(CertificateUnfit) as told:
        Certificates(settings, folder / "gatepost.toml", Journal(JournalSettings(), b"")).one_more()
    said = str(told.value)
    assert said.startswith(f"{folder / 'gatepost.toml'}: ")
    assert "secret" not in said
    return said.replace(f"{folder}/", "")


def test_what_cannot_be_shown_is_said_at_the_start_with_the_file_to_mend(pair, other, tmp_path):
    words = tmp_path / "words"
    words.write_text("secret words")
    for name, one, key, told in (
        (
            "another key",
            pair[0],
            other[1],
            "the key in key.pem does not belong to the certificate in cert.pem",
        ),
        ("no key", pair[0], None, "no private key in cert.pem; set tls.key"),
        (
            "no key there",
            pair[0],
            pair[0],
            "no private key in key.pem; tls.key names the PEM file that holds it",
        ),
        ("no PEM", pair[0], words, "no private key in key.pem; tls.key names the PEM file that holds it"),
        (
            "swapped",
            pair[1],
            pair[0],
            "no certificate in cert.pem; tls.certificate names a PEM file, with the chain",
        ),
        (
            "a password",
            pair[0],
            locked(pair[1], tmp_path),
            "the key in key.pem has a password, which nobody could give; 'openssl pkey' takes it off",
        ),
    ):
        folder = tmp_path / name
        folder.mkdir()
        assert unfit(folder, one, key) == f"gatepost.toml: {told}"


def test_a_file_that_is_not_there_or_is_damaged_is_named_with_its_setting(pair, tmp_path):
    told = "the file of tls.certificate cannot be read by the user that serves: cert.pem (No such file or directory)"
    assert unfit(tmp_path, None, None) == f"gatepost.toml: {told}"
    damaged = tmp_path / "damaged"
    damaged.write_bytes(pair[0].read_bytes().replace(b"MII", b"AAA", 1))
    said = unfit(tmp_path, damaged, pair[1])
    assert said.startswith(
        "gatepost.toml: the certificate in cert.pem or the key in key.pem cannot be used ("
    )


def test_when_it_ends_is_known(tmp_path):
    certificate.make(tmp_path, "soon", days=3)
    settings = TlsSettings(certificate="soon.pem", key="soon.key")
    assert 2.9 < (ends(settings, tmp_path / "gatepost.toml") - time.time()) / 86_400 < 3.1


def test_one_that_has_ended_is_unfit(tmp_path):
    made, key = certificate.make(tmp_path)
    past = ["openssl", "x509", "-in", made, "-signkey", key, "-days", "-1", "-out", tmp_path / "past.pem"]
    subprocess.run(past, check=True, capture_output=True)
    settings = TlsSettings(certificate="past.pem", key="server.key")
    with pytest.raises(CertificateUnfit, match="expired"):
        ends(settings, tmp_path / "gatepost.toml")


def test_each_port_has_keys_of_its_own_for_tickets(pair):
    settings = TlsSettings(certificate=str(pair[0]), key=str(pair[1]))
    certificates = Certificates(settings, pair[0].parent / "gatepost.toml", Journal(JournalSettings(), b""))
    first, second = (certificates.context(certificates.one_more()) for _ in range(2))
    assert first is not second


def test_all_ports_take_up_changed_files_together(pair, other, tmp_path):
    replace(tmp_path, pair)
    shown = TlsSettings(certificate=str(tmp_path / "cert.pem"), key=str(tmp_path / "key.pem"))
    settings = Settings(tls=shown)
    lines = io.StringIO()
    journal = Journal(JournalSettings(), b"", lines)
    first = Handshakes.of(settings, journal)
    ports = (first, Handshakes.of(settings, journal, first))
    early = [each.certificates.context(each.port) for each in ports]
    for change, event in (((other[0], pair[1]), "certificate_refused"), (other, "certificate_renewed")):
        replace(tmp_path, change)
        for each in ports:
            each.certificates.renew()
        assert [json.loads(line)["event"] for line in lines.getvalue().splitlines()][-1:] == [event]
    assert len(lines.getvalue().splitlines()) == 2, "each change is said once, however many ports look"
    assert not set(early) & {each.certificates.context(each.port) for each in ports}
