"""A nameserver on loopback, by UDP and TCP, with the zone it is given: real packets for a real resolver."""

import socket
import struct
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

SERVFAIL = "SERVFAIL"
SILENCE = "SILENCE"
TRUNCATED = "TRUNCATED"
"""Instead of records: how the server treats a name. TRUNCATED sends UDP clients to TCP."""

Zone = Mapping[str, Sequence[tuple[str, str]] | str]
"""Records (type and text) by name, or one of the words above."""
SOA = "ns.test. root.test. 1 60 60 60 60"


class Nameserver:
    """Serves ``zone``, which a test may change; ``asked`` has each question, cached answers missing."""

    def __init__(self, zone: Zone, ttl: int = 300) -> None:
        self.zone = dict(zone)
        self.ttl = ttl
        self.asked: list[tuple[str, str]] = []
        self._udp, self._tcp = _one_port()
        self._threads = [
            threading.Thread(target=serve, daemon=True) for serve in (self._by_udp, self._by_tcp)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def address(self) -> str:
        """As the setting authentication.resolver writes it."""
        return f"127.0.0.1:{self._udp.getsockname()[1]}"

    def close(self) -> None:
        # A datagram and a connection wake the threads; closing alone would not.
        host, port = self._udp.getsockname()
        self._closed = True
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as waker:
            waker.sendto(b"", (host, port))
        socket.create_connection((host, port)).close()
        for thread in self._threads:
            thread.join()
        self._udp.close()
        self._tcp.close()

    _closed = False

    def _by_udp(self) -> None:
        while not self._closed:
            wire, client = self._udp.recvfrom(65_535)
            if answer := self._answered(wire, tcp=False):
                self._udp.sendto(answer, client)

    def _by_tcp(self) -> None:
        while not self._closed:
            connection, _ = self._tcp.accept()
            with connection, connection.makefile("rb") as stream:
                connection.settimeout(2)
                if len(head := stream.read(2)) == 2:
                    answer = self._answered(stream.read(struct.unpack("!H", head)[0]), tcp=True)
                    connection.sendall(struct.pack("!H", len(answer)) + answer)

    def _answered(self, wire: bytes, *, tcp: bool) -> bytes:
        if not wire:
            return b""
        query = dns.message.from_wire(wire)
        (question,) = query.question
        name = question.name.to_text(omit_final_dot=True).lower()
        kind = dns.rdatatype.to_text(question.rdtype)
        self.asked.append((name, kind))
        response = dns.message.make_response(query)
        found = self.zone.get(name)
        if found == SILENCE:
            return b""
        if found == SERVFAIL:
            response.set_rcode(dns.rcode.SERVFAIL)
        elif isinstance(found, str) and found.startswith(TRUNCATED) and not tcp:
            response.flags |= dns.flags.TC
        else:
            records = (("TXT", found.removeprefix(TRUNCATED)),) if isinstance(found, str) else found
            self._fill(response, name, kind, records)
        return response.to_wire(max_size=65_535)

    def _fill(
        self,
        response: dns.message.Message,
        name: str,
        kind: str,
        records: Sequence[tuple[str, str]] | None,
        depth: int = 0,
    ) -> None:
        if records is None:
            response.set_rcode(dns.rcode.NXDOMAIN)
            response.authority.append(dns.rrset.from_text("test.", 60, "IN", "SOA", SOA))
            return
        for type_, text in records:
            if type_ == "CNAME":
                self._put(response, name, "CNAME", text)
                target = text.rstrip(".").lower()
                following = self.zone.get(target)
                if depth < 10 and not isinstance(following, str):
                    self._fill(response, target, kind, following, depth + 1)
                return
            if type_ == kind:
                self._put(response, name, kind, quoted(text) if kind == "TXT" else text)

    def _put(self, response: dns.message.Message, name: str, kind: str, text: str) -> None:
        rrset = response.find_rrset(
            response.answer,
            dns.name.from_text(name),
            dns.rdataclass.IN,
            dns.rdatatype.from_text(kind),
            create=True,
        )
        rrset.update(dns.rrset.from_text(name, self.ttl, "IN", kind, text))


def _one_port() -> tuple[socket.socket, socket.socket]:
    """Sockets for both protocols on one port; one that is free for UDP may be taken for TCP."""
    while True:
        tcp = socket.create_server(("127.0.0.1", 0))
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            udp.bind(tcp.getsockname())
        except OSError:
            udp.close()
            tcp.close()
        else:
            return udp, tcp


def quoted(text: str) -> str:
    """A TXT record as zone files write it, in strings of at most 250 octets."""
    octets = text.encode("latin-1")
    pieces = [octets[at : at + 250] for at in range(0, len(octets), 250)] or [b""]
    return " ".join(
        '"' + "".join(chr(o) if 32 <= o < 127 and o not in (34, 92) else f"\\{o:03d}" for o in piece) + '"'
        for piece in pieces
    )


@contextmanager
def nameserver(zone: Zone, ttl: int = 300) -> Iterator[Nameserver]:
    """A nameserver for as long as the block."""
    server = Nameserver(zone, ttl)
    try:
        yield server
    finally:
        server.close()
