"""SIGTERM in the middle of things: what was begun is answered. SIGSTOP and SIGCONT: nothing is lost or doubled."""

import signal
import smtplib
import threading
import time

import pytest

from tests.crash.conftest import Place
from tests.crash.test_clients import Line
from tests.given.behaviour import Behaviour
from tests.given.ledger import ROUTES, insist, offer


def answered(line: Line) -> None:
    reply = line.replies.readline().decode().rstrip()
    line.owed.code, line.owed.text = int(reply[:3]), reply[4:]


@pytest.mark.parametrize("route", ROUTES)
def test_a_message_that_was_begun_is_answered_before_the_gateway_ends(place: Place, route: str) -> None:
    line = Line(place, place.ledger.owe(route))
    half = len(line.body) // 2
    line.socket.sendall(line.body[:half])
    idle = smtplib.SMTP(*place.gatepost.smtp, timeout=10)
    place.gatepost.signal(signal.SIGTERM)
    assert idle.file is None or idle.getreply()[0] == 421
    idle.close()
    with pytest.raises((OSError, smtplib.SMTPException)):
        smtplib.SMTP(*place.gatepost.smtp, timeout=2).ehlo_or_helo_if_needed()
    line.socket.sendall(line.body[half:])
    answered(line)
    assert line.owed.accepted
    assert line.replies.readline().startswith(b"421")
    line.leave("close")
    assert place.gatepost.stop() == 0


def test_a_relay_under_way_is_answered_before_the_gateway_ends(place: Place) -> None:
    place.sink.behaviour = Behaviour(delays={"DOT": 0.5})
    line = Line(place, place.ledger.owe("relayed"))
    line.socket.sendall(line.body)
    time.sleep(0.1)
    place.gatepost.signal(signal.SIGTERM)
    answered(line)
    assert line.owed.accepted
    line.leave("close")
    assert place.gatepost.stop() == 0
    assert place.ledger.copies(line.owed).total() == 1


@pytest.mark.parametrize("route", ROUTES)
def test_a_gateway_that_stood_still_goes_on(place: Place, route: str) -> None:
    line = Line(place, place.ledger.owe(route))
    line.socket.sendall(line.body[:-3])
    place.gatepost.signal(signal.SIGSTOP)
    line.socket.sendall(line.body[-3:])
    time.sleep(0.3)
    place.gatepost.signal(signal.SIGCONT)
    answered(line)
    assert line.owed.accepted
    line.leave("close")


def test_a_client_that_gave_up_while_the_gateway_stood_still_gets_one_copy(place: Place) -> None:
    owed = place.ledger.owe("relayed")
    place.gatepost.signal(signal.SIGSTOP)
    client = threading.Thread(target=offer, args=(owed, place.gatepost.smtp, 0.3))
    client.start()
    client.join()
    assert not owed.accepted
    place.gatepost.signal(signal.SIGCONT)
    insist(owed, lambda: place.gatepost.smtp)
    assert place.ledger.copies(owed).total() == 1


def test_a_kill_in_the_middle_of_a_message_leaves_nothing(place: Place) -> None:
    owed = place.ledger.owe("held")
    for at in range(0, len(owed.octets), 60):
        line = Line(place, owed)
        line.socket.sendall(line.body[:at])
        place.gatepost.kill()
        line.leave("close")
        place.revive()
        assert place.gatepost.lines("queue", "list", "--all") == before(place)
    insist(owed, lambda: place.gatepost.smtp)


def before(place: Place) -> list[object]:
    """The queue, which only messages that were accepted are in."""
    held = [
        each.text.rpartition(" ")[2] for each in place.ledger.owed if each.accepted and "held" in each.text
    ]
    return [one for one in place.gatepost.lines("queue", "list", "--all") if one["id"] in held]
