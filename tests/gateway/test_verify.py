"""`admin verify` names each promise that the rows do not keep."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from gateway import audit, queue
from gateway.holds import NewDelivery, Outcome
from gateway.outbox import deliveries
from gateway.store.database import Store
from gateway.verify import repair, verify
from tests.given.store import (
    ANN,
    LIST,
    NOW,
    WINDOW,
    arrival,
    decide,
    keep,
    keep_passing,
    new_hold,
    new_store,
)

AT = NOW + WINDOW


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = new_store(tmp_path)
    yield opened
    opened.close()


def broken(store: Store, *statements: str) -> str:
    run(store, *statements)
    return "\n".join(str(problem) for problem in verify(store, lambda: AT))


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


@pytest.mark.parametrize("body", ["x'00'", "'text'"])
def test_a_passing_post_whose_octets_are_damaged_is_named(store: Store, body: str) -> None:
    keep_passing(store, arrival())
    said = broken(store, f"UPDATE octets SET body = {body}")  # noqa: S608
    assert f"they are of delivery 1 (to {LIST}, by ada@example.org)" in said


def test_a_lease_that_is_long_over_is_named(store: Store) -> None:
    decide(store, keep(store))
    (owed,) = store.read(lambda c: deliveries.due(c, AT))
    before = AT - timedelta(hours=2)
    store.write(lambda c: deliveries.lease(c, owed.id, AT, before))
    assert broken(store) == "delivery 1: was begun more than an hour ago and has not ended"


def numbered(cases: Sequence[tuple[object, ...]]) -> list[str]:
    return [f"{case[0]}-{number}" for number, case in enumerate(cases)]


STALE = "UPDATE delivery SET state = 'sending', lease = 1"


def orphan(store: Store) -> None:
    keep_passing(store, arrival(b"Nobody's\r\n"))
    run(store, "DELETE FROM delivery", 'DELETE FROM "transaction"')


def run(store: Store, *statements: str) -> None:
    def job(connection: Connection) -> None:
        connection.execute(text("PRAGMA defer_foreign_keys = ON"))
        for statement in statements:
            connection.execute(text(statement))

    store.write(job)


def released(store: Store) -> None:
    decide(store, keep(store))


def passing(store: Store) -> None:
    keep_passing(store, arrival())


def rejected(store: Store) -> None:
    decide(store, keep(store), Outcome.REJECT)


REPAIRS = [
    ("I1", released, "DELETE FROM delivery", "has no delivery that is", "has a delivery again, as ann@"),
    ("I1", released, "UPDATE delivery SET state = 'delivered', reply = '250'", "has no", "is released now"),
    ("I1", released, "UPDATE delivery SET state = 'unknown'", "has no delivery", "is unknown now, because"),
    ("I1", passing, "UPDATE delivery SET state = 'failed'", "no moderator sees it", "waits for a moderator"),
    ("I5", released, STALE, "has not ended", "delivery 1 waits again"),
    ("I5", released, "UPDATE delivery SET state = 'dotted'", "has not ended", "is unknown now; hold"),
    ("I5", rejected, STALE.replace("delivery", "notice"), "has not ended", "notice 1 waits again"),
    ("I5", keep, "UPDATE \"transaction\" SET state = 'in_flight', received = 1", "in flight", "unknown now"),
    ("I6", orphan, "SELECT 1", "belong to no hold", "are deleted: nobody owed them"),
]


@pytest.mark.parametrize(("invariant", "begin", "damage", "says", "did"), REPAIRS, ids=numbered(REPAIRS))
def test_what_nothing_is_lost_by_is_repaired_and_recorded(
    store: Store, invariant: str, begin: Callable[[Store], object], damage: str, says: str, did: str
) -> None:
    begin(store)
    run(store, damage)
    if "in_flight" in damage:  # a transaction that was never answered has no hold
        run(store, "DELETE FROM hold", "DELETE FROM octets")
    (problem,) = verify(store, lambda: AT)
    assert (problem.invariant, says in problem.says) == (invariant, True)
    (sentence,) = repair(store, (problem,), ANN, lambda: AT)
    assert did in sentence
    assert verify(store, lambda: AT) == ()
    last = store.read(audit.read)[-1].entry
    assert (last.act, last.by, last.reason) == ("repair", ANN, sentence)


LOSSES = [
    (
        "I1",
        released,
        "UPDATE delivery SET state = 'delivered', reply = ''; UPDATE hold SET state = 'released'",
    ),
    ("I1", rejected, "DELETE FROM notice"),
    ("I2", keep, "UPDATE \"transaction\" SET state = 'refused'"),
    ("I3", keep, "UPDATE octets SET size = 1"),
    ("I3", released, "UPDATE delivery SET reverse_path = x'61'"),
    ("I4", rejected, "UPDATE hold SET state = 'held'"),
    ("audit", rejected, "UPDATE decision SET at = at + 1"),
]


@pytest.mark.parametrize(("invariant", "begin", "damage"), LOSSES, ids=numbered(LOSSES))
def test_what_only_a_person_can_put_right_is_left_as_it_is(
    store: Store, invariant: str, begin: Callable[[Store], object], damage: str
) -> None:
    begin(store)
    run(store, *damage.split("; "))
    (problem,) = verify(store, lambda: AT)
    assert problem.invariant == invariant
    assert problem.advice
    assert repair(store, (problem,), ANN, lambda: AT) == ()
    assert verify(store, lambda: AT) == (problem,)


def test_one_post_in_two_places_is_named(store: Store) -> None:
    post = arrival()
    passing = NewDelivery(LIST, (LIST.encode(),))
    store.write(lambda c: queue.hold(c, post, (new_hold(),), (passing,)))
    (problem,) = verify(store, lambda: AT)
    assert "waits twice for one recipient" in problem.says


def test_a_list_of_several_that_lost_its_hold_is_named(store: Store) -> None:
    other = "other@lists.example"
    post = arrival()
    post = replace(post, judgements=(*post.judgements, replace(post.judgements[0], list=other)))
    store.write(lambda c: queue.hold(c, post, (new_hold(),)))
    (problem,) = verify(store, lambda: AT)
    assert problem.says.endswith(f"neither a hold nor a delivery for {other}")


def test_two_decisions_in_force_are_named(store: Store) -> None:
    decide(store, keep(store))
    again = (
        "INSERT INTO decision (hold_id, action, by, at, effective, clause, reason, undone_by)"
        " SELECT hold_id, action, by, at, effective, clause, reason, undone_by FROM decision"
    )
    assert "more than one decision is in force" in broken(store, again)


def test_octets_that_may_be_all_that_is_left_of_a_post_are_not_deleted(store: Store) -> None:
    keep(store)
    run(store, "DELETE FROM hold")
    problems = verify(store, lambda: AT)
    assert len(problems) == 2
    assert repair(store, problems, ANN, lambda: AT) == ()
    assert store.read(lambda c: c.execute(text("SELECT count(*) FROM octets")).scalar()) == 1


def test_a_repair_looks_again_before_it_acts(store: Store) -> None:
    released(store)
    run(store, STALE)
    problems = verify(store, lambda: AT)
    store.write(lambda c: deliveries.recover(c, AT))
    assert repair(store, problems, ANN, lambda: AT) == ()
    assert [recorded.entry.act for recorded in store.read(audit.read)] == ["release"]
