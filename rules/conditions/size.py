"""size: how large the message is, as it came."""

from dataclasses import dataclass
from enum import StrEnum

from rules.conditions.condition import ConditionSpec, Found, Post, Question, Spec, summary
from rules.conditions.counted import Size, as_size
from rules.profile import Profile


class Measured(StrEnum):
    """What is measured."""

    MESSAGE = "message"
    HEADER = "header"


class SizeTest(Spec):
    """More octets than ``over``."""

    over: Size
    of: Measured = Measured.MESSAGE


class SizeSpec(ConditionSpec):
    """Holds when the message, or its header, is larger."""

    size: SizeTest

    def made(self, _profile: Profile, /) -> "Larger":
        """The condition; the list's profile does not matter."""
        return Larger(
            test=self.size,
            confidence=self.confidence,
            words=summary("size", f"{self.size.of.value} over {as_size(self.size.over)}"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Larger(Question):
    """A question about octets."""

    test: SizeTest

    def find(self, post: Post) -> Found | None:
        """The size, as the detail."""
        scan = post.reading.scan
        octets = scan.size if self.test.of is Measured.MESSAGE else scan.header_size
        return self.found(as_size(octets)) if octets > self.test.over else None
