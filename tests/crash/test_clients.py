"""The client is gone at each octet around the final dot and the reply, or shuts down its side: never lost, never twice."""

import contextlib
import socket
import struct

import pytest

from tests.crash.conftest import Place
from tests.given.client import DEFAULT_SENDER
from tests.given.ledger import Owed, insist

ROUTES = ("relayed", "held")
HOWS = ("close", "reset", "half-close")


class Line:
    """One conversation, octet by octet."""

    def __init__(self, place: Place, owed: Owed) -> None:
        self.socket = socket.create_connection(place.gatepost.smtp, 10)
        self.replies = self.socket.makefile("rb")
        self.owed = owed
        owed.tries += 1
        commands = (f"MAIL FROM:<{DEFAULT_SENDER}>", *(f"RCPT TO:<{to}>" for to in owed.to), "DATA")
        self.replies.readline()
        for command in ("HELO client.example", *commands):
            self.socket.sendall(f"{command}\r\n".encode())
            reply = self.replies.readline()
        assert reply.startswith(b"354")

    @property
    def body(self) -> bytes:
        return self.owed.octets + b".\r\n"

    def leave(self, how: str) -> bytes:
        """Go; returns what was still said to a client that only shut its side."""
        said = b""
        if how == "reset":
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        if how == "half-close":
            self.socket.shutdown(socket.SHUT_WR)
            with contextlib.suppress(ConnectionError):
                said = self.replies.read()
        self.replies.close()
        self.socket.close()
        return said


def cut(place: Place, route: str, at: int, how: str) -> None:
    """Gone after so many octets of the message; then it is sent again until it is accepted."""
    owed = place.ledger.owe(route)
    line = Line(place, owed)
    line.socket.sendall(line.body[:at])
    whole = at == len(line.body)
    said = line.leave(how)
    assert said.startswith(b"250") == (whole and how == "half-close")
    insist(owed, lambda: place.gatepost.smtp)
    assert place.ledger.copies(owed).total() == (1 if route == "relayed" else 0)


def gone_at_the_reply(place: Place, route: str, heard: int) -> None:
    """The reply is read up to an octet, and the connection reset."""
    owed = place.ledger.owe(route)
    line = Line(place, owed)
    line.socket.sendall(line.body)
    reply = line.replies.readline()
    assert reply.startswith(b"250")
    again = place.ledger.owe(route)
    line.leave("close")
    line = Line(place, again)
    line.socket.sendall(line.body)
    told = b""
    while len(told) < min(heard, len(reply)):
        told += line.socket.recv(1)
    line.leave("reset")
    for each in (owed, again):
        insist(each, lambda: place.gatepost.smtp)
        assert place.ledger.copies(each).total() == (1 if route == "relayed" else 0)


@pytest.mark.parametrize("how", HOWS)
@pytest.mark.parametrize("route", ROUTES)
def test_the_client_is_gone_around_the_final_dot(place: Place, route: str, how: str) -> None:
    length = len(place.ledger.owe(route).octets) + 3
    insist(place.ledger.owed[-1], lambda: place.gatepost.smtp)
    for at in range(length - 6, length + 1):
        cut(place, route, at, how)


@pytest.mark.parametrize("route", ROUTES)
def test_the_client_is_gone_around_the_reply(place: Place, route: str) -> None:
    for heard in (0, 1, 3, 4, 20, 100):
        gone_at_the_reply(place, route, heard)


@pytest.mark.parametrize("route", ROUTES)
def test_quit_and_a_half_close_right_after_the_dot_are_no_reason_to_stop(place: Place, route: str) -> None:
    owed = place.ledger.owe(route)
    line = Line(place, owed)
    line.socket.sendall(line.body + b"QUIT\r\n")
    said = line.leave("half-close")
    assert said.startswith(b"250")
    assert b"\r\n221 " in said
    owed.code, owed.text = 250, said.partition(b"\r\n")[0][4:].decode()


@pytest.mark.siege
@pytest.mark.timeout(600)
@pytest.mark.parametrize("how", HOWS)
@pytest.mark.parametrize("route", ROUTES)
def test_the_client_is_gone_at_any_octet(place: Place, route: str, how: str) -> None:
    length = len(place.ledger.owe(route).octets) + 3
    insist(place.ledger.owed[-1], lambda: place.gatepost.smtp)
    for at in range(length):
        cut(place, route, at, how)


@pytest.mark.siege
@pytest.mark.parametrize("route", ROUTES)
def test_the_client_is_gone_at_any_octet_of_the_reply(place: Place, route: str) -> None:
    for heard in range(64):
        gone_at_the_reply(place, route, heard)
