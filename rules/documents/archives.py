"""read_zip, read_tape: a zip file as the document or the archive that it is; tar and packed files."""

from dataclasses import replace

from rules.documents.container import Container
from rules.documents.document import Document, Draft, Inner
from rules.documents.kinds import is_text, shown_kind
from rules.documents.members import read_members
from rules.documents.office import is_office, read_office
from rules.documents.opendocument import is_opendocument, read_opendocument
from rules.documents.tape import Tape, is_tar, unpacked

_PACKED = (".gz", ".bz2", ".xz")


def read_zip(_name: str, octets: bytes) -> Document:
    """Return what a zip file says. Raises Refused for one that is damaged, locked or a bomb."""
    container = Container(octets)
    container.refuse_bombs()
    if is_office(container):
        return read_office(container)
    if is_opendocument(container):
        return read_opendocument(container)
    return read_members(container, "zip")


def read_tape(name: str, octets: bytes) -> Document:
    """Return what a tar archive or a packed file says. Raises Refused for one that is damaged."""
    found = unpacked(octets)
    content, doubts = found.content, (found.doubt,) if found.doubt else ()
    if is_tar(content):
        tape = read_members(Tape(content), "tar")
        return replace(tape, doubts=(*tape.doubts, *doubts))
    draft = Draft("packed", doubts=dict.fromkeys(doubts))
    ending = next((end for end in _PACKED if name.lower().endswith(end)), "")
    within = name[: len(name) - len(ending)]
    if ending:
        draft.names.append(within)
    if shown_kind(content) or is_text(content):
        draft.inner.append(Inner(within, content))
    return draft.done()
