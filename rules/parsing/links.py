"""links_in(text) -> the links of a plain text, where a mail program would make them clickable."""

import re
from dataclasses import dataclass

from linkify_it import LinkifyIt

# Without fuzzy links, file.py and a.b are words; "www." is added below.
_FINDER = LinkifyIt(options={"fuzzy_link": False, "fuzzy_email": False, "fuzzy_ip": False})
_SCHEMELESS = re.compile(
    r"(?<![\w/@.-])www\.[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}(?:/[^\s<>\"]*)?", re.IGNORECASE
)
_LINE_CAP = 4096
_LINKS_CAP = 2000


@dataclass(frozen=True, slots=True)
class Link:
    """A link: the words that a reader sees, and where it leads."""

    text: str
    target: str


def links_in(text: str) -> tuple[Link, ...]:
    """Return the links of a text, each once, in their order.

    >>> links_in("See https://a.example/x, or www.b.example.")[1].target
    'http://www.b.example'
    """
    if not _may_link(text):
        return ()
    found: dict[Link, None] = {}
    for line in text.split("\n"):
        if len(found) >= _LINKS_CAP:
            break
        if _may_link(line):
            found.update(dict.fromkeys(_of_line(line[:_LINE_CAP])))
    return tuple(found)


def _may_link(text: str) -> bool:
    # Three plain searches are many times faster than one pattern.
    lowered = text.lower()
    return "://" in lowered or "www." in lowered or "mailto:" in lowered


def _of_line(line: str) -> list[Link]:
    matches = _FINDER.match(line) or []
    links = [Link(match.text, match.url) for match in matches]
    if "www." in line.lower():
        for match in _SCHEMELESS.finditer(line):
            words = match[0].rstrip(".,;:!?)'\"")
            links.append(Link(words, f"http://{words}"))
    return links
