"""Package: the parts of a zipped document put into its draft; a part that is broken spoils no other."""

import re
from pathlib import PurePosixPath

from rules.documents.container import Container
from rules.documents.document import PICTURES_SIZE, Draft, Inner, Refused
from rules.documents.markup import Taker, read_markup
from rules.documents.runs import runs

_INNER_CAP = 8 * 1024 * 1024
_INNER_MOST = 10
_DIGITS = re.compile(r"(\d{1,9})")


class Package:
    """A container, and the draft of the document that it holds."""

    def __init__(self, container: Container, draft: Draft) -> None:
        self.container = container
        self.draft = draft
        self._names = frozenset(container.names)

    def take(self, name: str, taker: Taker) -> None:
        """Have a part of XML read, if it is there; what is wrong with it is a doubt."""
        if name not in self._names:
            return
        try:
            read_markup(self.container.chunks(name), taker)
        except Refused as refused:
            self.refuse(refused)

    def take_picture(self, name: str) -> None:
        """Take a part as a picture, while there is room."""
        if self.container.size(name) <= PICTURES_SIZE - sum(map(len, self.draft.pictures)):
            try:
                self.draft.picture(self.container.content(name, PICTURES_SIZE))
            except Refused as refused:
                self.refuse(refused)

    def take_runs(self, name: str) -> None:
        """Take the runs of characters in a part that is no XML."""
        try:
            for words in runs(self.container.content(name, _INNER_CAP)):
                self.draft.say(words + "\n")
        except Refused as refused:
            self.refuse(refused)

    def take_inner(self, name: str) -> None:
        """Take a part as a document of its own."""
        if len(self.draft.inner) >= _INNER_MOST:
            self.draft.doubt(f"has more than {_INNER_MOST} documents embedded in it")
            return
        try:
            content = self.container.content(name, _INNER_CAP)
            self.draft.inner.append(Inner(PurePosixPath(name).name, content))
        except Refused as refused:
            self.refuse(refused)

    def refuse(self, refused: Refused) -> None:
        """Note what could not be read."""
        self.draft.doubt(str(refused))
        self.draft.facts |= refused.facts


def place(name: str) -> tuple[tuple[int, int, str], ...]:
    """Return a key that sorts names as people do.

    >>> sorted(["slide10.xml", "slide2.xml"], key=place)
    ['slide2.xml', 'slide10.xml']
    """
    pieces = _DIGITS.split(name)
    return tuple(
        (0, int(piece), "") if piece.isascii() and piece.isdigit() else (1, 0, piece) for piece in pieces
    )
