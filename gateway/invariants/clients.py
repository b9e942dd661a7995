"""I1 and I2 from outside: what clients were told, held against the store and what the list server got."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, select

from gateway.errors import GivenWrong
from gateway.invariants.problem import Problem
from gateway.store.tables import HOLD, TRANSACTION

_HELD = re.compile(r"Ok: held for moderation as ([a-z0-9, ]+)")
_QUEUED = re.compile(r"Ok: queued as ([a-z0-9]+)")
_RELAYED = re.compile(r"Ok: relayed\b")
_MESSAGE_ID = re.compile(rb"^Message-ID:[ \t]*(<[^>\r\n]+>)", re.IGNORECASE | re.MULTILINE)
_LOOK = "look for it in the journal; the client must send it again"


@dataclass
class LogWrong(GivenWrong):
    """A log of replies, or what a list server got, that cannot be read."""

    where: str
    problem: str

    def __str__(self) -> str:
        return f"{self.where}: {self.problem}"


@dataclass(frozen=True, slots=True)
class Told:
    """The reply to one try of a client; ``message_id`` with its brackets, and one post only has it."""

    message_id: str
    reply: str


def read_log(path: Path) -> tuple[Told, ...]:
    """What clients were told: a JSON object a line, with ``message_id`` and ``reply``. Raises LogWrong."""
    found: list[Told] = []
    try:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            row = json.loads(line)
            if not isinstance(row, dict) or not {"message_id", "reply"} <= row.keys():
                raise LogWrong(f"{path}:{number}", "should be an object with 'message_id' and 'reply'")
            found.append(Told(str(row["message_id"]), str(row["reply"])))
    except (OSError, ValueError) as error:
        raise LogWrong(str(path), f"cannot be read as JSON lines: {error}") from error
    return tuple(found)


def read_sink(path: Path) -> Counter[str]:
    """How often each Message-ID stands in a file of messages, or a folder of such. Raises LogWrong."""
    try:
        files = sorted(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]
        return Counter(
            name.decode("latin-1") for file in files for name in _MESSAGE_ID.findall(file.read_bytes())
        )
    except OSError as error:
        raise LogWrong(str(path), f"cannot be read: {error.strerror}") from error


def promised(connection: Connection, log: Sequence[Told], sink: Counter[str] | None) -> Iterator[Problem]:
    """What a 250 said is so, and what had no 250 is nowhere. ``sink`` None: nobody says what arrived."""
    taken = {told.message_id for told in log if told.reply.startswith("250 ")}
    for told in log:
        yield from _kept(connection, told)
        if sink is not None and _RELAYED.search(told.reply) and not sink[told.message_id]:
            says = f"post {told.message_id}: was answered {told.reply!r}, and the list server has not got it"
            yield Problem("I1", says, _LOOK)
    for message_id in sorted({told.message_id for told in log} - taken):
        if sink is not None and sink[message_id]:
            says = f"post {message_id}: was never answered 250, and the list server has got it"
            yield Problem("I2", says, "it may be there twice once its client has sent it again")


def _kept(connection: Connection, told: Told) -> Iterator[Problem]:
    if held := _HELD.search(told.reply):
        for name in held[1].split(", "):
            if connection.scalar(select(HOLD.c.id).where(HOLD.c.id == name)) is None:
                yield Problem("I1", f"post {told.message_id}: there is no hold {name}", _LOOK)
    if queued := _QUEUED.search(told.reply):
        stored = select(TRANSACTION.c.id).where(
            TRANSACTION.c.id == queued[1], TRANSACTION.c.state == "stored"
        )
        if connection.scalar(stored) is None:
            yield Problem("I1", f"post {told.message_id}: there is no transaction {queued[1]}", _LOOK)
