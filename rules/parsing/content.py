"""gathered(leaves) -> Contents: the leaves of a message put into zones, attachments and links."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from rules.parsing.charsets import displayed
from rules.parsing.hypertext import HTML_CAP, Hypertext, hypertext
from rules.parsing.links import Link, links_in
from rules.parsing.mime import Forwarded, Leaf, Margin
from rules.zones import Zone, divide

TEXT_CAP = 1024 * 1024
"""Characters that are searched of all texts of a message together."""
_TEXT_NAMES = (
    ".txt",
    ".csv",
    ".tsv",
    ".md",
    ".log",
    ".json",
    ".xml",
    ".html",
    ".htm",
    ".ini",
    ".yaml",
    ".yml",
)
_CONTACTS = ("text/vcard", "text/x-vcard", "text/directory")
_ADDED = re.compile(
    r"<(?:https?://|mailto:|www\.)[^>\s]{1,2000}>|\[(?:cid|image):[^\]]{0,300}\]", re.IGNORECASE
)
_NOT_WORD = re.compile(r"[\W_]+")
_SEARCHES_CAP = 2000
_NAME_SHOWN = 120
_FIRST_ZONES = ("own", "quoted", "signature", "disclaimer", "html", "hidden", "link-text", "link-target")
# What mail programs themselves write above the parts.
_STOCK_MARGIN = re.compile(
    r"this is a (?:multi-?part|cryptographically signed) message in mime format"
    r"|this is an openpgp/mime (?:signed|encrypted) message|this is a mime-formatted message|--"
    r"|this is a multipart message",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Contents:
    """What the leaves of a message say; ``doubts`` are sentences about what was too much to read."""

    zones: tuple[Zone, ...] = ()
    attached: tuple[Leaf, ...] = ()
    links: tuple[Link, ...] = ()
    doubts: tuple[str, ...] = ()


@dataclass(slots=True)
class _Sheets:
    """The texts of each zone, while they are gathered."""

    texts: dict[str, list[str]] = field(default_factory=dict)
    links: dict[Link, None] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)
    room: int = TEXT_CAP

    def taken(self, text: str, whose: str = "The text of the message") -> str:
        """Return as much of a text as there is room for; what is cut is a doubt."""
        kept = text[: self.room]
        self.room -= len(kept)
        doubt = f"{whose} goes beyond the {TEXT_CAP} characters that are searched of a message."
        if len(kept) < len(text) and doubt not in self.doubts:
            self.doubts.append(doubt)
        return kept

    def add(self, name: str, text: str) -> None:
        if text.strip():
            self.texts.setdefault(name, []).append(text)

    def add_all(self, zones: Iterable[Zone]) -> None:
        for zone in zones:
            self.add(zone.name, zone.text)

    def link(self, links: Iterable[Link]) -> None:
        self.links.update(dict.fromkeys(links))


def gathered(found: tuple[Leaf | Forwarded | Margin, ...]) -> Contents:
    """Return what the parts say, as their reader sees it."""
    leaves = [leaf for leaf in found if isinstance(leaf, Leaf)]
    bodies = _bodies(leaves)
    attached = tuple(leaf for leaf in leaves if leaf not in bodies)
    sheets = _Sheets()
    for other in found:
        if isinstance(other, Forwarded):
            sheets.add("quoted", sheets.taken(other.subject))
    _read_bodies(sheets, bodies)
    for other in found:
        if isinstance(other, Margin) and not _STOCK_MARGIN.match(other.text):
            sheets.add("hidden", sheets.taken(other.text))
    for number, leaf in enumerate(attached, 1):
        _read_attached(sheets, number, leaf)
    _add_links(sheets)
    zones = tuple(Zone(name, "\n".join(sheets.texts[name])) for name in sorted(sheets.texts, key=_order))
    return Contents(zones, attached, tuple(sheets.links), tuple(sheets.doubts))


def _order(name: str) -> int:
    return _FIRST_ZONES.index(name) if name in _FIRST_ZONES else len(_FIRST_ZONES)


def _bodies(leaves: list[Leaf]) -> list[Leaf]:
    """Return the leaves that a reader is shown as the message's text."""
    texts = [leaf for leaf in leaves if leaf.kind in ("text/plain", "text/html") and not leaf.attached]
    first = [leaf for leaf in texts if not leaf.forwarded][:1]
    return [leaf for leaf in texts if not leaf.names or leaf in first]


