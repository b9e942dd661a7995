"""The record of each post's arrival, and how a client's repeat of one is recognised."""

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, and_, bindparam, exists, insert, select, update

from gateway.authentication.examined import NOTHING, Examined, as_row, of_row
from gateway.networks import within
from gateway.store import codec
from gateway.store.statement import Statement, insertion
from gateway.store.tables import TRANSACTION
from rules.message import Envelope, Message
from rules.verdict import Verdict

REPEATS = timedelta(days=7)
"""A client repeats an unanswered message for no longer than this (RFC 5321, 4.5.4.1 asks for 4 to 5 days)."""

_LOST = timedelta(hours=1)
_T = TRANSACTION.c


class TransactionState(StrEnum):
    """What became of an arrival; UNKNOWN: the next hop had the final dot and we have no reply."""

    IN_FLIGHT = "in_flight"
    RELAYED = "relayed"
    STORED = "stored"
    REFUSED = "refused"
    DEFERRED = "deferred"
    UNKNOWN = "unknown"


_TAKEN = (TransactionState.STORED, TransactionState.RELAYED)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one list's policy said; ``verdict`` is None for a pass-through address.

    ``sentences``: what the list has said once the post is relayed.
    ``identity``: what was found of its author.
    """

    list: str
    recipients: tuple[bytes, ...]
    version: int
    verdict: Verdict | None
    mode: str
    sentences: tuple[int, ...] = ()
    identity: Examined = NOTHING


@dataclass(frozen=True, slots=True)
class Arrival:
    """A post as it came. ``reply`` is what its client is told once it is stored ("" for the usual words)."""

    id: str
    key: bytes
    message: Message
    received: datetime
    judgements: tuple[Judgement, ...] = ()
    reply: str = ""
    body: bytes = field(default=b"", repr=False)
    """The octets `compressed` already, worth while for large ones; b"" to have it done in the job."""


@dataclass(frozen=True, slots=True)
class Prior:
    """The earlier transaction that an arrival repeats, and what was or would have been replied to it."""

    id: str
    state: TransactionState
    reply: str


_SAME = and_(_T.key == bindparam("key"), _T.confirmed.is_(False), _T.received >= bindparam("since"))
_REPEATED = Statement(
    select(_T.id, _T.state, _T.reply, _T.received).where(_SAME).order_by(_T.received.desc()).limit(50)
)
_INSERT = Statement(insertion(TRANSACTION))
_INSERT_NEW = Statement(
    insert(TRANSACTION).from_select(
        list(_T.keys()),
        select(*(bindparam(column.name, type_=column.type) for column in _T)).where(~exists().where(_SAME)),
    )
)
_FINISH = Statement(
    update(TRANSACTION)
    .where(_T.id == bindparam("which"))
    .values(state=bindparam("new_state"), reply=bindparam("new_reply"))
)
# What is unknown is never done with: its client saw 451, and its repeat may double what the next hop took.
_CONFIRM = Statement(
    update(TRANSACTION)
    .where(_T.id == bindparam("which"), _T.state != TransactionState.UNKNOWN.value)
    .values(confirmed=True)
)


def dedupe_key(envelope: Envelope, octets: bytes, our_networks: tuple[str, ...]) -> bytes:
    """The key under which a client's repeat of a message is recognised.

    Received fields that hosts of ours (in ``our_networks``) add anew at each
    try do not count; the order of recipients neither.
    """
    key = hashlib.sha256()
    for address in (envelope.reverse_path, *sorted(envelope.recipients)):
        key.update(len(address).to_bytes(4, "big") + address)
    key.update(b"\0")
    key.update(memoryview(octets)[_our_trace(octets, envelope.hop, our_networks) :])
    return key.digest()


def begin(connection: Connection, arrival: Arrival) -> Prior | None:
    """Record the arrival as in flight, or return the transaction that it repeats.

    A Prior that is IN_FLIGHT, RELAYED or STORED: nothing was recorded, its
    reply is to be given. A Prior that is UNKNOWN: the arrival *was* recorded
    and goes on again, as a possible duplicate to be counted.
    """
    return _record(connection, arrival, TransactionState.IN_FLIGHT, "")


def store(connection: Connection, arrival: Arrival, reply: str) -> Prior | None:
    """Record the arrival as stored, or return the transaction that it repeats.

    A Prior means what it means for `begin`: only with UNKNOWN was the arrival recorded.
    """
    return _record(connection, arrival, TransactionState.STORED, reply)


def known(connection: Connection, arrival: Arrival) -> Prior | None:
    """The transaction that the arrival repeats, if it does; nothing is recorded."""
    return _repeated(connection, arrival, codec.microseconds(arrival.received - REPEATS))


def finish(connection: Connection, transaction_id: str, state: TransactionState, reply: str) -> None:
    """Record what became of an arrival, and our reply to its client."""
    _FINISH.run(connection, which=transaction_id, new_state=state.value, new_reply=codec.column(reply, 4096))


def identity(connection: Connection, transaction_id: str, list_address: str) -> Examined:
    """What was found of the author when a post arrived for the list."""
    judgements = connection.scalar(select(_T.judgements).where(_T.id == transaction_id))
    for row in json.loads(judgements or "[]"):
        if row["list"] == list_address and "identity" in row:
            return of_row(row["identity"])
    return NOTHING


def confirm(connection: Connection, transaction_ids: Iterable[str]) -> None:
    """Record that clients have seen the replies: the same octets again are then a new post.

    Not where the outcome is unknown: the same octets again are then still a repeat, to be counted.
    """
    for transaction_id in transaction_ids:
        _CONFIRM.run(connection, which=transaction_id)


def recover(connection: Connection, now: datetime) -> int:
    """Mark as unknown what was in flight when the gateway died; returns how many. For the start only."""
    left = update(TRANSACTION).where(
        _T.state == TransactionState.IN_FLIGHT.value, _T.received <= codec.microseconds(now)
    )
    return connection.execute(left.values(state=TransactionState.UNKNOWN.value)).rowcount


def _record(connection: Connection, arrival: Arrival, state: TransactionState, reply: str) -> Prior | None:
    row = _row(arrival, state, reply)
    since = codec.microseconds(arrival.received - REPEATS)
    # Nearly every arrival is new, and then one statement both asks and records.
    if _INSERT_NEW.run(connection, since=since, **row).rowcount:
        return None
    prior = _repeated(connection, arrival, since)
    if prior is None or prior.state is TransactionState.UNKNOWN:
        _INSERT.run(connection, **row)
    return prior


def _repeated(connection: Connection, arrival: Arrival, since: int) -> Prior | None:
    rows = _REPEATED.run(connection, key=arrival.key, since=since).fetchall()
    priors = [_prior(row, arrival.received) for row in rows]
    # Not simply the latest: clocks jump, and one whose fate is known answers for one whose is not.
    for state in (TransactionState.IN_FLIGHT, *_TAKEN, TransactionState.UNKNOWN):
        for prior in priors:
            if prior.state is state:
                return prior
    return None  # new, or refused and deferred: the client has it still, and it is judged anew


def _prior(row: tuple[str, str, str, int], now: datetime) -> Prior:
    transaction_id, state, reply, received = row
    known = TransactionState(state)
    if known is TransactionState.IN_FLIGHT and codec.moment(received) < now - _LOST:
        known = TransactionState.UNKNOWN  # no deadline of ours is so long
    return Prior(transaction_id, known, reply)


def _row(arrival: Arrival, state: TransactionState, reply: str) -> dict[str, object]:
    envelope = arrival.message.envelope
    return {
        "id": arrival.id,
        "key": arrival.key,
        "received": codec.microseconds(arrival.received),
        "reverse_path": envelope.reverse_path,
        "recipients": codec.octets_column(envelope.recipients),
        "client": codec.column(envelope.client),
        "helo": codec.column(envelope.helo),
        "size": len(arrival.message.octets),
        "state": state.value,
        "confirmed": False,
        "reply": codec.column(reply, 4096),
        "judgements": codec.judgements_column([_judgement_row(j) for j in arrival.judgements]),
        "protocol": envelope.protocol,
    }


def _judgement_row(judgement: Judgement) -> dict[str, object]:
    row: dict[str, object] = {
        "list": judgement.list,
        "version": judgement.version,
        "mode": judgement.mode,
        "recipients": [address.decode("latin-1") for address in judgement.recipients],
    }
    if judgement.verdict is not None:
        row |= codec.judgement_row(judgement.verdict)
    if judgement.identity != NOTHING:
        row["identity"] = as_row(judgement.identity)
    return row


_FIELD = re.compile(rb"Received:[^\r\n]*\r\n(?:[ \t][^\r\n]*\r\n)*", re.IGNORECASE)
_PEER = re.compile(rb"\[(?:IPv6:)?([0-9a-fA-F.:]{2,45})\]")


def _our_trace(octets: bytes, client: str, our_networks: tuple[str, ...]) -> int:
    """Where the message begins below the Received fields that hosts of ours have put on it."""
    start = 0
    while within(client, our_networks) and (found := _FIELD.match(octets, start)):
        # The client wrote this field; the address in it is who the client had the message from.
        start = found.end()
        peer = _PEER.search(found[0])
        client = peer[1].decode("ascii") if peer else ""
    return start
