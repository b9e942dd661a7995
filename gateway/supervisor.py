"""Supervisor: tells systemd that we are ready, that we stop, and that the loop still turns (sd_notify(3)).

Where nobody asked, in a container or a terminal, it tells nothing.
"""

import asyncio
import os
import socket
from collections.abc import MutableMapping

_VARIABLES = ("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID")


class Supervisor:
    """What there is to tell, and to whom; it is taken out of the environment, so that no child tells it."""

    def __init__(self, environment: MutableMapping[str, str]) -> None:
        self._address, micro, process = (environment.pop(name, "") for name in _VARIABLES)
        ours = process in ("", str(os.getpid()))
        self._patience = int(micro) / 1_000_000 if micro.isdecimal() and ours else 0.0

    def tell(self, state: str) -> None:
        """Tell it one line, as in ``READY=1``. One that does not listen stops no mail."""
        if not self._address.startswith(("/", "@")):
            return
        # "@" stands for the octet 0, with which an address in no folder begins.
        address = self._address.replace("@", "\0", 1) if self._address[0] == "@" else self._address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as one:
                one.setblocking(False)
                one.sendto(state.encode("ascii"), address)
        except OSError:
            return

    async def reassure(self) -> None:
        """Tell it that the loop turns, twice in the time that it waits; returns where it does not wait.

        Only that. A part that failed is told by `/healthz`: a store that is locked for a while would be no
        reason to kill sessions that go on.
        """
        while self._patience:
            self.tell("WATCHDOG=1")
            await asyncio.sleep(self._patience / 2)
