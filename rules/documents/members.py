"""read_members(store, kind): an archive's files by their names, and those worth opening; one level deep."""

from typing import Protocol

from rules.documents.container import Container
from rules.documents.document import PICTURES_SIZE, TEXT_CAP, Document, DocumentFact, Draft, Inner, Refused
from rules.documents.kinds import Kind, is_text, kind_of
from rules.documents.office import is_office
from rules.documents.opendocument import is_opendocument

_OPENED_MOST = 200
_WHOLE_CAP = 8 * 1024 * 1024
_START = 4096
# A header is enough: the identity of a DICOM file, the camera of a photograph.
_HEADER = 512 * 1024


class Store(Protocol):
    """Files under names, given out in measured amounts; each method raises Refused."""

    @property
    def names(self) -> tuple[str, ...]: ...

    def size(self, name: str) -> int: ...

    def start(self, name: str, octets: int) -> bytes: ...

    def content(self, name: str, cap: int) -> bytes: ...


def read_members(store: Store, kind: str) -> Document:
    """Return an archive as a document: the names of its files, and the files that some family can read."""
    draft = Draft(kind)
    for name in store.names:
        _list(draft, name)
    for name in store.names:
        if len(draft.inner) >= _OPENED_MOST:
            draft.doubt(f"holds more than {_OPENED_MOST} documents; the others were not opened")
            break
        try:
            _take(draft, store, name)
        except Refused as refused:
            draft.doubt(str(refused))
            draft.facts |= refused.facts
    return draft.done()


def _list(draft: Draft, name: str) -> None:
    shown = "".join(character for character in name if character.isprintable())
    if len(shown) > draft.names_room:
        draft.doubt("holds more names of files than are looked at")
    elif shown:
        draft.names.append(shown)
        draft.names_room -= len(shown)


def _take(draft: Draft, store: Store, name: str) -> None:
    start = store.start(name, _START)
    match kind_of(name, "", start):
        case None:
            if is_text(start):
                if store.size(name) > TEXT_CAP:
                    draft.doubt(f"holds a text of more than the {TEXT_CAP} octets that are read")
                draft.inner.append(Inner(name, store.start(name, TEXT_CAP + 1)))
        case Kind.TAPE | Kind.CLOSED:
            draft.facts.add(DocumentFact.NESTED_ARCHIVE)
        case Kind.PICTURE | Kind.DICOM:
            whole = store.size(name) <= PICTURES_SIZE
            draft.inner.append(Inner(name, store.start(name, PICTURES_SIZE if whole else _HEADER)))
        case Kind.ZIP:
            _take_zip(draft, store, name)
        case _:
            draft.inner.append(Inner(name, store.content(name, _WHOLE_CAP)))


def _take_zip(draft: Draft, store: Store, name: str) -> None:
    content = store.content(name, _WHOLE_CAP)
    container = Container(content)
    if is_office(container) or is_opendocument(container):
        draft.inner.append(Inner(name, content))
        return
    draft.facts.add(DocumentFact.NESTED_ARCHIVE)
    for within in container.names:
        _list(draft, f"{name}/{within}")
