"""Octets made a little different at random, as a damaged disk, a bad gateway or an attacker would."""

import random

_TELLING = (
    *(
        b"\r\n",
        b"\n",
        b"\r",
        b"\0",
        b"\r\n.\r\n",
        b"\r\n\r\n",
        b":",
        b";",
        b'"',
        b"<",
        b">",
        b"@",
        b"=",
        b"--",
        b"\\",
    ),
    *(
        b"=?utf-8?b?4pyT?=",
        b"=?x?q?=FF?=",
        b"Content-Type: multipart/mixed; boundary=x\r\n",
        b"--x\r\n",
        b"--x--\r\n",
    ),
    *(
        b"Content-Transfer-Encoding: base64\r\n",
        b"charset=utf-7",
        b"From: a@b.example\r\n",
        b"\xff\xfe",
        b"\xe2\x80\xae",
        b"name*0*=",
    ),
)


def mutated(octets: bytes, chance: random.Random, longest: int = 1_000_000) -> bytes:
    """The octets with one to six changes."""
    made = bytearray(octets)
    for _ in range(chance.randint(1, 6)):
        _change(made, chance)
    return bytes(made[:longest])


def _change(made: bytearray, chance: random.Random) -> None:
    at = chance.randint(0, len(made))
    end = min(len(made), at + chance.choice((1, 1, 2, 8, 40, 400)))
    match chance.randint(0, 6):
        case 0 if at < len(made):
            made[at] ^= 1 << chance.randint(0, 7)
        case 1 if at < len(made):
            made[at] = chance.randint(0, 255)
        case 2:
            del made[at:end]
        case 3:
            made[at:at] = chance.choice(_TELLING)
        case 4:
            made[at:at] = made[at:end] * chance.choice((1, 2, 5, 50))
        case 5:
            to = chance.randint(0, len(made))
            made[to:to] = made[at:end]
        case _:
            made[at:end] = chance.choice(_TELLING) * chance.choice((1, 1, 20))
