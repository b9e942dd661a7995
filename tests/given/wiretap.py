"""A relay of octets between a client and a server that keeps what the client said: what leaves Gatepost, exactly."""

import socket
import threading
from types import TracebackType
from typing import Self


class Wiretap:
    """Listens on a port of its own and passes everything on to ``port`` on loopback."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.said: list[bytearray] = []

    @property
    def messages(self) -> tuple[bytes, ...]:
        """Every message that passed, without its dot-stuffing."""
        found = []
        for conversation in self.said:
            parts = bytes(conversation).split(b"DATA\r\n")[1:]
            for part in parts:
                octets, dot, _ = part.partition(b"\r\n.\r\n")
                if dot:
                    found.append((octets + b"\r\n").replace(b"\r\n..", b"\r\n."))
        return tuple(found)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self._target))
            said = bytearray()
            self.said.append(said)
            threading.Thread(target=_pass_on, args=(client, server, said), daemon=True).start()
            threading.Thread(target=_pass_on, args=(server, client, None), daemon=True).start()

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


def _pass_on(source: socket.socket, target: socket.socket, said: bytearray | None) -> None:
    try:
        while octets := source.recv(65536):
            if said is not None:
                said += octets
            target.sendall(octets)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        source.close()
        target.close()
