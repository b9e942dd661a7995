"""Signed messages: keys made once a run, signatures by dkimpy, key records as a zone has them."""

import base64
import subprocess
from functools import cache

import dkim
import nacl.signing

AUTHOR = "member.example"
MESSAGE = (
    b"From: Ann <ann@member.example>\r\nTo: physics@lists.example\r\nSubject: Cables\r\n"
    b"Date: Mon, 4 May 2026 09:00:00 +0000\r\nMessage-ID: <1@member.example>\r\n\r\nHas anybody a spare cable?\r\n"
)


@cache
def rsa(bits: int) -> tuple[bytes, str]:
    """A private key in PEM, and its record."""
    made = subprocess.run(
        ["openssl", "genrsa", "-traditional", str(bits)], check=True, capture_output=True
    ).stdout
    public = subprocess.run(
        ["openssl", "rsa", "-pubout", "-outform", "DER"], input=made, check=True, capture_output=True
    ).stdout
    return made, f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}"


@cache
def ed25519() -> tuple[bytes, str]:
    """A private key as dkimpy takes it, and its record."""
    key = nacl.signing.SigningKey(b"gatepost".ljust(32, b"."))
    public = base64.b64encode(bytes(key.verify_key)).decode()
    return base64.b64encode(bytes(key)), f"v=DKIM1; k=ed25519; p={public}"


def signed(
    message: bytes = MESSAGE,
    domain: str = AUTHOR,
    selector: str = "s1",
    bits: int = 2048,
    *,
    edwards: bool = False,
    length: bool = False,
    headers: tuple[bytes, ...] = (b"from", b"to", b"subject", b"date"),
) -> bytes:
    """The message with a signature on top, as the author's server would send it."""
    key = ed25519()[0] if edwards else rsa(bits)[0]
    algorithm = b"ed25519-sha256" if edwards else b"rsa-sha256"
    signer = dkim.DKIM(message, signature_algorithm=algorithm, minkey=0)
    field = signer.sign(
        selector.encode(), domain.encode(), key, include_headers=list(headers), length=length,
        canonicalize=(b"relaxed", b"relaxed"),
    )  # fmt: skip
    return field + message


def expiring(message: bytes, expires: int, domain: str = AUTHOR, selector: str = "s1") -> bytes:
    """The message signed with a time after which it need not be believed (x=), which dkimpy does not write."""
    signer = _Expiring(message, minkey=0)
    signer.expires = expires
    headers = [b"from", b"to", b"subject", b"date"]
    field = signer.sign(selector.encode(), domain.encode(), rsa(2048)[0], include_headers=headers)
    return field + message


class _Expiring(dkim.DKIM):
    expires = 0

    def gen_header(self, fields, *rest, **more):  # type: ignore[no-untyped-def]
        at = next(n for n, (name, _) in enumerate(fields) if name == b"b")
        fields.insert(at, (b"x", str(self.expires).encode()))
        return super().gen_header(fields, *rest, **more)


def key(bits: int = 2048) -> tuple[str, str]:
    """The TXT record of an RSA key."""
    return ("TXT", rsa(bits)[1])
