"""What becomes of an arriving message: real store, real relay to a sink, real judging."""

import asyncio
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.profile import Mode
from tests.given.client import post
from tests.given.gate import CHEMISTRY, CLEAN, FLAGGED, PHYSICS, Gatehouse, arriving, served
from tests.given.gatepost import HOUSE
from tests.given.sink import Behaviour, Sink

OURS = re.compile(rb"X-Gatepost-Loop: [0-9a-f]{32}\r\nReceived: [^\r\n]*\r\n(?:\t[^\r\n]*\r\n)+")
MARKED = b"X-Gatepost-Loop: not ours\r\n" + CLEAN


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink("smtp") as running:
        yield running


@pytest.fixture
def house(tmp_path: Path, sink: Sink) -> Iterator[Gatehouse]:
    """One enforced list whose next hop is the sink."""
    with Gatehouse(tmp_path, served(sink.url)) as made:
        yield made


def answers(stage: str, line: bytes) -> Behaviour:
    return Behaviour(replies={stage: line + b"\r\n"})


# Passing


def test_a_passing_post_is_relayed_inside_data_with_only_our_lines_above(
    house: Gatehouse, sink: Sink
) -> None:
    said = house.said(MARKED, helo="client.example")
    assert said == "250 2.0.0 Ok: relayed 250 2.0.0 Ok: taken by the sink"
    (received,) = sink.received
    above, _, rest = received.octets.partition(MARKED)
    assert rest == b""
    names = [line.partition(b":")[0] for line in above.split(b"\r\n") if line[:1] not in (b"", b"\t")]
    assert names == [b"X-Gatepost-Loop", b"Received"]
    assert received.reverse_path == b"ann@member.example"
    assert received.recipients == (PHYSICS.encode(),)


def test_a_relayed_post_is_recorded_with_its_verdict_and_kept_nowhere(house: Gatehouse) -> None:
    house.said(CLEAN)
    (row,) = house.transactions
    assert (row.state, row.reply[:3], row.size) == ("relayed", "250", len(CLEAN))
    (judged,) = house.judgements
    assert (judged["action"], judged["mode"], judged["version"]) == ("pass", "enforce", 1)
    assert (house.bodies, house.holds, house.deliveries) == (0, (), ())


def test_the_envelope_goes_on_as_it_came(house: Gatehouse, sink: Sink) -> None:
    octets = post("Grüße")
    house.said(octets, "Physics@LISTS.example", parameters=(b"BODY=8BITMIME",))
    (received,) = sink.received
    assert received.recipients == (b"Physics@LISTS.example",)
    assert b"BODY=8BITMIME" in received.parameters


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA", "DOT"])
@pytest.mark.parametrize(
    ("line", "state"),
    [(b"550 5.7.26 Not from there", "refused"), (b"452 4.2.2 Mailbox full", "deferred")],
)
def test_the_next_hops_refusal_is_ours(
    house: Gatehouse, sink: Sink, stage: str, line: bytes, state: str
) -> None:
    sink.behaviour = answers(stage, line)
    assert house.said(CLEAN).startswith(line.decode())
    assert house.states == (state,)
    assert sink.received == ()
    assert house.bodies == 0


def test_a_next_hop_that_cannot_be_reached_leaves_the_post_with_the_client(
    tmp_path: Path, sink: Sink
) -> None:
    url = sink.url
    sink.stop()
    with Gatehouse(tmp_path, served(url)) as house:
        assert house.said(CLEAN).startswith("451 4.4.1 ")
        assert house.states == ("deferred",)


def test_a_post_goes_to_the_spare_while_the_first_next_hop_is_away(tmp_path: Path, sink: Sink) -> None:
    with Sink() as away:
        pass
    with Gatehouse(tmp_path, served([away.url, sink.url])) as house:
        assert house.said(CLEAN).startswith("250 ")
        assert len(sink.received) == 1


