"""rspamd: what its worker says of a message (POST /checkv2). It is told the octets and nothing else."""

import asyncio
import importlib
import json
import math
import ssl
from collections.abc import AsyncIterator
from importlib.util import find_spec
from typing import Any

from gateway import extras
from gateway.reply import printable
from gateway.scanners.errors import BROKE_OFF, NONSENSE, TOO_MUCH, Declined, NoAnswer
from gateway.scanners.exchange import pieces
from rules.facts import Answer

_MOST = 1 << 20  # octets of an answer, which names every symbol with its description


def missing() -> str:
    """What is not installed that asking needs, as the end of a sentence; "" where all is there."""
    if find_spec("httpx") is None:
        return f"needs the extra 'scanners': {extras.command('scanners')}"
    return ""


class Rspamds:
    """Asks any number of rspamds, each question over a connection of its own; belongs to one event loop."""

    def __init__(self) -> None:
        self._client: Any = None
        self._opening = asyncio.Lock()

    async def ask(self, at: str, octets: bytes) -> Answer:
        """Return rspamd's action and score. Raises NoAnswer, Declined."""
        if missing():
            raise NoAnswer(f"it {missing()}")
        client = await self._opened()
        httpx = importlib.import_module("httpx")
        try:
            return await _checked(client, at, octets)
        except httpx.ConnectError as error:
            raise NoAnswer("it cannot be reached") from error
        except httpx.HTTPError as error:
            raise NoAnswer(BROKE_OFF) from error

    async def close(self) -> None:
        """Ask no more."""
        if self._client is not None:
            await self._client.aclose()

    async def _opened(self) -> Any:
        async with self._opening:
            if self._client is None:
                # Loading the library and the certificates would keep other sessions waiting.
                self._client = await asyncio.to_thread(_client)
            return self._client


def _client() -> Any:
    # No proxy from the environment, no redirect: the post goes where the list file says, or nowhere.
    # No connection is kept, which rspamd may have closed by the time that the next message comes.
    httpx = importlib.import_module("httpx")
    return httpx.AsyncClient(
        verify=ssl.create_default_context(),
        trust_env=False,
        follow_redirects=False,
        timeout=None,
        limits=httpx.Limits(max_keepalive_connections=0),
    )


async def _checked(client: Any, at: str, octets: bytes) -> Answer:
    headers = {"Content-Length": str(len(octets)), "Accept-Encoding": "identity", "User-Agent": "Gatepost"}
    asking = client.stream("POST", f"{at}/checkv2", content=_body(octets), headers=headers)
    async with asking as response:
        body = b""
        async for piece in response.aiter_raw():
            body += piece
            if len(body) > _MOST:
                raise NoAnswer(TOO_MUCH)
        if response.status_code != 200:
            raise Declined(f"it said “{response.status_code}”")
        return _read(body)


async def _body(octets: bytes) -> AsyncIterator[bytes]:
    for piece in pieces(octets):
        yield bytes(piece)


def _read(body: bytes) -> Answer:
    try:
        said = json.loads(body)
    except ValueError as error:
        raise NoAnswer(NONSENSE) from error
    if not isinstance(said, dict):
        raise NoAnswer(NONSENSE)
    # "is_skipped" does not matter: an action that its settings chose at once is an answer too.
    action, score = said.get("action"), said.get("score")
    if not isinstance(action, str) or not isinstance(score, int | float) or not math.isfinite(score):
        raise NoAnswer(NONSENSE)
    return Answer(printable(action, 40), float(score))
