"""Why a scanner said nothing; none of these leaves `Scanning`.

Silent
├── NoAnswer  it could not be reached, broke off, or talked nonsense: it may be ill
└── Declined  it is well, and says that it will not judge this message
"""

from dataclasses import dataclass


@dataclass
class Silent(Exception):
    """There is no answer; ``why`` ends a sentence."""

    why: str

    def __str__(self) -> str:
        return self.why


class NoAnswer(Silent):
    """The scanner did not do its work."""


class Declined(Silent):
    """The scanner answered, but not what was asked."""


NONSENSE = "its answer makes no sense"
BROKE_OFF = "it closed the connection before its answer was whole"
TOO_MUCH = "its answer does not end"
