"""documents(html) -> pages and texts that a page carries in its attributes: srcdoc, and data: addresses."""

import html as markup
import re
from collections.abc import Iterator
from itertools import islice

from rules.parsing.charsets import displayed
from rules.parsing.words import lenient_base64

_SRCDOC = re.compile(r"\bsrcdoc\s{0,20}=\s{0,20}(?:\"([^\"]*)|'([^']*)|([^\s\"'>]+))", re.IGNORECASE)
_DATA = re.compile(
    r"([\"'(=;]?)\s{0,20}data:(?=[,;]|text/|image/svg|application/(?:xhtml|xml|json|javascript))([^,]{0,200}),",
    re.IGNORECASE,
)
_PERCENT = re.compile(rb"%([0-9A-Fa-f]{2})")
_END = re.compile(r"[\s\"'>)]")
MOST = 100
"""Documents within one page that are read; a page with more is not an honest one."""


def documents(html: str) -> Iterator[tuple[str, bool]]:
    """Yield each document, and whether it is a page and not a text; at most one more than ``MOST``."""
    yield from islice(_documents(html), MOST + 1)


def _documents(html: str) -> Iterator[tuple[str, bool]]:
    if "srcdoc" in html.lower():
        for match in _SRCDOC.finditer(html):
            yield markup.unescape(match[1] or match[2] or match[3] or ""), True
    if "data:" not in html.lower():
        return
    for match in _DATA.finditer(html):
        kind = match[2].lower()
        content = markup.unescape(html[match.end() : _end(html, match[1], match.end())])
        yield data(kind, content), "html" in kind or "xml" in kind


def data(kind: str, content: str) -> str:
    """Return what a data: address says: ``kind`` is what stands before the comma.

    >>> data("text/plain;base64", "dm90ZQ==")
    'vote'
    """
    octets = percent_decoded(content)
    if kind.endswith(";base64"):
        octets = lenient_base64(octets.replace(b"-", b"+").replace(b"_", b"/"))
    charset = kind.partition("charset=")[2].partition(";")[0]
    return displayed(octets, charset)


def percent_decoded(text: str) -> bytes:
    """Return the octets of an address with its percent signs resolved."""
    octets = text.encode("utf-8", "replace")
    return _PERCENT.sub(lambda match: bytes((int(match[1], 16),)), octets) if b"%" in octets else octets


def _end(html: str, quote: str, start: int) -> int:
    if quote in ("'", '"') and quote:
        end = html.find(quote, start)
        return end if end >= 0 else len(html)
    match = _END.search(html, start)
    return match.start() if match else len(html)
