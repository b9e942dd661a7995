"""size: how large the message is, as it came."""

from dataclasses import dataclass
from enum import StrEnum

from rules.conditions.condition import ConditionSpec, Found, Measure, Post, Question, Spec, summary
from rules.files.values import Size, as_size
from rules.profile import Profile


class Part(StrEnum):
    """What is measured."""

    MESSAGE = "message"
    HEADER = "header"


class SizeTest(Spec):
    """More octets than ``over``."""

    over: Size
    of: Part = Part.MESSAGE


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
        octets = self._octets(post)
        return self.found(as_size(octets)) if octets > self.test.over else None

    def measure(self, post: Post) -> Measure:
        """The size."""
        return Measure(self._octets(post), "octets", f"over {self.test.over}")

    def _octets(self, post: Post) -> int:
        scan = post.reading.scan
        return scan.size if self.test.of is Part.MESSAGE else scan.header_size
