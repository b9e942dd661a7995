"""The audit shows every change that was made to it."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from gateway import audit
from gateway.store.database import Store
from tests.given.store import ANN, LIST, NOW, new_store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = new_store(tmp_path)
    for number in range(1, 6):
        entry = audit.Entry(NOW, ANN, "release", LIST, f"hold{number}", 3, "because é\0")
        opened.write(partial(audit.append, entry=entry))
    yield opened
    opened.close()


def tampered(store: Store, *statements: str) -> tuple[str, ...]:
    def job(connection: Connection) -> None:
        connection.execute(text("DROP TRIGGER audit_no_update"))
        connection.execute(text("DROP TRIGGER audit_no_delete"))
        for statement in statements:
            connection.execute(text(statement))

    store.write(job)
    return store.read(audit.verify)


def test_an_audit_left_alone_is_whole(store: Store) -> None:
    assert store.read(audit.verify) == ()
    number, digest = store.read(audit.head)
    assert (number, len(digest)) == (5, 64)


def test_entries_come_back_by_list_and_by_hold(store: Store) -> None:
    (only,) = store.read(lambda c: audit.read(c, hold_id="hold3"))
    assert only.number == 3
    assert only.entry == audit.Entry(NOW, ANN, "release", LIST, "hold3", 3, "because é␀")
    assert len(store.read(lambda c: audit.read(c, LIST))) == 5


@pytest.mark.parametrize("column", ["by", "act", "list", "object", "reason"])
def test_a_changed_entry_is_named(store: Store, column: str) -> None:
    broken = tampered(store, f"UPDATE audit SET \"{column}\" = 'x' WHERE number = 3")  # noqa: S608  ours
    assert broken == ("audit: entry 3 is not as it was written",)


def test_an_entry_signed_anew_breaks_the_next(store: Store) -> None:
    broken = tampered(store, "UPDATE audit SET digest = x'00' WHERE number = 3")
    assert broken == (
        "audit: entry 3 is not as it was written",
        "audit: entry 4 does not follow from entry 3",
    )


def test_a_missing_entry_is_named(store: Store) -> None:
    assert tampered(store, "DELETE FROM audit WHERE number = 2") == (
        "audit: entry 2 is missing; the next one is 3",
    )


def test_a_cut_tail_is_seen_by_the_head_kept_elsewhere(store: Store) -> None:
    before = store.read(audit.head)
    assert tampered(store, "DELETE FROM audit WHERE number = 5") == ()
    assert store.read(audit.head) != before
