"""The list server refuses, is silent, closes, resets or answers late at each stage: its words are ours, or 451."""

import pytest

from tests.crash.conftest import Place
from tests.given.behaviour import USUAL, Behaviour
from tests.given.ledger import insist, offer

STAGES = ("GREETING", "EHLO", "MAIL", "RCPT", "DATA", "BODY", "DOT")
MOODS = ("busy", "refuses", "silent", "closes", "resets", "late", "slow")
LOST = ("silent", "closes", "resets", "late")  # what it took and never said
HOPELESS = {("BODY", "busy"), ("BODY", "refuses"), ("BODY", "silent"), ("BODY", "late"), ("BODY", "slow")}
CASES = [(stage, mood) for stage in STAGES for mood in MOODS if (stage, mood) not in HOPELESS]
IN_CI = [
    *((("DOT", mood)) for mood in MOODS),
    ("GREETING", "silent"),
    ("EHLO", "closes"),
    ("MAIL", "busy"),
    ("RCPT", "refuses"),
    ("DATA", "resets"),
    ("BODY", "resets"),
]


def behaviour(stage: str, mood: str) -> Behaviour:
    """A list server in this mood at this stage; ours waits for a second."""
    match mood:
        case "busy":
            return Behaviour(
                replies={stage: b"421 4.3.2 Busy\r\n" if stage in STAGES[:2] else b"450 4.2.0 Later\r\n"}
            )
        case "refuses":
            return Behaviour(replies={stage: b"554 5.7.1 Never\r\n"})
        case "silent":
            return Behaviour(replies={stage: b""})
        case "closes":
            return Behaviour(closes=frozenset({stage}))
        case "resets":
            return Behaviour(resets=frozenset({stage}))
        case "late":
            return Behaviour(delays={stage: 2}, replies={stage: USUAL[stage]} if stage in USUAL else {})
    return Behaviour(delays={stage: 0.3})


def meet(place: Place, stage: str, mood: str) -> None:
    """One message while it is in that mood, and once more when it is itself again."""
    owed = place.ledger.owe("relayed")
    place.sink.drop_connections()
    place.sink.behaviour = behaviour(stage, mood)
    offer(owed, place.gatepost.smtp)
    if mood == "slow":
        assert owed.code == 250
    elif mood == "refuses" and stage in STAGES[2:]:
        assert owed.code == 554
    else:
        assert 400 < owed.code < 500
    place.sink.behaviour = Behaviour()
    if not owed.accepted:
        insist(owed, lambda: place.gatepost.smtp)
    unsure = stage in ("DOT", "BODY") and mood in LOST
    assert place.ledger.copies(owed).total() in ((1, 2) if unsure else (1,))


@pytest.mark.parametrize(("stage", "mood"), IN_CI)
def test_the_list_server_in_a_mood(place: Place, stage: str, mood: str) -> None:
    meet(place, stage, mood)


@pytest.mark.siege
@pytest.mark.parametrize(("stage", "mood"), CASES)
def test_the_list_server_in_any_mood_at_any_stage(place: Place, stage: str, mood: str) -> None:
    meet(place, stage, mood)


def test_a_stored_post_reaches_a_list_server_that_was_away(place: Place) -> None:
    place.sink.drop_connections()
    place.sink.behaviour = behaviour("GREETING", "busy")
    owed = place.accepted("stored")
    place.sink.behaviour = Behaviour()
    place.restart()
    place.drained()
    assert place.ledger.copies(owed).total() == 2, "one for each address"