def test_what_the_next_hop_deferred_is_judged_and_relayed_anew(house: Gatehouse, sink: Sink) -> None:
    sink.behaviour = answers("DOT", b"451 4.3.0 Later")
    house.said(CLEAN)
    sink.behaviour = Behaviour()
    assert house.said(CLEAN).startswith("250 ")
    assert house.states == ("deferred", "relayed")
    assert len(sink.received) == 1


@given(st.lists(st.binary(max_size=120), max_size=12))
def test_the_octets_that_came_are_those_that_go_or_wait_whatever_they_are(
    house: Gatehouse, sink: Sink, lines: list[bytes]
) -> None:
    octets = b"".join(re.sub(rb"[\r\n\0]", b".", line) + b"\r\n" for line in lines)
    admitted = house.admit(octets)
    house.confirm(admitted)
    said = str(admitted.replies[0])
    if "held for moderation" in said:
        (digest,) = (hold.digest for hold in house.holds if hold.id == said.split()[-1])
        assert house.octets(digest) == octets
    else:
        assert said.startswith("250 2.0.0 Ok: relayed")
        assert sink.received[-1].octets.endswith(octets)
        assert OURS.fullmatch(sink.received[-1].octets.removesuffix(octets))


# Holding


def test_a_flagged_post_is_held_before_its_250(house: Gatehouse, sink: Sink) -> None:
    said = house.said(FLAGGED)
    (hold,) = house.holds
    assert said == f"250 2.0.0 Ok: held for moderation as {hold.id}"
    assert (hold.state, hold.clauses, hold.list) == ("held", ("party",), PHYSICS)
    assert house.octets(hold.digest) == FLAGGED
    assert hold.recipients == (PHYSICS.encode(),)
    assert (house.states, house.deliveries, sink.received) == (("stored",), (), ())


def test_a_hold_outlives_the_process(house: Gatehouse, tmp_path: Path) -> None:
    said = house.said(FLAGGED)
    copy = tmp_path / "after the crash"
    copy.mkdir()
    for file in tmp_path.glob("gatepost.db*"):
        (copy / file.name).write_bytes(file.read_bytes())
    with Gatehouse(tmp_path) as other:
        other.store.close()
        other.store = type(other.store).open(f"sqlite:///{copy / 'gatepost.db'}")
        assert [hold.id for hold in other.holds] == [said.split()[-1]]


def test_a_hold_calls_for_notices_to_moderators_and_author_in_the_same_commit(house: Gatehouse) -> None:
    house.said(FLAGGED)
    assert [recipient for _, recipient in house.notices] == ["mod@lists.example", "ann@member.example"]
    assert house.woken == 1


# Several lists and recipients


def two(sink: Sink, other: Sink | None = None, **chemistry: object) -> tuple[object, object]:
    return served(sink.url), served((other or sink).url, CHEMISTRY, packs=(), **chemistry)


def test_two_lists_that_pass_on_one_hop_are_relayed_inline_with_the_mark_of_each(
    tmp_path: Path, sink: Sink
) -> None:
    with Gatehouse(tmp_path, *two(sink)) as house:
        assert house.said(CLEAN, PHYSICS, CHEMISTRY).startswith("250 2.0.0 Ok: relayed")
        (received,) = sink.received
        assert received.recipients == (PHYSICS.encode(), CHEMISTRY.encode())
        for name in (PHYSICS, CHEMISTRY):
            assert house.trace.mark(name).encode() in received.octets
            assert house.said(received.octets, name) == "554 5.4.6 Routing loop detected"


def test_one_list_holds_while_the_other_passes(tmp_path: Path, sink: Sink) -> None:
    with Gatehouse(tmp_path, *two(sink)) as house:
        said = house.said(FLAGGED, PHYSICS, CHEMISTRY)
        (hold,) = house.holds
        assert said == f"250 2.0.0 Ok: held for moderation as {hold.id}"
        assert (hold.list, hold.recipients) == (PHYSICS, (PHYSICS.encode(),))
        (owed,) = house.deliveries
        assert (owed.list, owed.state, owed.hold_id) == (CHEMISTRY, "waiting", None)
        assert [each["action"] for each in house.judgements] == ["pass", "hold"]
        assert (house.bodies, sink.received, house.woken) == (1, (), 1)


