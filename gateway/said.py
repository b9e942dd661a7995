"""What lists have said, in the store: keyed hashes of sentences, never a word of them.

A quotation of what a list has said is not judged again. Rows are added when
a post is relayed or released, and deleted when they have not been said for
as long as the settings say.
"""

import hmac
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, select, text

from gateway.store import codec
from gateway.store.database import Store
from gateway.store.statement import Statement
from gateway.store.tables import HOLD, SAID
from rules.facts import Said
from rules.reading import Reading
from rules.said import own_sentences, quotations, said

CHUNK = 1000  # rows deleted at a time: the write lock is kept all the while
_AT_ONCE = 500  # a statement takes only so many parameters

# As text, because each dialect has a class of its own for words that both understand.
_KEEP = Statement(
    text(
        "INSERT INTO said (hash, day) VALUES (:hash, :day) "
        "ON CONFLICT (hash) DO UPDATE SET day = excluded.day WHERE said.day < excluded.day"
    )
)
_FORGET = Statement(SAID.delete().where(SAID.c.hash == bindparam("which"), SAID.c.day < bindparam("before")))


class Memory:
    """Knows of posts which of their sentences a list has said, and which it would have said with them."""

    def __init__(self, store: Store, secret: bytes) -> None:
        self._store = store
        self._secret = secret

    def sentences(self, list_address: str, reading: Reading) -> tuple[int, ...]:
        """What the list has said once it has passed the post on."""
        return own_sentences(reading, self._key(list_address))

    def said(self, list_address: str, reading: Reading) -> Said:
        """What of the post's quoted text the list has said; asks the store once, and so blocks."""
        quoted = quotations(reading, self._key(list_address))
        hashes = tuple({found for one in quoted for found in one.hashes})
        return said(quoted, self._store.read(lambda connection: known(connection, hashes)))

    def _key(self, list_address: str) -> bytes:
        return hmac.digest(self._secret, b"said:" + list_address.lower().encode(), "sha256")


def keep(connection: Connection, sentences: Iterable[int], now: datetime) -> None:
    """Record that a list has said these today. In order, because neighbours lie on the same pages."""
    day = codec.day(now)
    _KEEP.run_all(connection, [{"hash": sentence, "day": day} for sentence in sorted(sentences)])


def keep_released(connection: Connection, hold_id: str, now: datetime) -> None:
    """Record that a list has said what was held."""
    stored = connection.scalar(select(HOLD.c.sentences).where(HOLD.c.id == hold_id))
    keep(connection, codec.hashes_of(stored), now)


def known(connection: Connection, sentences: Sequence[int]) -> frozenset[int]:
    """Those of the sentences that have been said."""
    return frozenset(
        found
        for start in range(0, len(sentences), _AT_ONCE)
        for found in connection.scalars(
            select(SAID.c.hash).where(SAID.c.hash.in_(sentences[start : start + _AT_ONCE]))
        )
    )


def old(connection: Connection, older_than: timedelta, now: datetime) -> tuple[int, ...]:
    """Sentences that have not been said for so long, as many as are forgotten at a time."""
    query = select(SAID.c.hash).where(SAID.c.day < codec.day(now - older_than)).limit(CHUNK)
    return tuple(connection.scalars(query))


def forget(connection: Connection, sentences: Sequence[int], older_than: timedelta, now: datetime) -> None:
    """Delete sentences, but those that were said again meanwhile."""
    before = codec.day(now - older_than)
    _FORGET.run_all(connection, [{"which": sentence, "before": before} for sentence in sentences])
