"""Sheaf: the texts of each zone, while they are gathered from the parts of a message."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from rules.documents.document import Document, Draft
from rules.parsing.charsets import decoded, otherwise, with_line_ends
from rules.parsing.hypertext import CUT_PAGE, HTML_CAP, Hypertext, hypertext, pictures_in
from rules.parsing.leaf import Leaf
from rules.parsing.links import Link, links_in
from rules.parsing.unsaid import new_lines
from rules.text.codes import decoded_codes
from rules.text.turned import turned
from rules.zones import Zone

TEXT_CAP = 1024 * 1024
"""Characters that are searched of all texts of a message together."""
BODY = "The text of the message"


@dataclass(slots=True)
class Sheaf:
    """What was gathered so far; ``room`` is how many characters more are searched.

    ``html`` has the pictures that stand in the HTML itself.
    """

    texts: dict[str, list[str]] = field(default_factory=dict)
    links: dict[Link, None] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)
    html: Draft = field(default_factory=lambda: Draft("html"))
    room: int = TEXT_CAP

    def taken(self, text: str, whose: str = BODY) -> str:
        """Return as much of a text as there is room for; what is cut is a doubt."""
        kept = text[: self.room]
        self.room -= len(kept)
        if len(kept) < len(text):
            self.doubt(f"{whose} goes beyond the {TEXT_CAP} characters that are searched of a message.")
        return kept

    def doubt(self, why: str) -> None:
        """Note, once, what could not be read."""
        if why not in self.doubts:
            self.doubts.append(why)

    def add(self, name: str, text: str) -> None:
        """Add a text to a zone."""
        if text.strip():
            self.texts.setdefault(name, []).append(text)

    def add_all(self, zones: Iterable[Zone]) -> None:
        """Add the text of each zone."""
        for zone in zones:
            self.add(zone.name, zone.text)

    def hide(self, text: str, whose: str = BODY) -> None:
        """Add a text that its reader does not see as such, unless it is hidden there already."""
        if text.strip() and text not in self.texts.get("hidden", ()):
            self.add("hidden", self.taken(text, whose))

    def link(self, links: Iterable[Link]) -> None:
        """Add links."""
        self.links.update(dict.fromkeys(links))

    def plain(self, leaf: Leaf, whose: str = BODY) -> str:
        """Return the text of a leaf as displayed; how else it could be read is hidden text."""
        first = decoded(leaf.content, leaf.charset)
        text = self.taken(_joined(with_line_ends(first), leaf.joined), whose)
        if other := otherwise(leaf.content, leaf.charset):
            self.hide(new_lines(with_line_ends(other), text), whose)
        self._look_through(text, whose)
        self.link(links_in(text))
        return text

    def words(self, document: Document, whose: str) -> str:
        """Return the words of a file that was opened; its links are the message's."""
        text = self.taken(document.words, whose)
        self._look_through(text, whose)
        self.link(document.links)
        return text

    def page(self, leaf: Leaf, whose: str = BODY, *, pictured: bool = True) -> Hypertext:
        """Return the page that a leaf is; what it hides is hidden text, its pictures are kept if so told."""
        source = with_line_ends(decoded(leaf.content[: HTML_CAP + 1], leaf.charset))
        if len(leaf.content) > HTML_CAP:
            self.doubt(f"An HTML part has {len(leaf.content)} octets; {HTML_CAP} are read at most.")
        for picture in pictures_in(source) if pictured else ():
            self.html.picture(picture)
        page = hypertext(source[:HTML_CAP])
        if page.cut:
            self.doubt(f"An HTML part {CUT_PAGE}.")
        visible = self.taken(page.visible, whose)
        self.hide(page.hidden, whose)
        if other := otherwise(leaf.content[:HTML_CAP], leaf.charset):
            self.hide(new_lines(hypertext(with_line_ends(other)).visible, visible), whose)
        self._look_through(visible, whose)
        self.link(page.links)
        return Hypertext(visible, "", page.links, self.taken(page.also, whose))

    def _look_through(self, text: str, whose: str) -> None:
        self.hide(decoded_codes(text), whose)
        self.hide(turned(text), whose)


def _joined(text: str, joined: bool) -> str:
    """Join lines of flowed text whose last blank is none (RFC 3676, 4.1), without a quotation's marks."""
    if not joined:
        return text
    pieces: list[str] = []
    goes_on = False
    for line in text.split("\n"):
        flows = line.endswith(" ") and line != "-- "
        kept = line[:-1] if flows else line
        pieces.append(kept.lstrip(">").removeprefix(" ") if goes_on else "\n" + kept)
        goes_on = flows
    return "".join(pieces).removeprefix("\n")
