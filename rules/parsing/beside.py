"""heading_of(fields) -> what a header says in words besides its subject, with its author's names."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from rules.parsing.addresses import Address, mailboxes
from rules.parsing.charsets import decoded
from rules.parsing.fields import RawField, unfold
from rules.parsing.words import readable
from rules.text.codes import decoded_codes

_NAMED = ("from", "sender", "reply-to", "to", "cc")
_WORDED = (
    "comments",
    "keywords",
    "organization",
    "organisation",
    "summary",
    "thread-topic",
    "content-description",
)
_COMMENT = re.compile(rb"\(([^()]{3,400})\)")
_WORD = re.compile(r"[^\W\d_]{2,}")
_LONGEST = 8 * 1024
_CAP = 64 * 1024


@dataclass(frozen=True, slots=True)
class Heading:
    """What a header says: the ``words`` of names, comments and descriptions, a line each.

    ``names`` are the author's, in small letters.
    """

    words: str = ""
    names: frozenset[str] = frozenset()


def _is_name(mailbox: Address) -> bool:
    """Whether a display name has a word in common with its address, as most people's and lists' have."""
    address = mailbox.address.casefold()
    words = [word.strip(".,'\"()").casefold() for word in mailbox.display.replace("-", " ").split()]
    return any(len(word) > 2 and word in address for word in words)


def heading_of(fields: Iterable[RawField]) -> Heading:
    """Return the words, without those that the subject says too.

    >>> heading_of((RawField(b"Comments", b"vote"), RawField(b"From", b"Ann <ann@a.example>"))).words
    'vote'
    """
    lines: list[str] = []
    subjects: list[str] = []
    names: list[str] = []
    for field in fields:
        value = field.value[:_LONGEST]
        if field.key in _NAMED:
            found = mailboxes(value)
            if field.key == "from":
                names += (f"{author.display} {author.address.partition('@')[0]}" for author in found)
            lines += (mailbox.display for mailbox in found if mailbox.display and not _is_name(mailbox))
            lines += (readable(decoded(comment)) for comment in _COMMENT.findall(value))
        elif field.key in _WORDED:
            lines.append(readable(decoded(unfold(value))))
        elif field.key == "subject":
            subjects.append(readable(decoded(unfold(value))))
    lines += map(decoded_codes, subjects)
    return Heading(_words(lines, subjects), frozenset(_WORD.findall(" ".join(names).casefold())))


def _words(lines: list[str], subjects: list[str]) -> str:
    said = [*subjects]
    for line in filter(None, lines):
        if not any(line in other for other in said):
            said.append(line)
    return "\n".join(said[len(subjects) :])[:_CAP]
