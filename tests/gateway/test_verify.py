"""`admin verify` names each promise that the rows do not keep."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from gateway.holds import Outcome
from gateway.outbox import deliveries
from gateway.store.database import Store
from gateway.verify import verify
from tests.given.store import NOW, WINDOW, arrival, decide, keep, keep_passing, new_store

AT = NOW + WINDOW


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = new_store(tmp_path)
    yield opened
    opened.close()


def broken(store: Store, *statements: str) -> str:
    def job(connection: Connection) -> None:
        connection.execute(text("PRAGMA defer_foreign_keys = ON"))
        for statement in statements:
            connection.execute(text(statement))

    store.write(job)
    return "\n".join(verify(store, lambda: AT))


def test_a_store_at_work_is_well(store: Store) -> None:
    keep(store)
    decide(store, keep(store))
    decide(store, keep(store), Outcome.REJECT)
    keep_passing(store, arrival(b"Passing\r\n"))
    assert verify(store, lambda: AT) == ()


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("DELETE FROM octets", "it is held and its message is gone"),
        ("UPDATE octets SET body = x'00'", "cannot be read"),
        ("UPDATE octets SET size = 1", "are not as they came"),
        ("UPDATE hold SET state = 'released'", "has no delivery that is delivered"),
        ("UPDATE hold SET state = 'releasing'", "has no delivery that is waiting or sending or dotted"),
        ("UPDATE hold SET state = 'rejected'", "it is rejected, and the decision in force is none"),
        ("DELETE FROM hold", "was answered 250 and has neither a hold nor a delivery"),
        ("DELETE FROM hold", "belong to no hold and to no delivery"),
    ],
)
def test_a_broken_hold_is_named(store: Store, statement: str, said: str) -> None:
    keep(store)
    assert said in broken(store, statement)


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE hold SET state = 'held'", "it is held, and the decision to release it is in force"),
        ("UPDATE decision SET action = 'reject'", "it is releasing, and the decision in force is reject"),
        ("UPDATE decision SET at = at + 1", "is not in the audit"),
        ("DELETE FROM delivery", "has no delivery that is waiting"),
        ("DELETE FROM octets", "it is waiting and its message is gone"),
    ],
)
def test_a_decision_that_does_not_hold_is_named(store: Store, statement: str, said: str) -> None:
    decide(store, keep(store))
    assert said in broken(store, statement)


def test_a_passing_post_that_nobody_sees_is_named(store: Store) -> None:
    keep_passing(store, arrival())
    assert "it is failed and no moderator sees it" in broken(store, "UPDATE delivery SET state = 'failed'")


def test_a_lease_that_is_long_over_is_named(store: Store) -> None:
    decide(store, keep(store))
    (owed,) = store.read(lambda c: deliveries.due(c, AT))
    before = AT - timedelta(hours=2)
    store.write(lambda c: deliveries.lease(c, owed.id, AT, before))
    assert broken(store) == "delivery 1: was begun more than an hour ago and has not ended"
