"""What is purged is gone from every file of the store; what is needed stays."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from gateway import queue, transactions
from gateway.holds import HoldState, NewNotice, OctetsGone, OctetsMissing, Outcome
from gateway.outbox import deliveries, notices
from gateway.purge import forget_past, past, purge
from gateway.store import codec
from gateway.store.database import Store
from gateway.store.tables import NOTICE, OCTETS, TRANSACTION
from gateway.transactions import Arrival, Prior, TransactionState
from gateway.verify import verify
from tests.given.store import (
    ANN,
    BEN,
    DESK,
    LIST,
    NHS,
    NOW,
    arrival,
    decide,
    finding,
    keep,
    keep_passing,
    new_store,
    show,
)

MONTH = timedelta(days=30)
LATER = NOW + timedelta(hours=1)
THEN = NOW + MONTH + timedelta(hours=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = new_store(tmp_path)
    yield opened
    assert verify(opened, lambda: NOW) == ()
    opened.close()


def planted(store: Store, octets: bytes = b"") -> str:
    return keep(
        store,
        finding(sensitive=True, words=NHS),
        subject=f"About {NHS}",
        octets=octets or NHS.encode() * 2000,
    )


def purged(store: Store) -> int:
    return store.write(lambda c: purge(c, MONTH, THEN))


def found_in_files(store: Store) -> list[str]:
    return [
        file.name
        for file in store.path.parent.iterdir()
        if NHS.encode() in file.read_bytes() or NHS.replace(" ", "").encode() in file.read_bytes()
    ]


def test_grep_finds_nothing_of_a_purged_message_in_any_file(store: Store) -> None:
    name = planted(store)
    notice = NewNotice("held", "held", LIST, name, BEN, f"About {NHS}\r\n".encode(), NOW)
    store.write(lambda c: notices.add_notices(c, (notice,)))
    (waiting,) = store.read(lambda c: notices.due(c, NOW))
    store.write(lambda c: notices.lease(c, waiting.id, NOW, NOW))
    store.write(lambda c: notices.sent(c, waiting.id, "250 Ok"))
    decide(store, name, Outcome.DISCARD)
    assert found_in_files(store) != []
    assert purged(store) == 1
    assert store.checkpoint()
    assert found_in_files(store) == []
    store.vacuum()
    assert found_in_files(store) == []


def test_who_decided_what_under_which_clause_stays(store: Store) -> None:
    name = planted(store)
    before = decide(store, name, Outcome.REJECT)
    purged(store)
    after = show(store, name)
    assert (after.decision, after.clauses, after.author) == (before.decision, before.clauses, before.author)
    assert (after.subject, after.digest, after.state) == ("", "", HoldState.REJECTED)
    assert [(f.clause, f.says, f.quotes) for f in after.findings] == [("endorsement", "", ())]
    with pytest.raises(OctetsGone):
        store.read(lambda c: queue.octets(c, after.digest))
    with pytest.raises(OctetsMissing):
        store.read(lambda c: queue.octets(c, before.digest))


def test_what_waits_or_was_decided_lately_stays(store: Store) -> None:
    waits, released, lately = planted(store), planted(store), planted(store)
    decide(store, released)
    decide(store, lately, Outcome.DISCARD, at=NOW + timedelta(days=20))
    assert purged(store) == 0
    assert all(show(store, name).subject for name in (waits, released, lately))


def test_an_undone_decision_does_not_count(store: Store) -> None:
    name = planted(store)
    decide(store, name, Outcome.DISCARD)
    store.write(lambda c: DESK.undo(c, name, ANN, NOW))
    assert purged(store) == 0
    assert show(store, name).state is HoldState.HELD


def test_octets_that_another_hold_needs_stay(store: Store) -> None:
    octets = b"The same on both lists\r\n"
    decided, waits = planted(store, octets), planted(store, octets)
    decide(store, decided, Outcome.DISCARD)
    assert purged(store) == 1
    digest = show(store, waits).digest
    assert store.read(lambda c: queue.octets(c, digest)) == octets


def test_purging_twice_does_nothing_more_and_a_part_at_a_time_does_all(store: Store) -> None:
    for number in range(5):
        decide(store, planted(store, b"%d\r\n" % number), Outcome.DISCARD)
    assert store.write(lambda c: purge(c, MONTH, THEN, 2)) == 2
    assert purged(store) == 3
    assert purged(store) == 0


def test_a_purge_keeps_the_lock_for_fifty_holds_at_most(store: Store) -> None:
    for number in range(51):
        decide(store, planted(store, b"%d\r\n" % number), Outcome.DISCARD)
    assert [purged(store), purged(store)] == [50, 1]


def begun(store: Store, name: str) -> int:
    """Ann releases the hold, and its final dot goes out."""
    decide(store, name)
    (owed,) = store.read(lambda c: deliveries.due(c, LATER))
    store.write(lambda c: deliveries.lease(c, owed.id, LATER, LATER))
    assert store.write(lambda c: deliveries.dotted(c, owed.id, LATER))
    return owed.id


def test_what_was_delivered_after_it_failed_is_purged(store: Store) -> None:
    name = planted(store)
    first = begun(store, name)
    store.write(lambda c: deliveries.failed(c, first, "550 5.7.1 no"))
    second = begun(store, name)
    store.write(lambda c: deliveries.delivered(c, second, "250 2.0.0 Ok"))
    assert purged(store) == 1
    assert store.read(lambda c: c.execute(OCTETS.select()).all()) == []


def test_what_was_discarded_after_its_outcome_was_unknown_is_purged(store: Store) -> None:
    name = planted(store)
    first = begun(store, name)
    store.write(lambda c: deliveries.unknown(c, first, "connection lost"))
    decide(store, name, Outcome.DISCARD)
    assert purged(store) == 1
    assert store.read(lambda c: c.execute(OCTETS.select()).all()) == []


def test_a_notice_that_was_never_sent_is_cancelled_and_emptied_with_its_hold(store: Store) -> None:
    name = planted(store)
    unsent = tuple(
        NewNotice(f"held {whom}", "moderator-held", LIST, name, whom, f"About {NHS}".encode(), NOW)
        for whom in (ANN, BEN)
    )
    store.write(lambda c: notices.add_notices(c, unsent))
    first, _ = store.read(lambda c: notices.due(c, NOW))
    store.write(lambda c: notices.lease(c, first.id, NOW, NOW))
    decide(store, name, Outcome.DISCARD)
    assert purged(store) == 1
    rows = store.read(lambda c: c.execute(NOTICE.select().where(NOTICE.c.kind == "moderator-held")).all())
    assert [(row.state, row.lease, row.octets) for row in rows] == [("cancelled", None, rows[0].octets)] * 2
    assert codec.expanded(rows[0].octets) == b""


def recorded(store: Store) -> int:
    return store.read(lambda c: c.scalar(select(func.count()).select_from(TRANSACTION))) or 0


def came(store: Store, state: TransactionState) -> Arrival:
    post = arrival()
    store.write(lambda c: transactions.begin(c, post))
    store.write(lambda c: transactions.finish(c, post.id, state, "250 2.0.0 Ok"))
    return post


def forgotten(store: Store, days: float, older_than: int = 90) -> int:
    at = NOW + timedelta(days=days)
    names = store.read(lambda c: past(c, timedelta(days=older_than), at))
    store.write(lambda c: forget_past(c, names))
    return len(names)


def test_that_a_post_came_is_forgotten_in_the_end(store: Store) -> None:
    for state in (TransactionState.RELAYED, TransactionState.REFUSED, TransactionState.UNKNOWN):
        came(store, state)
    assert forgotten(store, 89) == 0
    assert forgotten(store, 91) == 3
    assert recorded(store) == 0


def test_what_was_handed_on_later_is_forgotten_with_it(store: Store) -> None:
    post = arrival()
    keep_passing(store, post)
    assert forgotten(store, 91) == 0, "it is owed still"
    (owed,) = store.read(lambda c: deliveries.due(c, NOW))
    store.write(lambda c: deliveries.lease(c, owed.id, NOW, NOW))
    store.write(lambda c: deliveries.delivered(c, owed.id, "250 2.0.0 Ok"))
    assert forgotten(store, 91) == 1


def test_the_record_of_a_hold_stays_and_so_does_what_is_in_flight(store: Store) -> None:
    decide(store, keep(store), Outcome.DISCARD)
    store.write(lambda c: transactions.begin(c, arrival()))
    assert forgotten(store, 10_000) == 0
    store.write(lambda c: transactions.recover(c, NOW))


def test_a_repeat_is_known_however_short_the_record_is_kept(store: Store) -> None:
    post = came(store, TransactionState.RELAYED)
    assert forgotten(store, 6.9, older_than=0) == 0
    again = replace(post, id="other", received=NOW + timedelta(days=6.9))
    assert store.write(lambda c: transactions.begin(c, again)) == Prior(
        post.id, TransactionState.RELAYED, "250 2.0.0 Ok"
    )