def test_two_lists_that_hold_have_a_hold_each(tmp_path: Path, sink: Sink) -> None:
    with Gatehouse(tmp_path, served(sink.url), served(sink.url, CHEMISTRY)) as house:
        said = house.said(FLAGGED, PHYSICS, CHEMISTRY)
        assert [hold.list for hold in house.holds] == [CHEMISTRY, PHYSICS]
        assert all(hold.id in said for hold in house.holds)
        assert house.bodies == 1


def test_two_lists_that_pass_on_different_hops_are_stored(tmp_path: Path, sink: Sink) -> None:
    with Sink("smtp") as other, Gatehouse(tmp_path, *two(sink, other)) as house:
        assert house.said(CLEAN, PHYSICS, CHEMISTRY).startswith("250 2.0.0 Ok: queued as ")
        assert [row.list for row in house.deliveries] == [PHYSICS, CHEMISTRY]
        assert (sink.received, other.received, house.holds) == ((), (), ())
        assert house.states == ("stored",)


def test_several_recipients_behind_lmtp_are_stored_since_its_replies_may_differ(tmp_path: Path) -> None:
    with Sink("lmtp") as lmtp, Gatehouse(tmp_path, *two(lmtp)) as house:
        assert house.said(CLEAN, PHYSICS, CHEMISTRY).startswith("250 2.0.0 Ok: queued as ")
        assert lmtp.received == ()


def test_a_hop_that_refuses_one_of_two_recipients_gets_nothing_and_loses_nothing(
    tmp_path: Path, sink: Sink
) -> None:
    sink.behaviour = Behaviour(recipients={CHEMISTRY.encode(): b"550 5.1.1 Who?\r\n"})
    with Gatehouse(tmp_path, *two(sink)) as house:
        assert house.said(CLEAN, PHYSICS, CHEMISTRY).startswith("250 2.0.0 Ok: queued as ")
        assert sink.received == ()
        assert sorted(row.list for row in house.deliveries) == [CHEMISTRY, PHYSICS]
        assert house.states == ("deferred", "stored")


def test_a_hop_that_refuses_both_in_different_ways_leaves_the_post_with_the_client(
    tmp_path: Path, sink: Sink
) -> None:
    refusals = {PHYSICS.encode(): b"550 5.1.1 Who?\r\n", CHEMISTRY.encode(): b"450 4.2.1 Later\r\n"}
    sink.behaviour = Behaviour(recipients=refusals)
    with Gatehouse(tmp_path, *two(sink)) as house:
        assert house.said(CLEAN, PHYSICS, CHEMISTRY).startswith("450 4.2.1 ")
        assert (house.states, house.bodies) == (("deferred",), 0)


def test_the_same_recipient_twice_gets_one_copy(house: Gatehouse, sink: Sink) -> None:
    assert len(house.admit(CLEAN, PHYSICS, PHYSICS).replies) == 2
    (received,) = sink.received
    assert received.recipients == (PHYSICS.encode(),)


# Refusing


def test_a_rejection_alone_names_the_clause_whom_to_ask_and_an_id(tmp_path: Path, sink: Sink) -> None:
    with Gatehouse(tmp_path, served(sink.url, action="reject")) as house:
        said = house.said(FLAGGED)
        (row,) = house.transactions
        assert said.startswith("550 5.7.1 ")
        assert all(word in said for word in ("party", "physics-owner@lists.example", row.id))
        assert (row.state, row.reply) == ("refused", said)
        assert (house.holds, house.notices, house.bodies, sink.received) == ((), (), 0, ())


