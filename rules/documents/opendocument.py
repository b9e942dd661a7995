"""read_opendocument(container): texts, spreadsheets, presentations and drawings of OpenDocument (ODF 1.3)."""

import re
from collections.abc import Mapping

from rules.documents.container import Container
from rules.documents.document import PROPERTY_CAP, Document, DocumentFact, Draft, Refused
from rules.documents.markup import Enough
from rules.documents.package import Package, place

_TYPE = "application/vnd.oasis.opendocument."
_KINDS = {"text": "odt", "spreadsheet": "ods", "presentation": "odp", "graphics": "odg"}
_PARAGRAPHS = frozenset({"p", "h"})
_LABELS = {
    "title": "Title",
    "subject": "Subject",
    "description": "Comments",
    "keyword": "Keywords",
    "creator": "Last saved by",
    "initial-creator": "Author",
}
_MACROS = re.compile(r"(?:Basic|Scripts)/.+/.+")
_OBJECTS = re.compile(r".*/content\.xml")


def is_opendocument(container: Container) -> bool:
    """Return whether a zip file is an OpenDocument package."""
    names = container.names
    return "content.xml" in names and ("META-INF/manifest.xml" in names or "mimetype" in names)


def read_opendocument(container: Container) -> Document:
    """Return what an OpenDocument file says: headers, notes, comments and embedded charts included."""
    draft = Draft(_kind(container))
    package = Package(container, draft)
    manifest = _Manifest()
    package.take("META-INF/manifest.xml", manifest)
    if manifest.locked:
        raise Refused("is locked with a password", DocumentFact.ENCRYPTED)
    package.take("content.xml", Body(draft))
    package.take("styles.xml", Body(draft))
    package.take("meta.xml", _Meta(draft))
    for name in sorted(container.names, key=place):
        if _OBJECTS.fullmatch(name):
            package.take(name, Body(draft))
        elif name.startswith(("Pictures/", "Thumbnails/")):
            package.take_picture(name)
        elif _MACROS.fullmatch(name) and not name.endswith(("script-lb.xml", "script-lc.xml")):
            draft.facts.add(DocumentFact.MACROS)
    return draft.done()


def _kind(container: Container) -> str:
    if "mimetype" not in container.names:
        return "odf"
    said = container.start("mimetype", 200).decode("ascii", "replace").removeprefix(_TYPE)
    return _KINDS.get(said.removesuffix("-template").strip(), "odf")


class Body:
    """Takes `content.xml`, or `styles.xml` with its headers and footers; a row of a table is one line."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._in_paragraph = 0
        self._in_cells = 0

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        if name in _PARAGRAPHS:
            self._in_paragraph += 1
        elif name in ("table-cell", "covered-table-cell"):
            self._in_cells += 1
        elif name in ("s", "tab") and self._in_paragraph:
            self._draft.say(" ")
        elif name == "line-break":
            self._draft.say("\n")
        elif name == "table":
            # Sheets have names, which a reader sees as tabs.
            self._draft.say(attributes.get("name", "") + "\n")
        if attributes and "href" in attributes and name in ("a", "image", "object"):
            self._link(attributes["href"])

    def end(self, name: str) -> None:
        """An element ends. Raises Enough when the draft is full."""
        if name in _PARAGRAPHS:
            self._in_paragraph = max(0, self._in_paragraph - 1)
            self._draft.say(" " if self._in_cells else "\n")
        elif name in ("table-cell", "covered-table-cell"):
            self._in_cells = max(0, self._in_cells - 1)
            self._draft.say("\t")
        elif name == "table-row":
            self._draft.say("\n")
        if self._draft.full:
            raise Enough

    def text(self, text: str) -> None:
        """Characters, of which those in paragraphs are words."""
        if self._in_paragraph:
            self._draft.say(text)

    def _link(self, target: str) -> None:
        if ":" in target[:20]:
            self._draft.link(target)


class _Meta:
    """Takes `meta.xml`."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._label = self._value = ""

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        self._label = attributes.get("name", "") if name == "user-defined" else _LABELS.get(name, "")
        self._value = ""

    def end(self, _name: str) -> None:
        if self._label:
            self._draft.property(self._label, self._value)
        self._label = ""

    def text(self, text: str) -> None:
        # A piece more than is kept tells that there is more.
        if len(self._value) <= PROPERTY_CAP:
            self._value += text


class _Manifest:
    """Takes the manifest, which says whether parts are encrypted."""

    def __init__(self) -> None:
        self.locked = False

    def begin(self, name: str, _attributes: Mapping[str, str]) -> None:
        self.locked = self.locked or name in ("encryption-data", "encrypted-key")

    def end(self, _name: str) -> None:
        pass

    def text(self, _text: str) -> None:
        pass
