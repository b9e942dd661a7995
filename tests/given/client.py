"""A client that behaves like an MTA: it says what it has, and tries again when it was not told 250."""

import smtplib
import time
from dataclasses import dataclass

DEFAULT_SENDER = "ann@member.example"


def post(
    body: str,
    subject: str = "A question",
    sender: str = DEFAULT_SENDER,
    to: str = "physics@lists.example",
    ident: str = "1",
) -> bytes:
    """The octets of a plain post."""
    lines = (
        f"From: Ann <{sender}>",
        f"To: {to}",
        f"Subject: {subject}",
        f"Message-ID: <{ident}@member.example>",
        "Date: Sun, 22 Nov 2026 10:00:00 +0000",
        "",
        *body.splitlines(),
    )
    return ("\r\n".join(lines) + "\r\n").encode()


def submit(
    address: tuple[str, int], octets: bytes, to: str = "physics@lists.example", sender: str = DEFAULT_SENDER
) -> tuple[int, str]:
    """Send one message; returns the code and text of the reply after the dot."""
    with smtplib.SMTP(*address, timeout=20) as client:
        client.ehlo("client.example")
        code, text = client.mail(sender)
        if code == 250:
            code, text = client.rcpt(to)
        if code == 250:
            code, text = client.data(octets)
        return code, text.decode()


@dataclass
class Sent:
    """One message that the client owes: how often it was tried, and the last reply."""

    octets: bytes
    sender: str = DEFAULT_SENDER
    tries: int = 0
    accepted: str = ""


def persist(sent: Sent, address: "Address", seconds: float = 60) -> None:
    """Try until 250, as an MTA would; the address may change as the server is restarted."""
    deadline = time.monotonic() + seconds
    while not sent.accepted and time.monotonic() < deadline:
        sent.tries += 1
        try:
            code, text = submit(address(), sent.octets, sender=sent.sender)
        except (OSError, smtplib.SMTPException):
            time.sleep(0.05)
            continue
        if code == 250:
            sent.accepted = text
        elif code >= 500:
            raise AssertionError((code, text))
        else:
            time.sleep(0.05)


class Address:
    """Where the server is at present."""

    def __init__(self) -> None:
        self.now = ("127.0.0.1", 1)

    def __call__(self) -> tuple[str, int]:
        return self.now
