"""Sockets that systemd opened and named (sd_listen_fds(3)), so that the gateway need not be allowed to."""

import contextlib
import os
import socket
from collections.abc import MutableMapping
from dataclasses import dataclass

from gateway.errors import GivenWrong

FIRST = 3
NAMES = ("smtp", "smtps", "lmtp")
_VARIABLES = ("LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES")


@dataclass
class SocketUnfit(GivenWrong):
    """A socket that was handed over and is not one to take mail from."""

    name: str
    problem: str

    def __str__(self) -> str:
        return (
            f"the socket '{self.name}' that was handed over {self.problem}; give each .socket unit one "
            "ListenStream= with a port, and FileDescriptorName=smtp, smtps or lmtp"
        )


def inherited(environment: MutableMapping[str, str], first: int = FIRST) -> dict[str, socket.socket]:
    """Return the sockets handed over to this process, by name; empty when it was started otherwise.

    Takes them out of the environment: what this process starts must not take them for its own.
    Raises SocketUnfit, with all of them closed.
    """
    process, count, names = (environment.pop(name, "") for name in _VARIABLES)
    if process != str(os.getpid()) or not count.isdecimal():
        return {}
    named = [*(names.split(":") if names else ()), *["unknown"] * int(count)]
    found: dict[str, socket.socket] = {}
    with contextlib.ExitStack() as refused:
        opened = [refused.enter_context(_opened(first + place)) for place in range(int(count))]
        for name, one in zip(named, opened, strict=False):
            if problem := _problem(name, one, found):
                raise SocketUnfit(name, problem)
            found[name] = one
        refused.pop_all()
    return found


def _opened(descriptor: int) -> socket.socket:
    try:
        os.set_inheritable(descriptor, False)
        return socket.socket(fileno=descriptor)
    except OSError as error:
        raise SocketUnfit(f"descriptor {descriptor}", "is no socket") from error


def _problem(name: str, one: socket.socket, found: dict[str, socket.socket]) -> str:
    if name not in NAMES:
        return "has no name that is known here"
    if name in found:
        return "comes twice"
    if one.family not in (socket.AF_INET, socket.AF_INET6) or one.type != socket.SOCK_STREAM:
        return "is not a TCP socket"
    if not one.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
        return "does not listen"
    return ""
