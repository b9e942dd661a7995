"""A held post is kept whole, once, and found by the first letters of its id."""

import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select

from gateway import queue
from gateway.holds import (
    MASK,
    AmbiguousId,
    HoldState,
    NewHold,
    NewNotice,
    NoSuchHold,
    OctetsBroken,
    OctetsGone,
    OctetsMissing,
    Outcome,
)
from gateway.outbox import notices
from gateway.store.database import Store
from gateway.store.tables import OCTETS, TRANSACTION
from rules.message import Envelope, Message
from rules.verdict import Finding, Quote
from tests.given.store import (
    AUTHOR,
    BEN,
    LIST,
    NHS,
    NOW,
    arrival,
    decide,
    finding,
    keep,
    new_hold,
    new_store,
    show,
    verdict,
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = new_store(tmp_path)
    yield opened
    opened.close()


def listed(store: Store, *states: HoldState) -> tuple[queue.Summary, ...]:
    return store.read(lambda c: queue.waiting(c, queue.Filter(states=states or queue.WAITING)))


def test_a_hold_comes_back_as_it_was_kept(store: Store) -> None:
    post, new = arrival(), new_hold(finding(), finding("patient-data", sensitive=True, words=NHS))
    store.write(lambda c: queue.hold(c, post, (new,)))
    held = show(store, new.id)
    assert (held.id, held.list, held.version, held.state) == (new.id, LIST, 1, HoldState.HELD)
    assert (held.reverse_path, held.recipients, held.parameters) == (
        AUTHOR,
        (LIST.encode(),),
        (b"BODY=8BITMIME",),
    )
    assert held.received == NOW
    assert held.findings == new.verdict.findings
    assert held.clauses == ("endorsement", "patient-data")
    assert (held.sensitive, held.decision, held.remarks, held.row_version) == (True, None, (), 1)
    assert store.read(lambda c: queue.octets(c, held.digest)) == post.message.octets


@pytest.mark.parametrize("octets", [b"\r\n", b"\x00\xff\xfe\r\n" * 9, bytes(range(256)) * 5000 + b"\r\n"])
def test_any_octets_are_kept_byte_for_byte(store: Store, octets: bytes) -> None:
    held = show(store, keep(store, octets=octets))
    assert store.read(lambda c: queue.octets(c, held.digest)) == octets


def test_one_post_held_on_two_lists_is_kept_once(store: Store) -> None:
    post, one, other = arrival(), new_hold(), new_hold()
    store.write(lambda c: queue.hold(c, post, (one, other)))
    keep(store)
    assert len(listed(store)) == 3
    assert store.read(lambda c: c.scalar(select(func.count()).select_from(OCTETS))) == 1


def test_text_that_a_database_refuses_is_kept_legibly(store: Store) -> None:
    sender = b"\xff\x00@\xe9"
    post = arrival()
    post = type(post)(post.id, post.key, Message(Envelope(sender, (sender,)), b"x\r\n"), NOW)
    new = NewHold(
        "abcdefgh2345",
        LIST,
        1,
        (sender,),
        "a\0b\ud800",
        "s" * 5000,
        "<\udcff>",
        verdict(),
        told="un\0verified",
    )
    store.write(lambda c: queue.hold(c, post, (new,)))
    held = show(store, new.id)
    assert (held.reverse_path, held.recipients) == (sender, (sender,))
    assert (held.author, held.message_id, held.told) == ("a␀b�", "<�>", "un␀verified")
    assert held.subject == "s" * 1024


def test_nothing_is_kept_by_halves(store: Store) -> None:
    post, new = arrival(), new_hold()
    broken = NewNotice("cause", "held", LIST, new.id, BEN, None, NOW)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        store.write(lambda c: queue.hold(c, post, (new,), (), (broken,)))
    assert listed(store) == ()
    assert store.read(lambda c: c.scalar(select(func.count()).select_from(TRANSACTION))) == 0
    assert store.read(lambda c: c.scalar(select(func.count()).select_from(OCTETS))) == 0


def test_a_notice_is_kept_with_what_caused_it_and_once(store: Store) -> None:
    post, new = arrival(), new_hold()
    notice = NewNotice(f"held {new.id} {BEN}", "held", LIST, new.id, BEN, b"Subject: Held\r\n\r\n", NOW)
    store.write(lambda c: queue.hold(c, post, (new,), (), (notice, notice)))
    (due,) = store.read(lambda c: notices.due(c, NOW))
    assert (due.recipient, due.octets, due.hold_id) == (BEN, notice.octets, new.id)


def keep_as(store: Store, name: str, list_address: str = LIST) -> None:
    new = NewHold(name, list_address, 1, (b"l",), "a", "s", "", verdict())
    store.write(lambda c: queue.hold(c, arrival(), (new,)))


def test_an_id_is_found_by_its_first_letters_in_either_case(store: Store) -> None:
    keep_as(store, "abcd23456789")
    keep_as(store, "abce23456789")
    find = queue.find
    assert store.read(lambda c: find(c, "ABCD")).id == "abcd23456789"
    assert store.read(lambda c: find(c, " abce23456789 ")).id == "abce23456789"
    with pytest.raises(AmbiguousId, match="fits abcd23456789, abce23456789; give more"):
        store.read(lambda c: find(c, "ab"))
    with pytest.raises(AmbiguousId, match="at least two characters"):
        store.read(lambda c: find(c, "a"))


@pytest.mark.parametrize("wrong", ["zz", "ab%", "a_", "' OR 1=1 --", "abcd234567890", "ab\0"])
def test_a_wrong_id_is_nobodys(store: Store, wrong: str) -> None:
    keep_as(store, "abcd23456789")
    with pytest.raises(NoSuchHold, match="No held post has the id"):
        store.read(lambda c: queue.find(c, wrong))


def test_another_lists_holds_are_not_found(store: Store) -> None:
    keep_as(store, "abcd23456789", "other@lists.example")
    with pytest.raises(NoSuchHold):
        store.read(lambda c: queue.find(c, "abcd", (LIST,)))
    assert store.read(lambda c: queue.waiting(c, queue.Filter((LIST,)))) == ()
    assert store.read(lambda c: queue.find(c, "abcd", None)).list == "other@lists.example"


def test_the_list_shows_what_waits_oldest_first_and_what_was_decided_when_asked(store: Store) -> None:
    first, second = keep(store), keep(store)
    decide(store, first, Outcome.REJECT)
    assert [one.id for one in listed(store)] == [second]
    (rejected,) = listed(store, HoldState.REJECTED)
    assert rejected.decision is not None
    assert rejected.decision.action is Outcome.REJECT


@pytest.mark.parametrize("subject", [f"About {NHS} again", f"{NHS}"])
def test_a_sensitive_subject_is_masked_in_the_list_and_whole_in_show(store: Store, subject: str) -> None:
    name = keep(store, finding(sensitive=True, words=NHS), subject=subject)
    (line,) = listed(store)
    assert NHS not in line.subject
    assert MASK in line.subject
    assert show(store, name).subject == subject
    assert show(store, name).discreet_subject == line.subject


def test_a_sensitive_subject_found_in_disguise_is_masked_whole() -> None:
    quote = Quote("subject", "9434765919", 6, 16)
    found = finding(sensitive=True)
    found = Finding(**{n: getattr(found, n) for n in found.__slots__} | {"quotes": (quote,)})
    assert queue.discreet("About 943-476-5919", (found,)) == MASK


def test_octets_that_were_purged_say_so(store: Store) -> None:
    with pytest.raises(OctetsGone, match="deleted when its time"):
        store.read(lambda c: queue.octets(c, ""))


def test_octets_that_nobody_purged_are_missing(store: Store) -> None:
    with pytest.raises(OctetsMissing, match="missing from the store"):
        store.read(lambda c: queue.octets(c, "0" * 64))


@pytest.mark.parametrize("body", ["x'00ff'", "'text'", f"x'{zlib.compress(b'Hello').hex()}'"])
def test_octets_that_are_not_those_that_came_are_not_given_out(store: Store, body: str) -> None:
    digest = show(store, keep(store)).digest
    store.write(lambda c: c.exec_driver_sql(f"UPDATE octets SET body = {body}"))  # noqa: S608
    with pytest.raises(OctetsBroken, match="damaged in the store"):
        store.read(lambda c: queue.octets(c, digest))


def test_what_waits_too_long_is_known(store: Store) -> None:
    name = keep(store)

    def overdue(connection: Connection) -> tuple[str, ...]:
        return queue.overdue(connection, NOW.replace(year=2027), 1, queue.Filter(states=(HoldState.HELD,)))

    assert store.read(overdue) == (name,)
    assert store.read(lambda c: queue.overdue(c, NOW, 1, queue.Filter())) == ()
