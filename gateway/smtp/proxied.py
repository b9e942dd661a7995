"""The PROXY header by which a load balancer says whose connection it passes on (HAProxy's, 1 and 2)."""

import asyncio

from aiosmtpd.proxy_protocol import AF, V2_CMD, get_proxy

from gateway.networks import plain
from gateway.smtp.intake import Intake

SECONDS = 5  # that a header may take
LONGEST_HEADER = 536  # octets; version 1 has at most 107, version 2 this much without oversized extras


class HeaderWrong(ConnectionError):
    """No PROXY header, or one that cannot be believed: whoever sends it is sent away without a word."""


async def proxied(intake: Intake, proxy: str) -> str:
    """The address of the client that ``proxy`` passes on; "" when it does not know.

    It is the proxy's own where that looks after us itself. Reads the header
    and not an octet more. Raises HeaderWrong, also when it does not come in time.
    """
    try:
        async with asyncio.timeout(SECONDS):
            header = await get_proxy(_Reader(intake))
    except (TimeoutError, asyncio.IncompleteReadError) as error:
        raise HeaderWrong("no PROXY header") from error
    if not header.valid or header.family == AF.UNIX:
        raise HeaderWrong("a malformed PROXY header")
    if header.command == V2_CMD.LOCAL:
        return proxy
    return plain(str(header.src_addr)) if header.src_addr is not None else ""


class _Reader:
    """The start of a connection as aiosmtpd's reader of headers wants it, and never more than a header."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake
        self._left = LONGEST_HEADER

    async def readexactly(self, n: int) -> bytes:
        found = b""
        while len(found) < n:
            found += await self.read(n - len(found))
        return found

    async def read(self, n: int = -1) -> bytes:
        if n > self._left:
            raise HeaderWrong("a PROXY header too long")
        while not (octets := self._intake.take()):
            if not await self._intake.more():
                raise HeaderWrong("the client left")
        self._intake.put_back(octets[n:])
        self._left -= len(octets[:n])
        return octets[:n]

    async def readuntil(self, separator: bytes = b"\n") -> bytes:
        found = b""
        while not found.endswith(separator):
            found += await self.read(1)
        return found
