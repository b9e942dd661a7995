"""No file may be opened any more: who is connected is answered, who comes waits, and nothing is lost."""

import os
import resource
import smtplib
import socket

from tests.crash.conftest import Place
from tests.given.client import DEFAULT_SENDER
from tests.given.ledger import ROUTES, insist, transact


def test_without_descriptors_nothing_is_lost(place: Place) -> None:
    pid = place.gatepost.pid
    soft, hard = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    posts = [place.ledger.owe(route) for route in ROUTES]
    with smtplib.SMTP(*place.gatepost.smtp, timeout=10) as client:
        client.ehlo("client.example")
        assert client.mail(DEFAULT_SENDER)[0] == 250
        client.rset()
        highest = max(int(name) for name in os.listdir(f"/proc/{pid}/fd"))  # noqa: PTH208  names, not paths
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (highest + 1, hard))
        waiting = [socket.create_connection(place.gatepost.smtp, 10) for _ in range(3)]
        for owed in posts:
            owed.tries += 1
            transact(client, owed)
            assert owed.code in (250, 451)
        told = [line["why"] for line in place.gatepost.journal() if line["event"] == "loop_failed"]
        assert 1 <= told.count("socket.accept() out of system resource") <= 5, (
            "said once a second, in the journal"
        )
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (soft, hard))
        for late in waiting:
            assert late.recv(4) == b"220 ", "who waited is served once there is room"
            late.close()
    for owed in posts:
        if not owed.accepted:
            insist(owed, lambda: place.gatepost.smtp)
