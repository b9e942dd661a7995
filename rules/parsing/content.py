"""gathered(leaves) -> Contents: the leaves of a message put into zones, attachments and links."""

import re
from dataclasses import dataclass

from rules.documents.document import Document
from rules.documents.kinds import shown_kind
from rules.documents.opening import Opener
from rules.parsing.attached import read_attached
from rules.parsing.beside import Heading
from rules.parsing.embedded import data, percent_decoded
from rules.parsing.links import Link
from rules.parsing.mime import Forwarded, Leaf, Margin
from rules.parsing.sheaf import TEXT_CAP, Sheaf
from rules.parsing.sniffing import is_text
from rules.parsing.unsaid import unsaid
from rules.zones import Zone, divide

__all__ = ["TEXT_CAP", "Contents", "gathered"]

_FIRST_ZONES = ("own", "quoted", "signature", "disclaimer", "html", "hidden", "link-text", "link-target")
# What mail programs themselves write above the parts.
_STOCK_MARGIN = re.compile(
    r"this is a (?:multi-?part|cryptographically signed) message in mime format\.?"
    r"|this is an openpgp/mime (?:signed|encrypted) message(?: \(rfc \d+ and \d+\))?"
    r"|this is a mime-formatted message\.?.{0,100}|--"
    r"|this is a multipart message\.?(?: in mime format\.?)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Contents:
    """What the leaves of a message say; ``doubts`` are sentences about what could not be read.

    ``documents`` are the attached files as their families read them, one for
    each of ``attached``; ``pictures`` are those that stand in the HTML itself.
    """

    zones: tuple[Zone, ...] = ()
    attached: tuple[Leaf, ...] = ()
    documents: tuple[Document, ...] = ()
    pictures: tuple[bytes, ...] = ()
    links: tuple[Link, ...] = ()
    doubts: tuple[str, ...] = ()


def gathered(found: tuple[Leaf | Forwarded | Margin, ...], heading: Heading, opener: Opener) -> Contents:
    """Return what the parts say, as their reader sees it; ``opener`` opens what is attached.

    The words of the heading are hidden text here.
    """
    leaves = [leaf for leaf in found if isinstance(leaf, Leaf) and not leaf.other]
    bodies = _bodies(leaves)
    shown = set(map(id, bodies))
    attached = tuple(leaf for leaf in leaves if id(leaf) not in shown)
    sheaf = Sheaf()
    for other in found:
        if isinstance(other, Forwarded):
            sheaf.add("quoted", sheaf.taken(other.subject))
    _read_bodies(sheaf, bodies, heading.names)
    sheaf.hide(heading.words)
    for other in found:
        _read_beside(sheaf, other)
    documents = tuple(read_attached(sheaf, number, leaf, opener) for number, leaf in enumerate(attached, 1))
    _add_links(sheaf)
    zones = tuple(Zone(name, "\n".join(sheaf.texts[name])) for name in sorted(sheaf.texts, key=_order))
    pictures = tuple(sheaf.html.pictures)
    return Contents(zones, attached, documents, pictures, tuple(sheaf.links), tuple(sheaf.doubts))


def _order(name: str) -> int:
    return _FIRST_ZONES.index(name) if name in _FIRST_ZONES else len(_FIRST_ZONES)


def _bodies(leaves: list[Leaf]) -> list[Leaf]:
    """Return the leaves that a reader is shown as the message's text."""
    texts = [
        leaf
        for leaf in leaves
        # What shows itself as a picture or a document is none, whatever its type says.
        if leaf.kind in ("text/plain", "text/html") and not leaf.attached and not shown_kind(leaf.content)
    ]
    first = next((leaf for leaf in texts if not leaf.forwarded), None)
    return [leaf for leaf in texts if not leaf.names or leaf is first]


def _read_bodies(sheaf: Sheaf, bodies: list[Leaf], names: frozenset[str]) -> None:
    plain = [leaf for leaf in bodies if leaf.kind == "text/plain"]
    texts = [sheaf.plain(leaf) for leaf in plain]
    for leaf, text in zip(plain, texts, strict=True):
        _speak(sheaf, text, leaf, names)
    for leaf in bodies:
        if leaf.kind == "text/html":
            page = sheaf.page(leaf)
            sheaf.add("html", page.also)
            beside = [
                text
                for text, other in zip(texts, plain, strict=True)
                if text.strip() and set(other.alternatives) & set(leaf.alternatives)
            ]
            if beside:
                sheaf.add("html", unsaid(page.visible, "\n".join(beside)))
            else:
                _speak(sheaf, page.visible, leaf, names)


def _speak(sheaf: Sheaf, text: str, leaf: Leaf, names: frozenset[str]) -> None:
    if leaf.forwarded:
        sheaf.add("quoted", text.strip("\n"))
    else:
        sheaf.add_all(divide(text, names))


def _read_beside(sheaf: Sheaf, found: Leaf | Forwarded | Margin) -> None:
    """Read what most readers are not shown: text around the parts, descriptions, other readings of a part."""
    if isinstance(found, Margin):
        lines = found.text.split("\n")
        sheaf.hide("\n".join(line for line in lines if not _STOCK_MARGIN.fullmatch(line.strip())))
    elif isinstance(found, Leaf):
        sheaf.hide(found.description)
        if found.other and is_text(found.kind, found.content):
            page = sheaf.page(found) if found.kind == "text/html" else None
            sheaf.hide(page.visible if page else sheaf.plain(found))


def _add_links(sheaf: Sheaf) -> None:
    links = sheaf.links
    sheaf.add("link-text", "\n".join(link.text for link in links if link.text and link.text != link.target))
    sheaf.add("link-target", "\n".join(_targets(link) for link in links))


def _targets(link: Link) -> str:
    """The target, and what it says to one who reads through its codes."""
    target = link.target
    if target[:5].lower() == "data:":
        kind, _, content = target[5:].partition(",")
        return f"{target}\n{data(kind.lower(), content)}"
    if "%" not in target:
        return target
    return f"{target}\n{percent_decoded(target).decode('utf-8', 'replace')}"
