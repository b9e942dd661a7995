"""A release whose signature has grown old goes out all the same, and the journal says so."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.authentication.made import authenticator
from gateway.duties.deliver import Deliver
from gateway.duties.means import Means
from gateway.holds import HoldState
from gateway.settings import AuthenticationSettings
from tests.given.duties import House
from tests.given.nameserver import SILENCE, nameserver
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


def test_a_dns_that_is_silent_keeps_a_release_for_two_seconds_and_no_more(tmp_path: Path) -> None:
    async def released(means: Means) -> float:
        by = authenticator(AuthenticationSettings(resolver=dns.address, seconds=30))
        duty = Deliver(replace(means, authenticator=by))
        (delivery,) = await duty.due(10)
        began = asyncio.get_running_loop().time()
        await duty.do(delivery)
        took = asyncio.get_running_loop().time() - began
        await by.close()
        return took

    octets = signed()
    with Sink("lmtp") as sink, nameserver({"s1._domainkey.member.example": SILENCE}) as dns:
        house = House(tmp_path, sink.url)
        hold_id = keep(house.store, octets=octets)
        house.decide(hold_id)
        took = house.run(released)
        assert dns.asked
        assert sink.received[0].octets.endswith(octets)
    assert house.hold(hold_id).state is HoldState.RELEASED
    assert [line["id"] for line in house.events("signature_unseen")] == [hold_id]
    assert took < 4
