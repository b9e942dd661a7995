"""read_drawing(octets): the words, links and pictures in a drawing in SVG."""

import re
from collections.abc import Mapping

from rules.documents.document import Document, Draft
from rules.documents.markup import read_markup
from rules.parsing.words import lenient_base64

_WORDS = frozenset({"text", "title", "desc"})
_PICTURE = re.compile(r"data:image/[a-z+.-]{1,20};base64,", re.IGNORECASE)


def read_drawing(octets: bytes) -> Document:
    """Return what a drawing says. Raises Refused for one that is no XML."""
    draft = Draft("drawing")
    read_markup((octets,), _Shapes(draft))
    return draft.done()


class _Shapes:
    """Takes shapes, of which those with words or pictures matter."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._in_words = 0

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        self._in_words += name in _WORDS
        target = attributes.get("href", "")
        if match := _PICTURE.match(target):
            self._draft.picture(lenient_base64(target[match.end() :].encode()))
        elif name == "a":
            self._draft.link(target)

    def end(self, name: str) -> None:
        if name in _WORDS:
            self._in_words -= 1
            self._draft.say("\n")

    def text(self, text: str) -> None:
        if self._in_words:
            self._draft.say(text)
