"""What can be wrong with what was given to the rules, each as one sentence.

RulesError
├── Unreadable     a file (clause, pack, list, example) that is not what it should be, with its line
├── NoSuchPack     a name or path under which no pack is found
├── NoSuchClause   local settings for a clause that no pack of the list has
└── TooFewLessons  a clause that is to learn from less than can be learned from
"""

from dataclasses import dataclass


class RulesError(Exception):
    """Something given to the rules is wrong; ``str()`` is the sentence for a person."""


@dataclass
class Unreadable(RulesError):
    """A file that cannot be used; ``line`` counts from 1, 0 where no line can be named."""

    path: str
    line: int
    problem: str

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line else self.path
        return f"{place}: {self.problem}"


@dataclass
class NoSuchPack(RulesError):
    """A pack that is neither shipped, installed nor a folder; ``tried`` are the places looked at."""

    name: str
    tried: tuple[str, ...]

    def __str__(self) -> str:
        return (
            f"no pack '{self.name}' (looked at {', '.join(self.tried)}): "
            "name a shipped pack, or a folder with a pack.yaml relative to the list file"
        )


@dataclass
class NoSuchClause(RulesError):
    """Local settings that name a clause which is in none of the list's packs."""

    name: str
    known: tuple[str, ...]

    def __str__(self) -> str:
        return f"no clause '{self.name}' in the list's packs; there are {', '.join(self.known)}"


@dataclass
class TooFewLessons(RulesError):
    """A clause with fewer posts to learn from than ``needed`` of each sort."""

    clause: str
    held: int
    passed: int
    needed: int

    def __str__(self) -> str:
        if self.held < self.needed:
            return (
                f"clause '{self.clause}' has {self.held} posts to hold, and learns from {self.needed} at "
                f"least: add them under must_hold, or a line each to lessons/{self.clause}.hold.txt"
            )
        return f"there are {self.passed} posts to pass, and {self.needed} at least are learned from"