def test_in_a_mixture_a_rejection_becomes_a_hold(tmp_path: Path, sink: Sink) -> None:
    with Gatehouse(tmp_path, served(sink.url, action="reject"), two(sink)[1]) as house:
        assert "held for moderation as" in house.said(FLAGGED, PHYSICS, CHEMISTRY)
        (hold,) = house.holds
        assert hold.list == PHYSICS
        assert [row.list for row in house.deliveries] == [CHEMISTRY]


def test_lists_that_all_reject_refuse_together(tmp_path: Path, sink: Sink) -> None:
    rejecting = (served(sink.url, name, action="reject") for name in (PHYSICS, CHEMISTRY))
    with Gatehouse(tmp_path, *rejecting) as house:
        assert house.said(FLAGGED, PHYSICS, CHEMISTRY).startswith("550 5.7.1 ")


# Shadow


def test_in_shadow_a_post_is_relayed_and_what_would_have_been_is_recorded(tmp_path: Path, sink: Sink) -> None:
    with Gatehouse(tmp_path, served(sink.url, mode=Mode.SHADOW)) as house:
        assert house.said(FLAGGED).startswith("250 2.0.0 Ok: relayed")
        (judged,) = house.judgements
        assert (judged["mode"], judged["action"]) == ("shadow", "hold")
        assert judged["findings"][0][:2] == ["house", "party"]
        assert len(sink.received) == 1


def test_a_clause_in_shadow_is_recorded_and_does_not_act(tmp_path: Path, sink: Sink) -> None:
    with Gatehouse(tmp_path, served(sink.url, status="shadow")) as house:
        assert house.said(FLAGGED).startswith("250 2.0.0 Ok: relayed")
        (judged,) = house.judgements
        assert judged["action"] == "pass"
        assert judged["findings"][0][3] == "shadow"


def test_in_shadow_nothing_is_refused_under_a_clause(tmp_path: Path, sink: Sink) -> None:
    with Gatehouse(tmp_path, served(sink.url, mode=Mode.SHADOW, action="reject")) as house:
        assert house.said(FLAGGED).startswith("250 2.0.0 Ok: relayed")


# Loops


def test_a_post_that_was_here_for_the_same_list_is_a_loop(house: Gatehouse, sink: Sink) -> None:
    house.said(CLEAN)
    once_round = sink.received[0].octets
    assert house.said(once_round) == "554 5.4.6 Routing loop detected"
    assert len(sink.received) == 1


def test_thirty_hops_are_a_loop_and_twenty_nine_are_not(house: Gatehouse) -> None:
    hop = b"Received: from a.example by b.example; Sun, 22 Nov 2026 10:00:00 +0000\r\n"
    assert house.said(hop * 30 + CLEAN) == "554 5.4.6 Routing loop detected"
    assert house.said(hop * 29 + CLEAN).startswith("250 ")


def test_another_lists_mark_and_a_forged_one_are_no_loop(house: Gatehouse, sink: Sink) -> None:
    forged = f"X-Gatepost-Loop: {house.trace.mark(CHEMISTRY)}\r\n".encode() + CLEAN
    assert house.said(forged).startswith("250 ")
    assert sink.received[0].octets.endswith(forged)


# Other addresses

OTHERS = ("request", "owner", "bounces+ann=member.example", "confirm+1f2e")


@pytest.mark.parametrize("suffix", [*(f"-{other}" for other in OTHERS), "+confirm+x", "+bounces"])
def test_the_lists_other_addresses_pass_through_unjudged(house: Gatehouse, sink: Sink, suffix: str) -> None:
    address = PHYSICS.replace("@", f"{suffix}@")
    assert house.at_rcpt(address) == ""
    assert house.said(FLAGGED, address).startswith("250 2.0.0 Ok: relayed")
    (received,) = sink.received
    assert received.recipients == (address.encode(),)
    assert b"X-Gatepost-Loop" not in received.octets
    (judged,) = house.judgements
    assert judged["mode"] == "pass-through"
    assert "findings" not in judged


