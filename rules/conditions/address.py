"""address: whom the fields and the envelope name beside the author."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from rules.conditions.condition import ConditionSpec, Found, Measure, Post, Question, Spec, summary
from rules.conditions.counted import Count
from rules.conditions.sender import in_domain
from rules.files.values import Values, one_or_more
from rules.parsing.addresses import mailboxes
from rules.profile import Profile


class Where(StrEnum):
    """Fields of the header and parts of the envelope that hold addresses."""

    FROM = "from"
    SENDER = "sender"
    REPLY_TO = "reply-to"
    TO = "to"
    CC = "cc"
    REVERSE_PATH = "reverse-path"
    RECIPIENT = "recipient"


class AddressTest(Spec):
    """Where to look, and for what: an address or one in a domain; or how many there are."""

    field: Annotated[tuple[Where, ...], one_or_more(Where), Field(min_length=1)]
    address: Values | None = None
    domain: Values | None = None
    count: Count | None = None


class AddressSpec(ConditionSpec):
    """Holds when one of the fields names such an address, or so many."""

    address: AddressTest

    def made(self, _profile: Profile, /) -> "Addressed":
        """The condition; the list's profile does not matter."""
        fields = tuple(where.value for where in self.address.field)
        return Addressed(test=self.address, confidence=self.confidence, words=summary("address", fields))


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressed(Question):
    """A question about addresses."""

    test: AddressTest

    def find(self, post: Post) -> Found | None:
        """The first address that fits, or the number of them, as the detail."""
        addresses = self._there(post)
        if self.test.count and not self.test.count.fits(len(addresses)):
            return None
        if self.test.address or self.test.domain:
            fits = next(filter(self._fits, addresses), None)
            return None if fits is None else self.found(fits)
        if self.test.count:
            return self.found(f"{len(addresses)} addresses")
        return self.found(addresses[0]) if addresses else None

    def measure(self, post: Post) -> Measure | None:
        """How many there are, where they are counted."""
        count = self.test.count
        return Measure(len(self._there(post)), "addresses", count.asked) if count else None

    def _there(self, post: Post) -> list[str]:
        return [address for where in self.test.field for address in _addresses(where, post)]

    def _fits(self, address: str) -> bool:
        folded = address.casefold()
        host = folded.rpartition("@")[2]
        return any(folded == given.casefold() for given in self.test.address or ()) or any(
            in_domain(host, domain) for domain in self.test.domain or ()
        )


def _addresses(where: Where, post: Post) -> list[str]:
    if where is Where.REVERSE_PATH:
        return [_text(post.envelope.reverse_path)] if post.envelope.reverse_path else []
    if where is Where.RECIPIENT:
        return [_text(path) for path in post.envelope.recipients]
    values = post.reading.scan.values(where.value)
    return [mailbox.address for value in values for mailbox in mailboxes(value) if mailbox.address]


def _text(path: bytes) -> str:
    return path.decode("utf-8", errors="replace")
