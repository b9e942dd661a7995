"""Who is told what: moderators learn the words and how to decide, authors learn why and what to do."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import Message as Mail

import pytest

from gateway.holds import Decision, Hold, HoldState, NewHold, NewNotice, Outcome
from gateway.notices.compose import (
    decision_notices,
    held_notices,
    refused_notices,
    released_notices,
    unknown_notices,
)
from gateway.notices.kinds import Kind
from gateway.transactions import Arrival
from rules.message import Envelope, Message
from rules.profile import Person, Profile
from rules.verdict import Action, Finding, Quote, Status, Verdict

NOW = datetime(2026, 7, 3, 9, 5, tzinfo=UTC)
NHS = "943 476 5919"
ANN, BEN = "ann@lists.example", "ben@lists.example"
AUTHOR = "ada@example.org"
PROFILE = Profile(
    list="physics@lists.example",
    moderators=(Person(address=ANN, name="Ann"), Person(address=BEN, user="ben")),
    owners=(Person(address="olive@lists.example"),),
    timezone="Europe/London",
)
PATIENT = Finding(
    clause="patients",
    pack="ipem",
    title="No patient data",
    action=Action.HOLD,
    status=Status.LIVE,
    confidence=0.9,
    says=f"The post contains the NHS number {NHS}.",
    ask="Could a patient be recognised?",
    mend="Leave the number out.",
    quotes=(Quote("own", NHS, 0, 12),),
    sensitive=True,
    masked="The post contains an NHS number.",
)
PRAISE = replace(
    PATIENT,
    clause="endorsement",
    title="No endorsement",
    says="The post praises 'Lumidose is the best'.",
    ask="Is it an endorsement?",
    mend="State the facts.",
    quotes=(Quote("own", "Lumidose is the best", 20, 40),),
    sensitive=False,
)
NEW = NewHold(
    id="kx72abcdefgh",
    list=PROFILE.list,
    version=1,
    recipients=(b"physics@lists.example",),
    author=AUTHOR,
    subject="Best dosemeter?",
    message_id="<post@example.org>",
    verdict=Verdict((PATIENT, PRAISE)),
    told="",
)
HOLD = Hold(
    id=NEW.id,
    transaction_id="t23456789abc",
    list=NEW.list,
    version=1,
    state=HoldState.HELD,
    received=NOW,
    reverse_path=AUTHOR.encode(),
    recipients=NEW.recipients,
    parameters=(),
    digest="",
    author=AUTHOR,
    subject=NEW.subject,
    message_id=NEW.message_id,
    clauses=("patients", "endorsement"),
    findings=(PATIENT, PRAISE),
    sensitive=True,
    told="",
    row_version=1,
    reply="",
)
REJECTION = Decision(
    7, Outcome.REJECT, BEN, NOW, NOW + timedelta(minutes=2), "endorsement", "Too much praise.\r\nBcc: x"
)


def held(
    new: NewHold = NEW, profile: Profile = PROFILE, path: bytes = AUTHOR.encode()
) -> tuple[NewNotice, ...]:
    arrival = Arrival("t23456789abc", b"k", Message(Envelope(path, new.recipients), b"\r\n"), NOW)
    return held_notices(profile, arrival, new, NOW + timedelta(days=14))


def mail(notice: NewNotice) -> Mail:
    return message_from_bytes(notice.octets)


def body(notice: NewNotice) -> str:
    payload = mail(notice).get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode().replace("\r\n", "\n")


def to(notices: tuple[NewNotice, ...], recipient: str) -> NewNotice:
    (one,) = [notice for notice in notices if notice.recipient == recipient]
    return one


def test_each_moderator_is_told_what_waits_why_and_how_to_decide() -> None:
    notices = held()
    assert [n.recipient for n in notices] == [ANN, BEN, AUTHOR]
    words = body(to(notices, ANN))
    assert mail(to(notices, ANN))["Subject"] == "[physics] Held for moderation: kx72abcdefgh"
    assert mail(to(notices, ANN))["Auto-Submitted"] == "auto-generated"
    assert "From:      ada@example.org" in words
    assert "Subject:   Best dosemeter?" in words
    assert "No patient data (patients)" in words
    assert "Question: Could a patient be recognised?" in words
    assert "The post praises 'Lumidose is the best'." in words
    for command in (
        "gatepost queue show kx72abcdefgh",
        "gatepost queue release kx72abcdefgh",
        'gatepost queue reject kx72abcdefgh --clause patients --reason "',
        "gatepost queue discard kx72abcdefgh",
    ):
        assert command in words
    assert "Friday 17 July 2026, 10:05 (Europe/London)" in words
    assert "The author is told." in words


def test_the_author_is_told_why_what_would_help_and_by_when() -> None:
    notice = to(held(), AUTHOR)
    words, read = body(notice), mail(notice)
    assert notice.kind == Kind.AUTHOR_HELD
    assert notice.due == NOW
    assert read["Auto-Submitted"] == "auto-replied"
    assert read["In-Reply-To"] == read["References"] == "<post@example.org>"
    assert read["From"] == '"physics list" <physics-owner@lists.example>'
    assert "Friday 17 July 2026, 10:05 (Europe/London)" in words
    assert "What would help: Leave the number out." in words
    assert "dosemeter" not in words


def test_sensitive_words_are_in_no_notice() -> None:
    leaky = replace(NEW, subject=f"About 943-476-5919 ({NHS})", author=f"{NHS}@x.example")
    rejection = replace(REJECTION, reason=f"Do not write {NHS}.")
    stored = replace(HOLD, subject=leaky.subject, author=leaky.author)
    for notice in (*held(leaky), *decision_notices(PROFILE, stored, rejection)):
        assert "5919" not in body(notice)
        assert b"5919" not in notice.octets


def test_an_author_who_may_not_be_told_is_not_and_moderators_learn_why() -> None:
    notices = held(replace(NEW, told="unverified"))
    assert [n.recipient for n in notices] == [ANN, BEN]
    assert "The author is not told: unverified." in body(notices[0])


def test_a_return_path_that_could_break_a_header_gets_nothing() -> None:
    for path in (b"", b'"a>\r\nBcc: x"@b.example', b"\xc3\xa9@b.example", b"a b@c.example"):
        assert [n.recipient for n in held(path=path)] == [ANN, BEN]


def test_owners_are_told_where_there_is_no_moderator_and_the_list_itself_never() -> None:
    profile = PROFILE.model_copy(update={"moderators": ()})
    assert held(replace(NEW, told="x"), profile)[0].recipient == "olive@lists.example"
    looping = PROFILE.model_copy(update={"moderators": (Person(address="Physics@lists.example"),)})
    assert held(replace(NEW, told="x"), looping) == ()


def test_the_other_moderators_learn_who_decided_in_the_thread_of_the_held_notice() -> None:
    notices = decision_notices(PROFILE, HOLD, REJECTION)
    assert [n.recipient for n in notices] == [ANN, AUTHOR]
    told = to(notices, ANN)
    assert mail(told)["In-Reply-To"] == mail(to(held(), ANN))["Message-ID"]
    assert mail(told)["Subject"] == "Re: " + mail(to(held(), ANN))["Subject"]
    assert told.due == REJECTION.effective
    assert told.decision_id == 7
    assert f"By:     {BEN}" in body(told)
    assert "Rejected: the post kx72abcdefgh does not go to physics@lists.example." in body(told)
    assert "When:   Friday 3 July 2026, 10:05 (Europe/London)" in body(told)


def test_a_rejected_author_gets_the_clause_the_moderators_words_and_what_to_change() -> None:
    notice = to(decision_notices(PROFILE, HOLD, REJECTION), AUTHOR)
    words = body(notice)
    assert "Clause:   No endorsement (endorsement)" in words
    assert "The moderator writes: Too much praise.\nBcc: x" in words
    assert "How to mend it: State the facts." in words
    assert mail(notice)["Bcc"] is None
    assert BEN not in words


def test_a_rejection_without_a_clause_or_a_reason_has_no_empty_line_for_it() -> None:
    only_reason = to(decision_notices(PROFILE, HOLD, replace(REJECTION, clause="")), AUTHOR)
    assert "Clause:" not in body(only_reason)
    assert "How to mend" not in body(only_reason)
    only_clause = to(decision_notices(PROFILE, HOLD, replace(REJECTION, reason="")), AUTHOR)
    assert "The moderator writes" not in body(only_clause)


@pytest.mark.parametrize(
    ("outcome", "recipients"),
    [
        (Outcome.RELEASE, [ANN]),
        (Outcome.REJECT, [ANN, AUTHOR]),
        (Outcome.DISCARD, [ANN]),
        (Outcome.EXPIRE, [ANN, BEN, AUTHOR]),
    ],
)
def test_a_discard_tells_no_author_and_an_expiry_tells_everybody(
    outcome: Outcome, recipients: list[str]
) -> None:
    decision = replace(REJECTION, action=outcome, by="" if outcome is Outcome.EXPIRE else BEN)
    assert [n.recipient for n in decision_notices(PROFILE, HOLD, decision)] == recipients


def test_the_author_of_a_released_post_is_told() -> None:
    (notice,) = released_notices(PROFILE, HOLD, NOW)
    assert notice.kind == Kind.AUTHOR_RELEASED
    assert "has been sent to the list" in body(notice)


def test_a_refused_release_names_the_recipients_and_the_list_servers_words() -> None:
    released = replace(HOLD, decision=replace(REJECTION, action=Outcome.RELEASE))
    notices = refused_notices(PROFILE, released, NOW, (b"physics@lists.example",), "550 5.7.1 no\x1b[2J")
    words = body(to(notices, ANN))
    assert "For:     physics@lists.example" in words
    assert "Answer:  550 5.7.1 no?[2J" in words
    assert "gatepost queue release kx72abcdefgh" in words
    assert to(notices, AUTHOR).kind == Kind.AUTHOR_REFUSED


def test_a_refused_passing_post_is_news_to_moderators() -> None:
    told = to(refused_notices(PROFILE, HOLD, NOW, (b"physics@lists.example",), "550 no"), ANN)
    assert mail(told)["Subject"] == "[physics] Refused by the list server: kx72abcdefgh"
    assert "Subject: Best dosemeter?" in body(told)


def test_an_unknown_outcome_is_a_question_to_moderators_only() -> None:
    released = replace(HOLD, decision=replace(REJECTION, action=Outcome.RELEASE))
    for hold in (HOLD, released):
        notices = unknown_notices(PROFILE, hold, NOW, (b"physics@lists.example",))
        assert [n.recipient for n in notices] == [ANN, BEN]
        assert "It may have arrived, or not." in body(notices[0]).replace("\n", " ")
        assert "Answer:" not in body(notices[0]), "none came, and what the gateway calls that is no answer"


def test_sensitive_words_in_the_list_servers_answer_are_in_no_notice() -> None:
    reply = "550 5.7.1 " + "x" * 385 + f" {NHS} refused"
    for answer in (reply, f"550 5.7.1 {NHS} refused\r\n"):
        refused = refused_notices(PROFILE, HOLD, NOW, (b"physics@lists.example",), answer)
        assert len(refused) == 3
        for notice in refused:
            assert "550 5.7.1" in body(notice)
            assert "943" not in body(notice)


def test_each_notice_has_a_cause_of_its_own() -> None:
    again = replace(REJECTION, id=8)
    notices = [*held(), *decision_notices(PROFILE, HOLD, REJECTION), *decision_notices(PROFILE, HOLD, again)]
    assert len({n.cause for n in notices}) == len(notices)
    assert [n.octets for n in held()] == [n.octets for n in held()]
