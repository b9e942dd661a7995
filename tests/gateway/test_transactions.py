"""A client's repeat is recognised until it has seen the reply; the same post sent twice is two posts."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from gateway import queue, transactions
from gateway.store.database import Store
from gateway.transactions import Arrival, Prior, TransactionState, dedupe_key
from rules.message import Envelope
from tests.given.store import NOW, arrival, keep_passing, new_hold, new_store

KEY = b"k" * 32
OK = "250 2.0.0 Ok: relayed"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = new_store(tmp_path)
    yield opened
    opened.close()


def begin(store: Store, post: Arrival) -> Prior | None:
    return store.write(lambda c: transactions.begin(c, post))


def finish(store: Store, post: Arrival, state: TransactionState) -> None:
    store.write(lambda c: transactions.finish(c, post.id, state, OK))


def test_a_repeat_while_the_first_is_in_flight_is_told_to_wait(store: Store) -> None:
    first = arrival(key=KEY)
    assert begin(store, first) is None
    assert begin(store, arrival(key=KEY)) == Prior(first.id, TransactionState.IN_FLIGHT, "")


def test_a_repeat_after_a_reply_that_nobody_saw_gets_the_same_reply(store: Store) -> None:
    first = arrival(key=KEY)
    begin(store, first)
    finish(store, first, TransactionState.RELAYED)
    assert begin(store, arrival(key=KEY)) == Prior(first.id, TransactionState.RELAYED, OK)


def test_the_same_octets_after_a_seen_reply_are_a_new_post(store: Store) -> None:
    first = arrival(key=KEY)
    begin(store, first)
    finish(store, first, TransactionState.RELAYED)
    store.write(lambda c: transactions.confirm(c, (first.id,)))
    assert begin(store, arrival(key=KEY)) is None


@pytest.mark.parametrize("state", [TransactionState.REFUSED, TransactionState.DEFERRED])
def test_what_the_client_kept_is_judged_anew(store: Store, state: TransactionState) -> None:
    first = arrival(key=KEY)
    begin(store, first)
    finish(store, first, state)
    assert begin(store, arrival(key=KEY)) is None


def test_after_an_unknown_outcome_a_repeat_goes_on_again_and_is_told_apart(store: Store) -> None:
    first, second = arrival(key=KEY), arrival(key=KEY)
    begin(store, first)
    finish(store, first, TransactionState.UNKNOWN)
    assert begin(store, second) == Prior(first.id, TransactionState.UNKNOWN, OK)
    finish(store, second, TransactionState.RELAYED)
    assert begin(store, arrival(key=KEY)) == Prior(second.id, TransactionState.RELAYED, OK)


def test_after_an_unknown_outcome_a_repeat_is_held_and_told_apart(store: Store) -> None:
    first = arrival(key=KEY)
    begin(store, first)
    finish(store, first, TransactionState.UNKNOWN)
    hold = new_hold()
    again = store.write(lambda c: queue.hold(c, arrival(key=KEY), (hold,)))
    assert again == Prior(first.id, TransactionState.UNKNOWN, OK)
    (line,) = store.read(lambda c: queue.waiting(c, queue.Filter()))
    assert line.id == hold.id


def test_a_crash_in_flight_leaves_an_unknown_outcome(store: Store) -> None:
    first = arrival(key=KEY)
    begin(store, first)
    assert store.write(lambda c: transactions.recover(c, NOW)) == 1
    assert store.write(lambda c: transactions.recover(c, NOW)) == 0
    again = begin(store, arrival(key=KEY))
    assert again == Prior(first.id, TransactionState.UNKNOWN, "")


def test_in_flight_for_an_hour_is_an_unknown_outcome(store: Store) -> None:
    begin(store, arrival(key=KEY))
    again = begin(store, arrival(key=KEY, at=NOW + timedelta(hours=2)))
    assert again is not None
    assert again.state is TransactionState.UNKNOWN


def test_a_repeat_is_not_expected_after_a_week(store: Store) -> None:
    begin(store, arrival(key=KEY))
    assert begin(store, arrival(key=KEY, at=NOW + timedelta(days=8))) is None


def test_a_held_post_repeated_gets_the_id_it_has(store: Store) -> None:
    first, hold = arrival(key=KEY), new_hold()
    store.write(lambda c: queue.hold(c, first, (hold,)))
    again = store.write(lambda c: queue.hold(c, arrival(key=KEY), (new_hold(),)))
    assert again == Prior(
        first.id, TransactionState.STORED, f"250 2.0.0 Ok: held for moderation as {hold.id}"
    )
    assert len(store.read(lambda c: queue.waiting(c, queue.Filter()))) == 1


def test_the_words_of_the_gate_are_what_a_repeat_hears(store: Store) -> None:
    post = replace(arrival(key=KEY), reply="250 2.0.0 Ok: so be it")
    assert keep_passing(store, post) is None
    again = keep_passing(store, replace(post, id="another"))
    assert again is not None
    assert again.reply == "250 2.0.0 Ok: so be it"


ENVELOPE = Envelope(b"a@x.example", (b"l@y.example", b"m@y.example"), client="127.0.0.1")
FRONT = ("127.0.0.0/8", "10.0.0.0/24")
BODY = b"From: a@x.example\r\n\r\nHello\r\n"


def received(peer: str, ident: str) -> bytes:
    return f"Received: from mx (mx [{peer}])\r\n\tby front (Postfix) with ESMTP id {ident}\r\n".encode()


def test_the_order_of_recipients_does_not_count() -> None:
    turned = replace(ENVELOPE, recipients=ENVELOPE.recipients[::-1])
    assert dedupe_key(ENVELOPE, BODY, FRONT) == dedupe_key(turned, BODY, FRONT)


def test_recipients_and_sender_cannot_be_confused() -> None:
    one = Envelope(b"a", (b"b", b"c"))
    other = Envelope(b"ab", (b"c",))
    assert dedupe_key(one, BODY, ()) != dedupe_key(other, BODY, ())


def test_what_our_front_adds_at_each_try_does_not_count() -> None:
    first = received("10.0.0.5", "A1") + received("192.0.2.1", "B1") + BODY
    again = received("10.0.0.5", "A2") + received("192.0.2.1", "B2") + BODY
    assert dedupe_key(ENVELOPE, first, FRONT) == dedupe_key(ENVELOPE, again, FRONT)


def test_a_front_that_says_whose_message_it_is_is_still_our_front() -> None:
    forwarded = replace(ENVELOPE, client="192.0.2.9", peer="127.0.0.1")
    first, again = (received("192.0.2.9", ident) + BODY for ident in ("A1", "A2"))
    assert dedupe_key(forwarded, first, FRONT) == dedupe_key(forwarded, again, FRONT)
    behind_a_proxy = replace(ENVELOPE, client="192.0.2.9")
    assert dedupe_key(behind_a_proxy, first, FRONT) != dedupe_key(behind_a_proxy, again, FRONT)


def test_what_others_added_counts() -> None:
    first = received("192.0.2.1", "A1") + received("192.0.2.9", "B1") + BODY
    again = received("192.0.2.1", "A2") + received("192.0.2.9", "B2") + BODY
    assert dedupe_key(ENVELOPE, first, FRONT) != dedupe_key(ENVELOPE, again, FRONT)
    stranger = replace(ENVELOPE, client="192.0.2.1")
    first, again = received("10.0.0.5", "A1") + BODY, received("10.0.0.5", "A2") + BODY
    assert dedupe_key(stranger, first, FRONT) != dedupe_key(stranger, again, FRONT)