def _read_bodies(sheets: _Sheets, bodies: list[Leaf]) -> None:
    plain = [leaf for leaf in bodies if leaf.kind == "text/plain"]
    texts = [sheets.taken(displayed(leaf.content, leaf.charset)) for leaf in plain]
    for leaf, text in zip(plain, texts, strict=True):
        sheets.link(links_in(text))
        _speak(sheets, text, leaf)
    for leaf in bodies:
        if leaf.kind == "text/html":
            page = _page(sheets, leaf)
            beside = [
                text
                for text, other in zip(texts, plain, strict=True)
                if text.strip() and set(other.alternatives) & set(leaf.alternatives)
            ]
            if beside:
                sheets.add("html", _new_lines(page.visible, "\n".join(beside)))
            else:
                _speak(sheets, page.visible, leaf)


def _speak(sheets: _Sheets, text: str, leaf: Leaf) -> None:
    if leaf.forwarded:
        sheets.add("quoted", text.strip("\n"))
    else:
        sheets.add_all(divide(text))


def _page(sheets: _Sheets, leaf: Leaf, whose: str = "The text of the message") -> Hypertext:
    if len(leaf.content) > HTML_CAP:
        sheets.doubts.append(f"An HTML part has {len(leaf.content)} octets; {HTML_CAP} are read at most.")
    page = hypertext(displayed(leaf.content[:HTML_CAP], leaf.charset))
    visible = sheets.taken(page.visible, whose)
    sheets.add("hidden", sheets.taken(page.hidden, whose))
    sheets.link(page.links)
    return Hypertext(visible, "", page.links)


def _key(text: str) -> str:
    return _NOT_WORD.sub("", _ADDED.sub("", text).casefold())


def _new_lines(visible: str, beside: str) -> str:
    """Return the lines of an HTML part whose words do not stand in the plain part beside it."""
    said, at, searches = _key(beside), 0, 0
    new = []
    for line in visible.split("\n"):
        key = _key(line)
        if not key:
            continue
        found = said.find(key, at, at + 4 * len(key) + 400)
        if found < 0 and searches < _SEARCHES_CAP:
            searches += 1
            found = said.find(key)
        if found < 0:
            new.append(line)
        else:
            at = found + len(key)
    return "\n".join(new)


def _read_attached(sheets: _Sheets, number: int, leaf: Leaf) -> None:
    sheets.add(f"attachment-name-{number}", "\n".join(leaf.names))
    names = tuple(name.lower() for name in leaf.names)
    if leaf.kind == "text/calendar" or any(name.endswith(".ics") for name in names):
        sheets.add("calendar", _lines_of_entry(_text(sheets, number, leaf)))
    elif leaf.kind in _CONTACTS or any(name.endswith(".vcf") for name in names):
        sheets.add("contact", _lines_of_entry(_text(sheets, number, leaf)))
    elif leaf.kind.startswith("text/") or _is_text(leaf, names):
        _read_attached_text(sheets, number, leaf)


def _read_attached_text(sheets: _Sheets, number: int, leaf: Leaf) -> None:
    if leaf.kind == "text/html" or any(name.endswith((".html", ".htm")) for name in leaf.names):
        sheets.add(f"attachment-{number}", _page(sheets, leaf, _named(number, leaf)).visible)
        return
    text = _text(sheets, number, leaf)
    sheets.link(links_in(text))
    sheets.add(f"attachment-{number}", text)


def _lines_of_entry(text: str) -> str:
    """Return a calendar entry or a contact with folded lines joined and signs unescaped (RFC 5545, 3.1)."""
    joined = text.replace("\n ", "").replace("\n\t", "")
    return joined.replace("\\n", "\n").replace("\\N", "\n").replace("\\,", ",").replace("\\;", ";")


def _is_text(leaf: Leaf, names: tuple[str, ...]) -> bool:
    return any(name.endswith(_TEXT_NAMES) for name in names) and b"\0" not in leaf.content[:4096]


def _text(sheets: _Sheets, number: int, leaf: Leaf) -> str:
    return sheets.taken(displayed(leaf.content, leaf.charset).strip("\n"), _named(number, leaf))


def _named(number: int, leaf: Leaf) -> str:
    return f"The attachment {leaf.names[0][:_NAME_SHOWN]}" if leaf.names else f"Attachment {number}"


def _add_links(sheets: _Sheets) -> None:
    sheets.add(
        "link-text", "\n".join(link.text for link in sheets.links if link.text and link.text != link.target)
    )
    sheets.add("link-target", "\n".join(link.target for link in sheets.links))
