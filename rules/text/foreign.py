"""foreign_runs(text) -> where a text has characters that are not ASCII.

Most texts have few, and most of each is skipped.
"""

import re
from collections.abc import Iterator

_RUN = re.compile(r"[^\x00-\x7f]+")
_STRETCH = 256
_DENSE = 32


def foreign_runs(text: str) -> Iterator[tuple[int, int]]:
    """Yield the runs of such characters; where they stand close together, the stretch that holds them.

    >>> list(foreign_runs("a µGy"))
    [(2, 3)]
    """
    at, length = 0, len(text)
    while at < length:
        end = min(at + _STRETCH, length)
        while end < length and text[end] > "\x7f":
            end += 1
        stretch = text[at:end]
        # Asking a copy whether it is ASCII is many times faster than seeking in the text.
        if not stretch.isascii():
            if len(stretch.encode(errors="replace")) - len(stretch) > _DENSE:
                yield at, end
            else:
                yield from (match.span() for match in _RUN.finditer(text, at, end))
        at = end
