"""LMTP: its own greeting, and one reply per recipient."""

import pytest

from gateway.reply import Reply
from tests.given.front import RunningFront


@pytest.fixture
def front():
    with RunningFront("lmtp") as running:
        yield running


def test_smtps_greetings_are_refused(front):
    with front.client() as client:
        assert client.say("EHLO x").startswith("500 5.5.2")
        assert client.say("HELO x").startswith("500 5.5.2")
        assert client.say("MAIL FROM:<a@b.example>").startswith("503")
        assert client.say("LHLO x").startswith("250")


def test_each_recipient_has_its_reply_in_order(front):
    front.keeper.replies = (Reply(250, 0, 0, "Ok"), Reply(550, 7, 1, "No"), Reply(451, 3, 0, "Later"))
    with front.client() as client:
        client.begin("a@d.example", "b@d.example", "c@d.example", hello="LHLO x")
        client.send(b"x\r\n.\r\n")
        assert [client.reply()[:9] for _ in range(3)] == ["250 2.0.0", "550 5.7.1", "451 4.3.0"]
        assert client.say("NOOP").startswith("250")


def test_a_reply_too_few_is_made_good(front):
    front.keeper.replies = (Reply(250, 0, 0, "Ok"),)
    with front.client() as client:
        client.begin("a@d.example", "b@d.example", hello="LHLO x")
        client.send(b"x\r\n.\r\n")
        assert [client.reply()[:9] for _ in range(2)] == ["250 2.0.0", "451 4.3.0"]


def test_trouble_and_refused_content_are_said_to_each_recipient(front):
    with front.client() as client:
        front.keeper.raises["admit"] = RuntimeError()
        client.begin("a@d.example", "b@d.example", hello="LHLO x")
        client.send(b"x\r\n.\r\n")
        assert [client.reply()[:9] for _ in range(2)] == ["451 4.3.0"] * 2
        client.begin("a@d.example", "b@d.example", hello="LHLO x")
        client.send(b"x\ny\r\n.\r\n")
        assert [reply[:9] for reply in client.rest()] == ["550 5.5.2"] * 2
