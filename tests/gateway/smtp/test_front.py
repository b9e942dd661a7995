"""Starting and stopping: no session is cut off in what it began."""

import threading
import time

import pytest

from gateway.metrics import Metrics
from gateway.settings import SmtpSettings
from gateway.smtp import Front


def test_idle_sessions_are_told_and_no_new_ones_begin(front):
    with front.client() as idle, front.client() as begun:
        begun.say("EHLO x", "MAIL FROM:<a@b.example>")
        assert front.drain(2)
        for client in (idle, begun):
            assert client.rest() == ("421 4.3.2 Service shutting down, try again",)
    with pytest.raises(ConnectionRefusedError):
        front.client()


def test_a_message_under_way_is_finished_and_answered(front):
    with front.client() as client:
        client.begin()
        client.send(b"half ")
        draining = threading.Thread(target=front.drain, args=(5,))
        draining.start()
        time.sleep(0.1)
        assert client.post(b"and half\r\n").startswith("250")
        assert client.rest() == ("421 4.3.2 Service shutting down, try again",)
        draining.join()
    assert front.drained is True
    assert front.contents == (b"half and half\r\n",)


def test_an_admission_whose_client_left_is_waited_for(front):
    front.keeper.go_on.clear()
    with front.client() as client:
        client.begin()
        client.send(b"x\r\n.\r\n")
        assert front.keeper.under_way.wait(5)
    draining = threading.Thread(target=front.drain, args=(5,))
    draining.start()
    time.sleep(0.1)
    front.keeper.go_on.set()
    draining.join()
    assert front.drained is True
    assert front.contents == (b"x\r\n",)


def test_what_does_not_end_in_time_is_told_apart(front):
    front.keeper.go_on.clear()
    with front.client() as client:
        client.begin()
        client.send(b"x\r\n.\r\n")
        assert front.keeper.under_way.wait(5)
        assert front.drain(0.2) is False


def test_a_port_that_is_taken_is_an_error(front):
    where = "{}:{}".format(*front.address)
    taken = Front(SmtpSettings(), where, "smtp", front.keeper, front.front.journal, Metrics())
    with pytest.raises(OSError, match="in use"):
        front.run(taken.start())


def test_nothing_of_a_message_or_an_address_is_logged(front, caplog):
    caplog.set_level(0)
    with front.client() as client:
        client.begin()
        client.post(b"A secret 943 476 5919\r\n")
        client.say("MAIL FROM:<a@b.example>", "RCPT TO:<nobody@d.example>", "QUIT")
    assert "943" not in caplog.text + front.log.getvalue()
    assert "member.example" not in caplog.text + front.log.getvalue()
