"""Prose: the words of text documents, slides, drawings and comments of Microsoft Office, line by line."""

import re
from collections.abc import Mapping

from rules.documents.document import Draft
from rules.documents.markup import Enough

# Deleted words of tracked changes (delText) are still in the file for everybody who gets it.
_WORDS = frozenset({"t", "delText", "text", "v"})
_LINES = frozenset({"p", "tr", "pt", "comment", "threadedComment", "cm"})
_SIGNS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_TARGET = re.compile(r'"([a-z][a-z0-9+.-]{1,20}:[^"]{1,2000})"', re.IGNORECASE)


class Prose:
    """Takes a part; a row of a table is one line, its cells apart by tabs."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._in_words = 0
        self._in_cells = 0
        self._in_field = False

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        if name in _WORDS:
            self._in_words += 1
        elif name == "tc":
            self._in_cells += 1
        elif name == "instrText":
            self._in_field = True
        elif name in _SIGNS:
            # A tab stop in a paragraph's layout (with its position) is no tab in its text.
            if not attributes or name != "tab":
                self._draft.say(_SIGNS[name])
        elif name == "fldSimple":
            self._link(attributes.get("instr", ""))

    def end(self, name: str) -> None:
        """An element ends. Raises Enough when the draft is full."""
        if name in _WORDS:
            self._in_words = max(0, self._in_words - 1)
        elif name == "tc":
            self._in_cells = max(0, self._in_cells - 1)
            self._draft.say("\t")
        elif name == "instrText":
            self._in_field = False
        elif name in _LINES:
            self._draft.say(" " if self._in_cells and name == "p" else "\n")
        if self._draft.full:
            raise Enough

    def text(self, text: str) -> None:
        """Characters, of which those in text elements are words."""
        if self._in_words:
            self._draft.say(text)
        elif self._in_field:
            self._link(text)

    def _link(self, field: str) -> None:
        for match in _TARGET.finditer(field):
            self._draft.link(match[1])