def test_a_post_that_is_held_still_passes_through_to_the_owner(house: Gatehouse) -> None:
    owner = PHYSICS.replace("@", "-owner@")
    assert "held for moderation as" in house.said(FLAGGED, PHYSICS, owner)
    (hold,), (owed,) = house.holds, house.deliveries
    assert hold.recipients == (PHYSICS.encode(),)
    assert owed.list == PHYSICS


@pytest.mark.parametrize(
    ("address", "reply"),
    [
        ("physics+m.4f3c@lists.example", "550 5.1.1 "),
        ("biology@lists.example", "550 5.1.1 "),
        ("physicsrequest@lists.example", "550 5.1.1 "),
        ("someone@elsewhere.example", "550 5.7.1 "),
        ("physics@lists.example.com", "550 5.7.1 "),
    ],
)
def test_any_other_address_is_refused_at_rcpt(house: Gatehouse, address: str, reply: str) -> None:
    assert house.at_rcpt(address).startswith(reply)


def test_a_list_that_was_removed_during_data_is_trouble(house: Gatehouse) -> None:
    house.gate.directory = type(house.gate.directory)(())
    with pytest.raises(LookupError):
        house.admit(CLEAN)


# LMTP


def test_lmtp_answers_each_recipient_for_itself(tmp_path: Path, sink: Sink) -> None:
    biology = served(sink.url, "biology@lists.example", action="reject")
    gone = served("smtp://127.0.0.1:1", "geology@lists.example")
    with Gatehouse(tmp_path, *two(sink), biology, gone) as house:
        names = (CHEMISTRY, PHYSICS, biology.list, gone.list, CHEMISTRY)
        replies = [str(each) for each in house.admit(FLAGGED, *names, lmtp=True).replies]
        starts = ("250 2.0.0 Ok: relayed", "250 2.0.0 Ok: held", "550 5.7.1", "250 2.0.0 Ok: held")
        assert all(reply.startswith(start) for reply, start in zip(replies, starts, strict=False))
        assert replies[4] == replies[0]
        (received,) = sink.received
        assert received.recipients == (CHEMISTRY.encode(),)
        assert house.states == ("refused", "relayed", "stored", "stored")


def test_in_lmtp_all_recipients_share_the_clients_patience(tmp_path: Path) -> None:
    silent = Behaviour(replies={"DOT": b""})
    with Sink("smtp", silent) as sink, Gatehouse(tmp_path, *two(sink)) as house:
        house.relay._settings = house.relay._settings.model_copy(update={"deadline": 1.0})
        began = time.monotonic()
        replies = [str(each)[:15] for each in house.admit(CLEAN, PHYSICS, CHEMISTRY, lmtp=True).replies]
        took = time.monotonic() - began
        assert replies == ["451 4.4.2 The c", "451 4.3.0 No ti"]
        assert took < 1.8
        assert [received.recipients for received in sink.received] == [(PHYSICS.encode(),)]
        assert house.events("deferred")[-1]["why"] == "time"


def test_in_lmtp_list_servers_that_are_all_silent_end_within_one_deadline(tmp_path: Path) -> None:
    silent = Behaviour(replies={"MAIL": b""})
    with (
        Sink("smtp", silent) as one,
        Sink("smtp", silent) as another,
        Gatehouse(tmp_path, *two(one, another)) as house,
    ):
        house.relay._settings = house.relay._settings.model_copy(update={"deadline": 2.0})
        began = time.monotonic()
        replies = {str(each)[:9] for each in house.admit(CLEAN, PHYSICS, CHEMISTRY, lmtp=True).replies}
        took = time.monotonic() - began
    assert replies == {"451 4.4.2"}
    assert took < 2.4
    assert all(sink.connections == 1 for sink in (one, another))


