"""What databases refuse or cut short in text never reaches a text column, whatever a stranger wrote (T68)."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from gateway import queue
from gateway.desk import Order
from gateway.holds import NewDelivery, NewNotice, Outcome
from gateway.outbox import deliveries, notices
from gateway.store.database import Store
from gateway.verify import verify
from rules.message import Envelope, Message
from tests.given.store import ANN, DESK, LIST, NOW, WINDOW, arrival, finding, new_hold, new_store

TRAPS = {
    "nul": "a\0b",
    "surrogate": "a\ud800b\udfffc",
    "half a pair": "\udc80",
    "not a character": "\uffff\ufffe",
    "astral": "\U0010ffff" * 600,
    "quotes": "'; DROP TABLE hold; --\"\\",
    "huge": "x" * 200_000,
    "controls": "".join(map(chr, range(32))) + "\x7f\x9b",
}
_LONGEST = 8192  # octets of a derived column; findings and judgements are JSON, in ASCII


def texts(folder: Path) -> list[tuple[str, bytes]]:
    """Every value that the database has as text, by its column, as the octets in the file."""
    found = []
    with closing(sqlite3.connect(folder / "gatepost.db")) as connection:
        columns = (
            "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'"
        )
        names = connection.execute(columns).fetchall()
        connection.text_factory = bytes
        for table, column in names:
            query = f'SELECT "{column}" FROM "{table}" WHERE typeof("{column}") = \'text\''  # noqa: S608
            found += [(f"{table}.{column}", row[0]) for row in connection.execute(query)]
    return found


def write_everywhere(store: Store, trap: str) -> str:
    """Give the trap to everything that keeps words of a post or of a person; the hold's id."""
    octets = trap.encode("utf-8", "surrogatepass")[:100_000] + b"\r\n"
    path = b"<\xff\x00'@\xe9"
    post = replace(
        arrival(), message=Message(Envelope(path, (path,), (path,), trap, trap), octets), reply=trap
    )
    nasty = replace(finding(words=trap[:5000]), clause=trap[:50], title=trap, ask=trap, mend=trap)
    hold = replace(new_hold(nasty), author=trap, subject=trap, message_id=trap, told=trap)
    passing = NewDelivery(LIST, (path,), 1, trap, trap, trap, (nasty,), trap)
    notice = NewNotice("cause", "decided", LIST, hold.id, trap, octets, NOW)
    store.write(lambda c: queue.hold(c, post, (hold,), (passing,), (notice,)))
    store.write(lambda c: DESK.remark(c, hold.id, ANN, trap, NOW))
    store.write(lambda c: DESK.decide(c, Order(hold.id, Outcome.RELEASE, ANN, clause=trap, reason=trap), NOW))
    for owed in store.read(lambda c: deliveries.due(c, NOW + WINDOW)):
        store.write(lambda c, owed=owed: deliveries.lease(c, owed.id, NOW + WINDOW, NOW + WINDOW))
        store.write(lambda c, owed=owed: deliveries.unknown(c, owed.id, trap or "-"))
    told = store.read(lambda c: notices.due(c, NOW))[0]
    store.write(lambda c: notices.lease(c, told.id, NOW, NOW))
    store.write(lambda c: notices.failed(c, told.id, trap))
    return hold.id


@pytest.mark.parametrize("name", TRAPS)
def test_no_text_column_holds_what_a_database_refuses(tmp_path: Path, name: str) -> None:
    store = new_store(tmp_path)
    hold_id = write_everywhere(store, TRAPS[name])
    assert verify(store, lambda: NOW) == ()
    held = store.read(lambda c: queue.get(c, hold_id))
    octets = store.read(lambda c: queue.octets(c, held.digest))
    assert octets == TRAPS[name].encode("utf-8", "surrogatepass")[:100_000] + b"\r\n"
    store.close()
    found = texts(tmp_path)
    assert len(found) > 50
    for column, value in found:
        text = value.decode("utf-8")  # raises for a lone surrogate
        assert "\0" not in text, column
        if column.partition(".")[2] not in ("findings", "judgements", "sql"):
            assert len(value) <= _LONGEST, column
