"""What becomes of a post by what scanners say of it, and by what their silence means to its list."""

import asyncio
import time
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from gateway.reply import UNSCANNED
from gateway.store import codec
from gateway.store.tables import NOTICE
from rules.profile import Mode
from tests.given.gate import CHEMISTRY, CLEAN, PHYSICS, Gatehouse, arriving, served
from tests.given.nameserver import SILENCE, nameserver
from tests.given.scanners import CLEAN as NOTHING
from tests.given.scanners import FOUND, HAM, NO_ACTION, SPAM, StandIn
from tests.given.sink import Behaviour, Sink


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink("smtp") as running:
        yield running


@pytest.fixture
def clamd() -> Iterator[StandIn]:
    with StandIn("clamd", NOTHING) as running:
        yield running


def house(folder: Path, sink: Sink, *clamds: StandIn, absent: str = "hold", **more: Any) -> Gatehouse:
    """Enforced lists that are judged by hygiene, the n-th with the n-th clamd."""
    lists = [
        served(sink.url, name, ("hygiene",), scanners={"clamd": {"at": one.at, "absent": absent}}, **more)
        for name, one in zip((PHYSICS, CHEMISTRY), clamds, strict=False)
    ]
    return Gatehouse(folder, *lists)


def _body(stored: bytes) -> str:
    """The words of a notice as its reader sees them, on one line."""
    letter = message_from_bytes(codec.expanded(stored), policy=default)
    return " ".join(letter.get_content().split())


def test_naming_a_clamd_is_enough_to_hold_what_it_finds(tmp_path: Path, sink: Sink, clamd: StandIn) -> None:
    clamd.answer = FOUND
    with house(tmp_path, sink, clamd) as gate:
        assert gate.said(CLEAN).startswith("250 2.0.0 Ok: held for moderation as ")
        (finding,) = gate.holds[0].findings
        assert finding.clause == "virus"
        assert finding.says.endswith("clamd: infected (Test.Signature).")
    assert clamd.heard == [CLEAN]
    assert sink.received == ()


def test_what_scanners_think_clean_is_relayed(tmp_path: Path, sink: Sink, clamd: StandIn) -> None:
    with StandIn("spamd", HAM) as spamd, StandIn("rspamd", NO_ACTION) as rspamd:
        scanners = {each.protocol: each.at for each in (clamd, spamd, rspamd)}
        with Gatehouse(tmp_path, served(sink.url, packs=("hygiene",), scanners=scanners)) as gate:
            assert gate.said(CLEAN).startswith("250 2.0.0 Ok: relayed")
            assert gate.events("scanner_silent") == []
        assert [clamd.heard, spamd.heard, rspamd.heard] == [[CLEAN]] * 3


def test_a_spam_filter_is_enough_too(tmp_path: Path, sink: Sink) -> None:
    with (
        StandIn("spamd", SPAM) as spamd,
        Gatehouse(tmp_path, served(sink.url, packs=("hygiene",), scanners={"spamd": spamd.at})) as gate,
    ):
        gate.said(CLEAN)
        assert gate.holds[0].findings[0].says.endswith("spamd: spam (score 9.5).")


def test_a_scanner_is_not_asked_where_no_clause_asks(tmp_path: Path, sink: Sink, clamd: StandIn) -> None:
    with Gatehouse(tmp_path, served(sink.url, scanners={"clamd": clamd.at})) as gate:
        assert gate.said(CLEAN).startswith("250 2.0.0 Ok: relayed")
    assert clamd.calls == 0


