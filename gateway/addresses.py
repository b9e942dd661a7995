"""Which list an address belongs to, and of what kind it is: posting, passed through, ours, unknown."""

from dataclasses import dataclass, replace
from enum import Enum, auto
from functools import cached_property

from gateway.relay import NextHop, Tls
from rules.next_hop import Hop
from rules.policy import Policy
from rules.profile import Profile


@dataclass(frozen=True)
class Served:
    """The policy in force on one list, and the number under which it was published.

    ``forgetful``: its border lets forged Authentication-Results through, and is not believed.
    """

    policy: Policy
    number: int
    forgetful: bool = False

    @property
    def profile(self) -> Profile:
        """What the list file says."""
        return self.policy.profile

    @property
    def list(self) -> str:
        """The list's posting address."""
        return self.profile.list

    @property
    def enforced(self) -> bool:
        """Whether verdicts act; in shadow they are only recorded."""
        return self.profile.mode == "enforce"

    @cached_property
    def hop(self) -> NextHop:
        """Where the list server takes this list's mail; a served list always says so."""
        first, *spares = map(_next_hop, self.profile.next_hop or ())
        return replace(first, spares=tuple(spares))

    @property
    def trusted(self) -> tuple[str, ...]:
        """Networks whose mail the list file vouches for."""
        return self.profile.trusted_networks

    @property
    def border(self) -> tuple[str, ...]:
        """Networks of the border, whose clients are others' mail."""
        return self.profile.border.networks

    @property
    def believed(self) -> tuple[str, ...]:
        """Networks whose Authentication-Results are believed."""
        return () if self.forgetful else self.border


def _next_hop(hop: Hop) -> NextHop:
    tls = None if hop.tls is None else Tls(hop.tls)
    return replace(NextHop.parse(hop.url), tls=tls, ca=hop.ca, fingerprint=hop.fingerprint)


class Kind(Enum):
    """The four kinds of address, and those of other people's domains."""

    POSTING = auto()
    PASS_THROUGH = auto()
    OURS = auto()
    UNKNOWN = auto()
    ELSEWHERE = auto()


@dataclass(frozen=True, slots=True)
class Target:
    """What one recipient address is; ``in_force`` is None for UNKNOWN and ELSEWHERE."""

    kind: Kind
    in_force: Served | None = None


class Directory:
    """The lists that are served, found by address. Immutable: a change swaps the whole directory."""

    def __init__(self, lists: tuple[Served, ...]) -> None:
        self.lists = lists
        self.hops = frozenset(in_force.hop for in_force in lists)
        self._posting: dict[str, Served] = {}
        for in_force in lists:
            for address in (in_force.list, *in_force.profile.aliases):
                self._posting[address.lower()] = in_force
        self._domains = frozenset(address.rpartition("@")[2] for address in self._posting)

    def find(self, address: bytes) -> Target:
        """What the octets of a RCPT address are; local parts and domains are compared without case."""
        text = address.decode("utf-8", "replace").lower()
        if in_force := self._posting.get(text):
            return Target(Kind.POSTING, in_force)
        local, _, domain = text.rpartition("@")
        if domain not in self._domains:
            return Target(Kind.ELSEWHERE)
        return self._other(local, domain)

    def _other(self, local: str, domain: str) -> Target:
        # The longest list name wins: physics-jobs-request@ belongs to physics-jobs, not to physics.
        for end in range(len(local) - 1, 0, -1):
            if local[end] not in "-+":
                continue
            in_force = self._posting.get(f"{local[:end]}@{domain}")
            if in_force is None:
                continue
            ours = local[end] == "+" and local[end + 1 :].startswith("m.")
            return Target(Kind.OURS if ours else Kind.PASS_THROUGH, in_force)
        return Target(Kind.UNKNOWN)

    def named(self, list_address: str) -> Served | None:
        """The list whose posting address this is."""
        return self._posting.get(list_address.lower())
