"""Properties, Custom, Relations: what a package of Office says about itself, and where its links lead."""

from collections.abc import Mapping

from rules.documents.document import PROPERTY_CAP, Draft

_LABELS = {
    "title": "Title",
    "creator": "Author",
    "subject": "Subject",
    "description": "Comments",
    "keywords": "Keywords",
    "category": "Category",
    "lastModifiedBy": "Last saved by",
    "Company": "Company",
    "Manager": "Manager",
}


class Properties:
    """Takes `docProps/core.xml` and `app.xml`."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._value: list[str] = []

    def begin(self, _name: str, _attributes: Mapping[str, str]) -> None:
        """A property begins."""
        self._value = []

    def end(self, name: str) -> None:
        """A property ends."""
        if name in _LABELS:
            self._draft.property(_LABELS[name], "".join(self._value))
        self._value = []

    def text(self, text: str) -> None:
        """A piece of its value."""
        self._value.append(text)


class Custom:
    """Takes `docProps/custom.xml`, whose properties people name themselves."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._name = ""
        self._value = ""

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        """A property begins, or its value."""
        if name == "property":
            self._name, self._value = attributes.get("name", ""), ""

    def end(self, name: str) -> None:
        """A property ends, or its value."""
        if name == "property":
            self._draft.property(self._name, self._value)

    def text(self, text: str) -> None:
        """A piece of its value."""
        # A piece more than is kept tells that there is more.
        if len(self._value) <= PROPERTY_CAP:
            self._value += text


class Relations:
    """Takes a part's relations; what lies outside the package is a link: pages, pictures, templates."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        """A relation."""
        if name == "Relationship" and attributes.get("TargetMode") == "External":
            self._draft.link(attributes.get("Target", ""))

    def end(self, _name: str) -> None:
        """Nothing follows."""

    def text(self, _text: str) -> None:
        """There is none."""
