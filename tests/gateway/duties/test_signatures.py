"""A release whose signature has grown old goes out all the same, and the journal says so."""

from datetime import timedelta
from pathlib import Path

import pytest

from gateway.duties.deliver import Deliver
from gateway.holds import HoldState
from tests.given.duties import House
from tests.given.signing import MESSAGE, expiring, signed
from tests.given.sink import Sink
from tests.given.store import NOW, keep


@pytest.mark.parametrize(
    ("octets", "stale"),
    [
        (expiring(MESSAGE, int((NOW - timedelta(hours=1)).timestamp())), True),
        (expiring(MESSAGE, int((NOW + timedelta(hours=1)).timestamp())), False),
        (signed(), False),
        (MESSAGE, False),
    ],
)
def test_a_stale_signature_is_in_the_journal_and_keeps_no_release(
    octets: bytes, stale: bool, tmp_path: Path
) -> None:
    with Sink("lmtp") as sink:
        house = House(tmp_path, sink.url)
        hold_id = keep(house.store, octets=octets)
        house.decide(hold_id)
        assert house.round(Deliver) == 1
        assert sink.received[0].octets.endswith(octets)
    assert house.hold(hold_id).state is HoldState.RELEASED
    told = [(line["id"], line["domains"]) for line in house.events("signature_stale")]
    assert told == ([(hold_id, ["member.example"])] if stale else [])
