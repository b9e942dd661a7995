"""One decision wins, whoever comes second is told who was first, and for a while it can be taken back."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import cycle, islice
from pathlib import Path

import pytest
from sqlalchemy import func, select

from gateway import audit
from gateway.desk import AlreadyDecided, Desk, NothingToUndo, Order, ReasonMissing, TooLate
from gateway.holds import Hold, HoldState, NoSuchHold, Outcome
from gateway.outbox import deliveries, notices
from gateway.people import NotAllowed, People, Person
from gateway.store.database import Store
from gateway.store.tables import DECISION
from gateway.verify import verify
from tests.given.store import (
    ANN,
    BEN,
    DESK,
    LIST,
    NOW,
    PEOPLE,
    WINDOW,
    compose,
    decide,
    keep,
    new_store,
    show,
)

LATER = NOW + WINDOW


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = new_store(tmp_path)
    yield opened
    assert verify(opened, lambda: LATER) == ()
    opened.close()


def undo(store: Store, name: str, by: str = BEN, seconds: float = 60) -> Hold:
    at = NOW + timedelta(seconds=seconds)
    return store.write(lambda c: DESK.undo(c, name, by, at))


def test_a_release_is_owed_to_the_next_hop_once_the_window_has_passed(store: Store) -> None:
    name = keep(store)
    hold = decide(store, name)
    assert hold == show(store, name)
    assert hold.state is HoldState.RELEASING
    assert store.read(lambda c: deliveries.due(c, LATER - timedelta(microseconds=1))) == ()
    (owed,) = store.read(lambda c: deliveries.due(c, LATER))
    assert (owed.hold_id, owed.list, owed.digest) == (name, LIST, hold.digest)
    assert (owed.reverse_path, owed.recipients, owed.parameters) == (
        hold.reverse_path,
        hold.recipients,
        hold.parameters,
    )


@pytest.mark.parametrize(
    ("action", "state"), [(Outcome.REJECT, HoldState.REJECTED), (Outcome.DISCARD, HoldState.DISCARDED)]
)
def test_nothing_of_a_rejected_or_discarded_post_is_owed(
    store: Store, action: Outcome, state: HoldState
) -> None:
    name = keep(store)
    assert decide(store, name, action).state is state
    assert store.read(lambda c: deliveries.due(c, LATER)) == ()


def test_notices_wait_for_the_window_whatever_their_writer_says(store: Store) -> None:
    hold = decide(store, keep(store))
    assert store.read(lambda c: notices.due(c, NOW + timedelta(seconds=119))) == ()
    (notice,) = store.read(lambda c: notices.due(c, LATER))
    assert hold.decision is not None
    assert notice.decision_id == hold.decision.id


def test_the_second_moderator_is_told_who_was_first(store: Store) -> None:
    name = keep(store)
    decide(store, name, Outcome.REJECT, ANN)
    with pytest.raises(AlreadyDecided) as raised:
        decide(store, name, Outcome.RELEASE, BEN)
    assert str(raised.value) == (
        f"{name} was already rejected by {ANN} at 2026-07-03 09:05:00 UTC; nothing was changed."
    )
    assert show(store, name).state is HoldState.REJECTED


def test_of_fifty_who_decide_at_once_one_wins(store: Store) -> None:
    name = keep(store)
    actions = cycle([Outcome.RELEASE, Outcome.REJECT, Outcome.DISCARD])
    wishes = list(islice(zip(actions, cycle([ANN, BEN]), strict=False), 50))

    def wish(action_and_who: tuple[Outcome, str]) -> Hold | None:
        try:
            return decide(store, name, *action_and_who)
        except AlreadyDecided:
            return None

    with ThreadPoolExecutor(10) as pool:
        won = [hold for hold in pool.map(wish, wishes) if hold is not None]
    assert len(won) == 1
    assert show(store, name) == won[0]
    assert store.read(lambda c: c.scalar(select(func.count()).select_from(DECISION))) == 1
    released = won[0].state is HoldState.RELEASING
    assert len(store.read(lambda c: deliveries.due(c, LATER))) == released
    assert len(store.read(lambda c: notices.due(c, LATER))) == 1
    assert store.read(audit.head)[0] == 1


def test_a_hold_that_changed_since_it_was_read_is_not_decided(store: Store) -> None:
    name = keep(store)

    def job_that_reads_too_early(stale: Hold) -> Hold:
        order = Order(name, Outcome.RELEASE, BEN)
        return store.write(lambda c: DESK._carry(c, stale, order, NOW))

    stale = show(store, name)
    decide(store, name, Outcome.DISCARD)
    with pytest.raises(AlreadyDecided, match="already discarded by ann"):
        job_that_reads_too_early(stale)


@pytest.mark.parametrize("action", [Outcome.RELEASE, Outcome.REJECT, Outcome.DISCARD])
def test_an_undone_decision_leaves_nothing_to_do_and_another_can_follow(
    store: Store, action: Outcome
) -> None:
    name = keep(store)
    decide(store, name, action, ANN)
    hold = undo(store, name, BEN)
    assert (hold.state, hold.decision) == (HoldState.HELD, None)
    assert store.read(lambda c: deliveries.due(c, LATER)) == ()
    assert store.read(lambda c: notices.due(c, LATER)) == ()
    again = decide(store, name, Outcome.RELEASE, BEN, NOW + timedelta(seconds=90))
    assert again.decision is not None
    assert again.decision.by == BEN
    assert len(store.read(lambda c: notices.due(c, LATER + WINDOW))) == 1


def test_a_decision_that_took_effect_stays(store: Store) -> None:
    name = keep(store)
    decide(store, name, Outcome.REJECT)
    with pytest.raises(TooLate, match="took effect at 2026-07-03 09:07:00 UTC and cannot be undone"):
        undo(store, name, seconds=120)


def test_a_release_under_way_stays_even_if_the_clock_jumps_back(store: Store) -> None:
    name = keep(store)
    decide(store, name)
    (owed,) = store.read(lambda c: deliveries.due(c, LATER))
    store.write(lambda c: deliveries.lease(c, owed.id, LATER, LATER + WINDOW))
    with pytest.raises(TooLate):
        undo(store, name, seconds=1)
    assert show(store, name).state is HoldState.RELEASING


def test_nothing_is_undone_twice_or_without_a_decision(store: Store) -> None:
    name = keep(store)
    with pytest.raises(NothingToUndo, match="No decision"):
        undo(store, name)
    decide(store, name)
    undo(store, name)
    with pytest.raises(NothingToUndo):
        undo(store, name)


def test_with_no_window_a_decision_takes_effect_at_once(store: Store) -> None:
    name, desk = keep(store), Desk(PEOPLE, timedelta(0), compose)
    store.write(lambda c: desk.decide(c, Order(name, Outcome.RELEASE, ANN), NOW))
    assert len(store.read(lambda c: deliveries.due(c, NOW))) == 1
    with pytest.raises(TooLate):
        undo(store, name, seconds=0)


def test_a_rejection_says_why(store: Store) -> None:
    name = keep(store)
    with pytest.raises(ReasonMissing, match="give a clause or a reason"):
        store.write(lambda c: DESK.decide(c, Order(name, Outcome.REJECT, ANN, " ", "\n"), NOW))
    order = Order(name, Outcome.REJECT, ANN, "endorsement", "Please leave the price out.\0")
    assert store.write(lambda c: DESK.decide(c, order, NOW)).decision == show(store, name).decision
    (entry,) = store.read(audit.read)
    assert entry.entry == audit.Entry(
        NOW, ANN, "reject", LIST, name, 1, "endorsement: Please leave the price out.␀"
    )


def test_only_those_who_may_decide_do_and_the_others_learn_who_may(store: Store) -> None:
    name = keep(store)
    with pytest.raises(NotAllowed) as raised:
        decide(store, name, by="eve@lists.example")
    assert str(raised.value) == (
        f"eve@lists.example may not decide on posts to {LIST}; these may: {ANN} (user ann), {BEN} (user ben)."
    )
    with pytest.raises(NotAllowed):
        undo(store, name, "eve@lists.example")
    with pytest.raises(NotAllowed):
        store.write(lambda c: DESK.remark(c, name, "eve@lists.example", "Hi", NOW))
    assert decide(store, name, by=ANN.upper()).state is HoldState.RELEASING


def test_the_moderators_of_another_list_are_nobody_here(store: Store) -> None:
    name = keep(store)
    others = Desk(People("other@lists.example", (Person(ANN),)), WINDOW, compose)
    with pytest.raises(NotAllowed):
        store.write(lambda c: others.decide(c, Order(name, Outcome.RELEASE, ANN), NOW))


def test_a_wrong_id_is_nobodys(store: Store) -> None:
    with pytest.raises(NoSuchHold):
        decide(store, "nobody")


def test_a_hold_expires_once_and_nobody_is_blamed(store: Store) -> None:
    name = keep(store)
    hold = store.write(lambda c: DESK.expire(c, name, NOW))
    assert hold.state is HoldState.EXPIRED
    with pytest.raises(AlreadyDecided, match="already expired by expiry"):
        decide(store, name)


def test_a_note_is_for_the_other_moderators(store: Store) -> None:
    name = keep(store)
    store.write(lambda c: DESK.remark(c, name, ANN, "Asked the author.", NOW))
    (remark,) = show(store, name).remarks
    assert (remark.by, remark.text, remark.at) == (ANN, "Asked the author.", NOW)
    assert show(store, name).state is HoldState.HELD
