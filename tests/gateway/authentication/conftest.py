"""What the tests of authentication share: a message examined by a real nameserver and real processes."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from gateway.authentication.authenticator import Authenticator
from gateway.authentication.examined import Examined
from gateway.authentication.resolver import Resolver
from gateway.authentication.verifier import Verifier
from rules.message import Envelope
from rules.scan import scan
from tests.given.nameserver import Zone, nameserver

CLIENT = "192.0.2.7"
NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)

Examine = Callable[..., Examined]


@pytest.fixture(scope="module")
def loop() -> asyncio.Runner:  # type: ignore[misc]
    """One loop for a file, so that its verifying process is started once."""
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="module")
def verifier(loop: asyncio.Runner) -> Verifier:  # type: ignore[misc]
    """One process for a file."""

    async def made() -> Verifier:
        return Verifier(1)

    kept = loop.run(made())
    yield kept
    loop.run(kept.close())


@pytest.fixture
def examine(loop: asyncio.Runner, verifier: Verifier) -> Examine:
    """Examines octets by the DNS that a zone makes."""

    def examined(
        octets: bytes,
        zone: Zone,
        *,
        sender: bytes = b"ann@member.example",
        client: str = CLIENT,
        direct: bool = True,
        seconds: float = 5,
        queries: int = 20,
    ) -> Examined:
        async def run() -> Examined:
            envelope = Envelope(sender, (b"physics@lists.example",), (), client, "mx.member.example")
            by = Authenticator(
                Resolver(server.address), verifier, seconds=seconds, queries=queries, clock=lambda: NOW
            )
            return await by.examine(octets, scan(octets), envelope, direct=direct)

        with nameserver(zone) as server:
            return loop.run(run())

    return examined