def test_in_lmtp_what_a_silent_list_server_left_of_the_time_is_for_the_next_list(tmp_path: Path) -> None:
    with Sink("smtp", Behaviour(replies={"MAIL": b""})) as silent, Sink("smtp") as well:
        with Gatehouse(tmp_path, *two(silent, well)) as house:
            house.relay._settings = house.relay._settings.model_copy(update={"deadline": 1.5})
            replies = [str(each)[:9] for each in house.admit(CLEAN, PHYSICS, CHEMISTRY, lmtp=True).replies]
        assert replies == ["451 4.4.2", "250 2.0.0"]


# Machines


def test_mail_with_the_null_sender_is_held_and_nobody_gets_an_answer(tmp_path: Path, sink: Sink) -> None:
    with Gatehouse(tmp_path, served(sink.url, packs=("hygiene", HOUSE))) as house:
        assert "held for moderation as" in house.said(CLEAN, sender=b"")
        (hold,) = house.holds
        assert hold.clauses == ("automatic",)
        assert hold.told == "no return path"
        assert not [kind for kind, _ in house.notices if kind.startswith("author")]


# The promises for callers


def test_messages_that_come_at_once_are_each_answered_for_themselves(house: Gatehouse, sink: Sink) -> None:
    clean = [post(f"Question {n}", ident=f"clean-{n}") for n in range(20)]
    flagged = [post(f"vote for the party {n}", ident=f"flagged-{n}") for n in range(20)]

    async def all_at_once() -> list[str]:
        jobs = [
            house.gate.admit(arriving(octets)) for pair in zip(clean, flagged, strict=True) for octets in pair
        ]
        return [str(admitted.replies[0]) for admitted in await asyncio.gather(*jobs)]

    said = house.run(all_at_once())
    assert all("relayed" in reply for reply in said[::2])
    assert all("held" in reply for reply in said[1::2])
    assert sorted(each.octets[each.octets.index(b"From:") :] for each in sink.received) == sorted(clean)
    assert len(house.holds) == 20


def test_only_what_every_next_hop_offers_is_offered(tmp_path: Path, sink: Sink) -> None:
    older = Behaviour(extensions=("PIPELINING", "8BITMIME"))
    with Sink("smtp", older) as plain, Gatehouse(tmp_path, *two(sink, plain)) as house:
        assert house.gate.extensions() == {"8BITMIME", "SMTPUTF8"}
        house.said(CLEAN, CHEMISTRY)
        assert house.gate.extensions() == {"8BITMIME"}


def test_eight_bit_octets_are_never_given_to_a_hop_that_lacks_8bitmime(tmp_path: Path) -> None:
    with Sink("smtp", Behaviour(extensions=())) as old, Gatehouse(tmp_path, served(old.url)) as house:
        assert house.said(post("Grüße"), parameters=(b"BODY=8BITMIME",)).startswith("451 4.6.3 ")
        assert old.received == ()


def test_there_is_one_line_in_the_journal_for_what_became_of_a_message(house: Gatehouse) -> None:
    house.said(CLEAN)
    house.said(FLAGGED)
    (relayed,), (held,) = house.events("relayed"), house.events("held")
    assert relayed["id"] == house.transactions[0].id or relayed["id"] == house.transactions[1].id
    assert (held["hold"], held["clauses"]) == (house.holds[0].id, ["party"])
    assert relayed["lists"] == {PHYSICS: "enforce pass"}
    text = house.lines.getvalue()
    assert not [word for word in ("ann@", "physics@member", "vote", "build-up") if word in text]


def test_what_became_of_messages_is_counted(house: Gatehouse) -> None:
    house.said(CLEAN)
    house.said(FLAGGED)
    figures = {
        name: house.metrics.registry.get_sample_value("gatepost_posts_total", {"outcome": name})
        for name in ("relayed", "held")
    }
    assert figures == {"relayed": 1.0, "held": 1.0}