def test_absent_hold_waits_for_a_moderator_who_reads_which_scanner_and_since_when(
    tmp_path: Path, sink: Sink, clamd: StandIn
) -> None:
    clamd.behaviour = clamd.hangs_up
    with house(tmp_path, sink, clamd) as gate:
        assert gate.said(CLEAN).startswith("250 2.0.0 Ok: held for moderation as ")
        (hold,) = gate.holds
        assert [one.clause for one in hold.findings] == ["unscanned"]
        assert hold.findings[0].says == (
            "The virus scanner clamd did not answer: it closed the connection before its answer was whole. "
            f"It has not answered since {gate.now:%Y-%m-%d %H:%M} UTC."
        )
        (line,) = gate.events("scanner_silent")
        assert (line["list"], line["scanner"], line["absent"]) == (PHYSICS, "clamd", "hold")
        assert line["since"] == gate.now.isoformat()
        assert line["id"] == gate.events("held")[0]["id"]


def test_absent_tempfail_leaves_it_with_the_client_and_takes_it_later(
    tmp_path: Path, sink: Sink, clamd: StandIn
) -> None:
    clamd.behaviour = clamd.hangs_up
    with house(tmp_path, sink, clamd, absent="tempfail") as gate:
        assert (
            gate.said(CLEAN) == str(UNSCANNED) == "451 4.7.1 A scanner does not answer at present, try again"
        )
        assert (gate.transactions, gate.bodies, sink.received) == ((), 0, ())
        assert gate.events("deferred")[0]["why"] == "scanner"
        clamd.behaviour = clamd.answers
        assert gate.said(CLEAN).startswith("250 2.0.0 Ok: relayed")


def test_a_repeat_of_what_was_relayed_has_its_answer_though_the_scanner_is_gone(
    tmp_path: Path, sink: Sink, clamd: StandIn
) -> None:
    with house(tmp_path, sink, clamd, absent="tempfail") as gate:
        first = gate.said(CLEAN)
        clamd.behaviour = clamd.hangs_up
        assert gate.said(CLEAN) == first
    assert len(sink.received) == 1


@pytest.mark.parametrize(("absent", "recorded"), [("hold", ["unscanned"]), ("tempfail", [])])
def test_in_shadow_no_silent_scanner_holds_or_defers_anything_and_it_is_recorded(
    tmp_path: Path, sink: Sink, clamd: StandIn, absent: str, recorded: list[str]
) -> None:
    clamd.behaviour = clamd.hangs_up
    with house(tmp_path, sink, clamd, absent=absent, mode=Mode.SHADOW) as gate:
        assert gate.said(CLEAN).startswith("250 2.0.0 Ok: relayed")
        (judged,) = gate.judgements
        assert [row[1] for row in judged["findings"]] == recorded
        assert len(gate.events("scanner_silent")) == 1


def test_an_author_whose_post_nobody_could_scan_is_not_told_to_mend_it(
    tmp_path: Path, sink: Sink, clamd: StandIn
) -> None:
    clamd.behaviour = clamd.hangs_up
    with house(tmp_path, sink, clamd) as gate:
        gate.said(CLEAN)
        letters = {row.kind: _body(row.octets) for row in gate.rows(select(NOTICE))}
        assert "The virus scanner clamd did not answer" in letters["author-held"]
        assert "What would help" not in letters["author-held"]
        assert "administrator" not in letters["author-held"], "that is the moderators' business"
        assert (
            "Tell the administrator of this installation that clamd does not answer."
            in letters["moderator-held"]
        )


def test_absent_ignore_lets_it_pass_and_the_journal_says_so(
    tmp_path: Path, sink: Sink, clamd: StandIn
) -> None:
    clamd.behaviour = clamd.hangs_up
    with house(tmp_path, sink, clamd, absent="ignore") as gate:
        assert gate.said(CLEAN).startswith("250 2.0.0 Ok: relayed")
        (line,) = gate.events("scanner_silent")
        assert (line["absent"], line["why"]) == (
            "ignore",
            "it closed the connection before its answer was whole",
        )


def test_two_lists_with_one_scanner_ask_once(tmp_path: Path, sink: Sink, clamd: StandIn) -> None:
    clamd.answer = FOUND
    with house(tmp_path, sink, clamd, clamd) as gate:
        gate.said(CLEAN, PHYSICS, CHEMISTRY)
        assert [hold.list for hold in gate.holds] == [CHEMISTRY, PHYSICS]
    assert clamd.calls == 1


