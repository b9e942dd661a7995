"""What is owed to the next hop is handed on once, or a person is asked; no step of it is lost."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from gateway import queue
from gateway.holds import Hold, HoldState, NewDelivery, OctetsGone, Outcome
from gateway.outbox import deliveries
from gateway.outbox.deliveries import Recovered
from gateway.outbox.delivery import Delivery
from gateway.store.database import Store
from gateway.store.tables import OCTETS
from gateway.verify import verify
from tests.given.store import (
    ANN,
    AUTHOR,
    BEN,
    DESK,
    LIST,
    NOW,
    WINDOW,
    arrival,
    decide,
    keep,
    keep_passing,
    new_hold,
    new_store,
    show,
)

DUE = NOW + WINDOW
UNTIL = DUE + timedelta(minutes=5)
TAKEN, REFUSED = "250 2.0.0 Ok: queued as 4711", "550 5.7.1 not from you"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = new_store(tmp_path)
    yield opened
    assert verify(opened, lambda: UNTIL) == ()
    opened.close()


def released(store: Store) -> str:
    return decide(store, keep(store)).id


def leased(store: Store) -> Delivery:
    (owed,) = store.read(lambda c: deliveries.due(c, DUE))
    taken = store.write(lambda c: deliveries.lease(c, owed.id, DUE, UNTIL))
    assert taken is not None
    return taken


def dotted(store: Store) -> Delivery:
    taken = leased(store)
    assert store.write(lambda c: deliveries.dotted(c, taken.id, UNTIL))
    return taken


def due_again(store: Store) -> int:
    return len(store.read(lambda c: deliveries.due(c, UNTIL + timedelta(days=1))))


def test_a_release_that_is_taken_is_released(store: Store) -> None:
    name, owed = released(store), dotted(store)
    store.write(lambda c: deliveries.delivered(c, owed.id, TAKEN))
    hold = show(store, name)
    assert (hold.state, hold.reply) == (HoldState.RELEASED, TAKEN)
    assert due_again(store) == 0


def test_only_one_of_two_gets_the_lease(store: Store) -> None:
    released(store)
    taken = leased(store)
    assert taken.attempts == 1
    assert store.write(lambda c: deliveries.lease(c, taken.id, DUE, UNTIL)) is None


def test_what_was_undone_is_not_leased(store: Store) -> None:
    name = released(store)
    (owed,) = store.read(lambda c: deliveries.due(c, DUE))
    store.write(lambda c: DESK.undo(c, name, ANN, NOW))
    assert store.write(lambda c: deliveries.lease(c, owed.id, DUE, UNTIL)) is None


def test_a_retry_waits_for_its_time(store: Store) -> None:
    released(store)
    owed, later = leased(store), DUE + timedelta(minutes=1)
    store.write(lambda c: deliveries.retry(c, owed.id, "451 4.4.1 not now", later))
    assert store.read(lambda c: deliveries.due(c, DUE)) == ()
    assert len(store.read(lambda c: deliveries.due(c, later))) == 1
    (again,) = store.read(lambda c: deliveries.due(c, later))
    assert (again.attempts, again.reply, again.since) == (1, "451 4.4.1 not now", DUE)


def test_a_final_refusal_comes_back_to_the_moderators_with_the_reply(store: Store) -> None:
    name, owed = released(store), dotted(store)
    assert store.write(lambda c: deliveries.failed(c, owed.id, REFUSED)) == name
    hold = show(store, name)
    assert (hold.state, hold.reply, hold.waits) == (HoldState.RELEASE_FAILED, REFUSED, True)
    assert hold.decision is not None


def test_a_refused_release_can_be_released_again_undone_and_rejected(store: Store) -> None:
    name, owed = released(store), dotted(store)
    store.write(lambda c: deliveries.failed(c, owed.id, REFUSED))
    decide(store, name, Outcome.RELEASE, BEN, UNTIL)
    undone = store.write(lambda c: DESK.undo(c, name, BEN, UNTIL))
    assert undone.state is HoldState.RELEASE_FAILED
    assert decide(store, name, Outcome.REJECT, BEN, UNTIL).state is HoldState.REJECTED


def test_a_second_release_is_for_those_who_have_it_not_yet(store: Store) -> None:
    two = new_hold(recipients=(b"a@lists.example", b"b@lists.example"))
    store.write(lambda c: queue.hold(c, arrival(), (two,)))
    decide(store, two.id)
    owed = dotted(store)

    def partly(refused: bytes) -> Hold:
        store.write(lambda c: deliveries.narrow(c, owed.id, (refused,)))
        store.write(lambda c: deliveries.failed(c, owed.id, REFUSED))
        return show(store, two.id)

    assert partly(b"b@lists.example").recipients == (b"b@lists.example",)


def test_a_lost_reply_to_the_dot_asks_a_person(store: Store) -> None:
    name, owed = released(store), dotted(store)
    assert store.write(lambda c: deliveries.unknown(c, owed.id, "connection lost")) == name
    assert show(store, name).state is HoldState.UNKNOWN
    assert due_again(store) == 0


def test_a_crash_before_the_dot_tries_again_once_the_lease_is_over(store: Store) -> None:
    released(store)
    leased(store)
    assert store.write(lambda c: deliveries.recover(c, UNTIL)) == Recovered(0, ())
    after = UNTIL + timedelta(seconds=1)
    assert store.write(lambda c: deliveries.recover(c, after)) == Recovered(1, ())
    assert due_again(store) == 1


def test_whoever_is_alone_need_not_wait_for_a_dead_ones_lease(store: Store) -> None:
    released(store)
    leased(store)
    assert store.write(lambda c: deliveries.recover(c, DUE, alone=True)) == Recovered(1, ())
    assert due_again(store) == 1
    dotted(store)
    (name,) = store.write(lambda c: deliveries.recover(c, DUE, alone=True)).unknown
    assert show(store, name).state is HoldState.UNKNOWN


def test_a_crash_after_the_dot_asks_a_person(store: Store) -> None:
    name = released(store)
    dotted(store)
    after = UNTIL + timedelta(seconds=1)
    assert store.write(lambda c: deliveries.recover(c, after)) == Recovered(0, (name,))
    assert show(store, name).state is HoldState.UNKNOWN
    assert "before the next hop's reply" in show(store, name).reply


def test_without_a_lease_no_dot_goes_out_and_no_result_counts(store: Store) -> None:
    name, owed = released(store), leased(store)
    store.write(lambda c: deliveries.recover(c, UNTIL + timedelta(seconds=1)))
    assert not store.write(lambda c: deliveries.dotted(c, owed.id, UNTIL))
    store.write(lambda c: deliveries.delivered(c, owed.id, TAKEN))
    assert store.write(lambda c: deliveries.failed(c, owed.id, REFUSED)) is None
    assert show(store, name).state is HoldState.RELEASING


def test_a_passing_post_that_is_taken_leaves_nothing_of_itself(store: Store) -> None:
    assert keep_passing(store, arrival()) is None
    owed = dotted(store)
    assert (owed.hold_id, owed.reverse_path, owed.recipients) == (None, AUTHOR, (LIST.encode(),))
    store.write(lambda c: deliveries.delivered(c, owed.id, TAKEN))
    assert store.read(lambda c: c.scalar(select(func.count()).select_from(OCTETS))) == 0


def test_octets_stay_while_another_list_holds_them(store: Store) -> None:
    post, hold, passing = arrival(), new_hold(), NewDelivery("other@lists.example", (b"other@lists.example",))
    store.write(lambda c: queue.hold(c, post, (hold,), (passing,)))
    owed = dotted(store)
    store.write(lambda c: deliveries.delivered(c, owed.id, TAKEN))
    assert store.read(lambda c: queue.octets(c, show(store, hold.id).digest)) == post.message.octets


@pytest.mark.parametrize("end", [deliveries.failed, deliveries.unknown])
def test_a_passing_post_is_never_lost_behind_its_250(store: Store, end: object) -> None:
    post = arrival()
    keep_passing(store, post)
    owed = dotted(store)
    state = HoldState.RELEASE_FAILED if end is deliveries.failed else HoldState.UNKNOWN
    finish = deliveries.failed if end is deliveries.failed else deliveries.unknown
    name = store.write(lambda c: finish(c, owed.id, REFUSED))
    assert name is not None
    hold = show(store, name)
    assert (hold.state, hold.reply, hold.list, hold.version) == (state, REFUSED, LIST, 1)
    assert (hold.author, hold.subject, hold.recipients) == (AUTHOR.decode(), "Hello", (LIST.encode(),))
    assert store.read(lambda c: queue.octets(c, hold.digest)) == post.message.octets
    (line,) = store.read(lambda c: queue.waiting(c, queue.Filter()))
    assert line.id == name
    assert decide(store, name, Outcome.RELEASE, ANN, DUE).state is HoldState.RELEASING


def test_octets_that_are_gone_say_so(store: Store) -> None:
    with pytest.raises(OctetsGone):
        store.read(lambda c: queue.octets(c, ""))
