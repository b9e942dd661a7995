"""A moderator sees who wrote a held post and whether its signature will still be believed; nothing is kept back."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from gateway.authentication.ageing import Aged, concerns
from gateway.authentication.examined import Examined, Signed, State, as_row, of_row
from rules.facts import Authentication, Result
from tests.cli.given import MO, House
from tests.given.nameserver import Zone, nameserver
from tests.given.signing import MESSAGE, expiring, key, signed

KEYS: Zone = {"s1._domainkey.member.example": [key()]}
NOW = datetime.now(UTC).replace(microsecond=0)
LOCAL = Authentication(Result.PASS, Result.PASS, Result.UNKNOWN, "local")
HELD = Examined(LOCAL, (Signed("member.example", "s1", State.HOLDS),), "reject")


@pytest.fixture
def served(house: House) -> House:
    """A list in force, whose moderator may decide."""
    house.serves()
    return house


def in_hours(hours: float) -> datetime:
    return NOW + timedelta(hours=hours)


def shown(house: House, which: str) -> tuple[str, dict[str, object]]:
    text, line = house.gatepost("queue", "show", which), house.gatepost("queue", "show", which, "--json")
    assert (text.code, line.code) == (0, 0)
    return text.out, json.loads(line.out)["authentication"]


def test_what_was_found_when_it_came_is_shown_with_its_source(served: House) -> None:
    text, found = shown(served, served.holds(MESSAGE, identity=HELD))
    assert "DMARC pass, DKIM pass, SPF unknown (source: local)" in text
    assert (found["dmarc"], found["spf"], found["source"], found["policy"]) == (
        "pass",
        "unknown",
        "local",
        "reject",
    )


def test_of_a_post_about_which_nobody_was_asked_nothing_is_claimed(served: House) -> None:
    text, found = shown(served, served.holds(MESSAGE))
    assert "Who wrote it" not in text
    assert (found["source"], found["dmarc"], found["signatures"]) == ("none", "unknown", [])


def test_the_time_at_which_a_signature_expires_is_shown_without_any_resolver(served: House) -> None:
    text, found = shown(served, served.holds(expiring(MESSAGE, int(in_hours(5).timestamp()))))
    assert f"member.example expires {in_hours(5):%Y-%m-%d %H:%M} UTC" in text
    assert found["signatures"] == [
        {
            "domain": "member.example",
            "selector": "s1",
            "when_received": None,
            "now": None,
            "expires": in_hours(5).isoformat(),
        }
    ]


def test_an_expired_signature_is_said_when_shown_and_before_a_release_which_goes_out(served: House) -> None:
    which = served.holds(expiring(MESSAGE, int(in_hours(-1).timestamp())))
    text, _ = shown(served, which)
    assert "has expired" in text
    said = served.gatepost("queue", "release", which, "--as", MO)
    assert said.code == 0
    assert "member.example has expired" in said.err
    assert served.gatepost("queue", "list", "--all").out.count("releasing") == 1


def test_one_that_will_have_expired_when_the_undo_window_is_over_is_said_before_the_release(
    served: House,
) -> None:
    which = served.holds(expiring(MESSAGE, int((datetime.now(UTC) + timedelta(seconds=60)).timestamp())))
    assert "has expired" not in shown(served, which)[0]
    assert "has expired" in served.gatepost("queue", "release", which, "--as", MO).err


@pytest.mark.parametrize(
    ("octets", "zone", "now", "said"),
    [
        (signed(), KEYS, "holds", ""),
        (signed(), {}, "fails", "held when the post came, and does not hold now"),
        (signed() + b"More.\r\n", KEYS, "fails", "does not hold now"),
    ],
)
def test_with_a_resolver_its_signature_is_looked_at_again(
    octets: bytes, zone: Zone, now: str, said: str, served: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    which = served.holds(octets, identity=HELD)
    with nameserver(zone) as dns:
        monkeypatch.setenv("GATEPOST_AUTHENTICATION__RESOLVER", dns.address)
        text, found = shown(served, which)
        released = served.gatepost("queue", "release", which, "--as", MO)
    signatures = found["signatures"]
    assert isinstance(signatures, list)
    assert (signatures[0]["when_received"], signatures[0]["now"]) == ("holds", now)
    assert released.code == 0
    if said:
        assert said in text
        assert said in released.err
    else:
        assert "does not hold" not in text + released.err


def test_one_signature_that_holds_carries_the_post() -> None:
    good = Aged("member.example", "s1", State.HOLDS, State.HOLDS, None)
    bad = Aged("list.example", "s2", State.HOLDS, State.FAILS, None)
    assert concerns((good, bad), NOW) == ()
    assert len(concerns((bad,), NOW)) == 1
    assert concerns((), NOW) == ()
    (told,) = concerns((), NOW, policy="reject")
    assert "asks others to reject" in told
    assert concerns((good,), NOW, policy="reject") == ()
    assert concerns((), NOW, policy="none") == ()


def test_what_was_found_comes_back_from_the_record_as_it_was() -> None:
    found = Examined(LOCAL, (Signed("a.example", "s", State.TEMPERROR, NOW), *HELD.signed), "none")
    assert of_row(json.loads(json.dumps(as_row(found)))) == found
