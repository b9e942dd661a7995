"""What can be wrong with what was given to the rules, each as one sentence.

RulesError
├── Unreadable     a file (clause, pack, list, example) that is not what it should be, with its line
├── NoSuchPack     a name or path under which no pack is found
└── NoSuchClause   local settings for a clause that no pack of the list has
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