def test_two_lists_with_scanners_of_their_own_have_an_answer_each(
    tmp_path: Path, sink: Sink, clamd: StandIn
) -> None:
    with StandIn("clamd", FOUND) as other, house(tmp_path, sink, clamd, other) as gate:
        gate.said(CLEAN, PHYSICS, CHEMISTRY)
        assert [hold.list for hold in gate.holds] == [CHEMISTRY]
    assert (clamd.heard, other.heard) == ([CLEAN], [CLEAN])


def test_in_lmtp_only_the_list_that_waits_for_its_scanner_is_deferred(
    tmp_path: Path, sink: Sink, clamd: StandIn
) -> None:
    with StandIn("clamd", NOTHING) as ill, house(tmp_path, sink, clamd, ill, absent="tempfail") as gate:
        ill.behaviour = ill.hangs_up
        replies = [str(reply)[:9] for reply in gate.admit(CLEAN, PHYSICS, CHEMISTRY, lmtp=True).replies]
        assert replies == ["250 2.0.0", "451 4.7.1"]
        assert gate.said(CLEAN, PHYSICS, CHEMISTRY).startswith("451 4.7.1"), "one reply speaks for both"


def test_the_lists_other_addresses_are_not_scanned(tmp_path: Path, sink: Sink, clamd: StandIn) -> None:
    with house(tmp_path, sink, clamd) as gate:
        gate.said(CLEAN, PHYSICS.replace("@", "-request@"))
    assert clamd.calls == 0


def test_what_scanners_took_of_the_clients_patience_is_not_given_to_the_next_hop(
    tmp_path: Path, clamd: StandIn
) -> None:
    clamd.behaviour = lambda call: (time.sleep(1.5), clamd.answers(call))[1]
    with Sink("smtp", Behaviour(replies={"DOT": b""})) as silent, house(tmp_path, silent, clamd) as gate:
        gate.relay._settings = gate.relay._settings.model_copy(update={"deadline": 5, "data_timeout": 9})
        began = time.monotonic()
        assert gate.said(CLEAN).startswith("451 4.4.2 ")
        assert time.monotonic() - began < 6.2


def test_a_message_of_which_a_scanner_says_nothing_in_time_is_held(
    tmp_path: Path, sink: Sink, clamd: StandIn
) -> None:
    clamd.behaviour = clamd.hears_and_is_silent
    with house(tmp_path, sink, clamd) as gate:
        gate.relay._settings = gate.relay._settings.model_copy(update={"deadline": 0.5})
        assert "held for moderation" in gate.said(CLEAN)
        assert [hold.findings[0].title for hold in gate.holds] == ["Not judged in time"]
    assert sink.received == ()


def test_a_message_of_which_the_dns_says_nothing_in_time_is_held(tmp_path: Path, sink: Sink) -> None:
    with (
        nameserver({"_dmarc.member.example": SILENCE}) as dns,
        Gatehouse(tmp_path, served(sink.url), resolver=dns.address) as gate,
    ):
        assert gate.authenticator is not None
        gate.relay._settings = gate.relay._settings.model_copy(update={"deadline": 0.5})
        assert "held for moderation" in gate.said(CLEAN)
        assert dns.asked
    assert sink.received == ()


def test_a_service_that_stops_does_not_wait_for_a_silent_scanner(
    tmp_path: Path, sink: Sink, clamd: StandIn
) -> None:
    clamd.behaviour = clamd.hears_and_is_silent

    async def stopped(gate: Gatehouse) -> None:
        task = asyncio.create_task(gate.gate.admit(arriving(CLEAN)))
        async with asyncio.timeout(5):
            while not clamd.heard:  # noqa: ASYNC110  it is a thread that hears
                await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.wait((task,), timeout=10)
        assert task.cancelled()

    with house(tmp_path, sink, clamd) as gate:
        gate.run(stopped(gate))
        assert gate.transactions == ()
