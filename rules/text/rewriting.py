"""Rewriting: builds a text out of another one's stretches, and keeps where each character came from."""

from array import array

from rules.text.shifts import Shifts


class Rewriting:
    """A text in the making; what is neither kept nor replaced is dropped.

    >>> made = Rewriting("a  b")
    >>> made.keep(0, 2), made.keep(3, 4)
    (None, None)
    >>> text, places = made.done()
    >>> text, list(places)
    ('a b', [0, 1, 3, 4])
    """

    def __init__(self, source: str) -> None:
        self._source = source
        self._pieces: list[str] = []
        self._length = 0
        # Arrays, because a hostile text has a million changes.
        self._starts = array("q", (0,))
        self._by = array("q", (0,))

    def keep(self, start: int, end: int) -> None:
        """Take over a stretch of the source."""
        if start < end:
            self._shift(start - self._length)
            self._pieces.append(self._source[start:end])
            self._length += end - start

    def keep_as(self, text: str, start: int) -> None:
        """Take over a stretch of the source in other characters, as many as there were."""
        if text:
            self._shift(start - self._length)
            self._pieces.append(text)
            self._length += len(text)

    def put(self, text: str, place: int) -> None:
        """Add a text, all of which came from one place."""
        for _ in text:
            self._shift(place - self._length)
            self._length += 1
        self._pieces.append(text)

    def done(self) -> tuple[str, Shifts]:
        """The text, and its places; the last of them is the source's length."""
        self._shift(len(self._source) - self._length)
        return "".join(self._pieces), Shifts(self._length + 1, self._starts, self._by)

    def _shift(self, by: int) -> None:
        if self._by[-1] == by:
            return
        if self._starts[-1] == self._length:
            self._by[-1] = by
        else:
            self._starts.append(self._length)
            self._by.append(by)
