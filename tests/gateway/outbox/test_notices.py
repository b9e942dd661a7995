"""A notice is sent when it is due, tried again, or given up, and known by what caused it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.holds import NewNotice
from gateway.outbox import notices
from gateway.outbox.notices import Notice, NoticeState
from gateway.store.database import Store
from tests.given.store import BEN, LIST, NOW, new_store

UNTIL = NOW + timedelta(minutes=5)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = new_store(tmp_path)
    new = NewNotice("held x", "held", LIST, None, BEN, b"Subject: Held\r\n\r\n\xff\r\n", NOW)
    opened.write(lambda c: notices.add_notices(c, (new, new)))
    yield opened
    opened.close()


def leased(store: Store) -> Notice:
    (waiting,) = store.read(lambda c: notices.due(c, NOW))
    taken = store.write(lambda c: notices.lease(c, waiting.id, NOW, UNTIL))
    assert taken is not None
    return taken


def test_a_notice_is_leased_once_and_is_then_sent(store: Store) -> None:
    assert store.read(notices.count_waiting) == 1
    taken = leased(store)
    assert (taken.recipient, taken.attempts, taken.state) == (BEN, 1, NoticeState.SENDING)
    assert taken.octets.endswith(b"\xff\r\n")
    assert store.write(lambda c: notices.lease(c, taken.id, NOW, UNTIL)) is None
    store.write(lambda c: notices.sent(c, taken.id, "250 2.0.0 Ok"))
    assert store.read(notices.count_waiting) == 0


def test_a_notice_that_cannot_go_out_now_waits(store: Store) -> None:
    taken = leased(store)
    store.write(lambda c: notices.retry(c, taken.id, "451 4.4.1 down", UNTIL))
    assert store.read(lambda c: notices.due(c, NOW)) == ()
    assert len(store.read(lambda c: notices.due(c, UNTIL))) == 1


def test_a_refused_notice_is_given_up(store: Store) -> None:
    taken = leased(store)
    store.write(lambda c: notices.failed(c, taken.id, "550 5.1.1 nobody"))
    assert store.read(lambda c: notices.due(c, UNTIL)) == ()


def test_a_crash_while_sending_sends_again(store: Store) -> None:
    leased(store)
    assert store.write(lambda c: notices.recover(c, UNTIL)) == 0
    assert store.write(lambda c: notices.recover(c, UNTIL + timedelta(seconds=1))) == 1
    assert store.read(notices.count_waiting) == 1


def test_whoever_is_alone_sends_again_at_once(store: Store) -> None:
    leased(store)
    assert store.write(lambda c: notices.recover(c, NOW, alone=True)) == 1
    assert store.read(notices.count_waiting) == 1
