"""read_markup(chunks, taker): XML as a stream of events, without entities, as deep and as long as is sound.

Expat itself, because the caps must hold while it reads: a tree of a hostile
document would be in memory before anyone could count its elements. Names come
without their prefixes, which mean nothing by themselves.
"""

from collections.abc import Iterable, Mapping
from typing import Protocol
from xml.parsers import expat

from rules.documents.document import Refused

_DEPTH_CAP = 256
_TEXT_BUFFER = 32 * 1024


class Enough(Exception):
    """Raised by a taker that wants no more."""


class Taker(Protocol):
    """Takes what a document says; ``attributes`` go by their names without prefixes."""

    def begin(self, name: str, attributes: Mapping[str, str]) -> None: ...

    def end(self, name: str) -> None: ...

    def text(self, text: str) -> None: ...


def read_markup(chunks: Iterable[bytes], taker: Taker) -> None:
    """Give the taker what the XML says. Raises Refused for XML that is broken, too deep or has entities."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.buffer_size = _TEXT_BUFFER
    events = _Events(taker)
    parser.StartElementHandler = events.begin
    parser.EndElementHandler = events.end
    parser.CharacterDataHandler = taker.text
    parser.EntityDeclHandler = _refuse_entities
    try:
        for chunk in chunks:
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except Enough:
        return
    except expat.ExpatError as problem:
        raise Refused("is damaged: its XML ends or breaks off where it must not") from problem


class _Events:
    """Counts the depth, and takes prefixes off."""

    def __init__(self, taker: Taker) -> None:
        self._taker = taker
        self._depth = 0
        self._local: dict[str, str] = {}

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > _DEPTH_CAP:
            raise Refused(f"has XML that is nested more than {_DEPTH_CAP} deep")
        plain = {self._named(key): value for key, value in attributes.items()} if attributes else attributes
        self._taker.begin(self._named(name), plain)

    def end(self, name: str) -> None:
        self._depth -= 1
        self._taker.end(self._named(name))

    def _named(self, name: str) -> str:
        local = self._local.get(name)
        if local is None:
            local = name.rpartition(":")[2]
            if len(self._local) < 1000:
                self._local[name] = local
        return local


def _refuse_entities(*_declared: object) -> None:
    # No document of these families needs one, and a few lines of them say a billion words.
    raise Refused("declares entities of its own in its XML, which ordinary programs do not write")
