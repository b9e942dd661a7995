"""whole(opener, name, declared, octets): a file with what is in it, one level deep."""

from rules.documents.document import TEXT_CAP, Document, DocumentFact, Draft, Inner
from rules.documents.kinds import UTF_16, is_text
from rules.documents.opening import Opener
from rules.parsing.charsets import displayed
from rules.parsing.hypertext import CUT_PAGE, hypertext

_NAME_SHOWN = 100
_ARCHIVES = frozenset({"zip", "tar", "packed", "closed"})
_HTML = (".html", ".htm", ".xhtml", ".mht")


def whole(opener: Opener, name: str, declared: str, octets: bytes) -> Document | None:
    """Return what a file and the files in it say; those in an archive within it are listed only."""
    outer = opener(name, declared, octets)
    if outer is None or not outer.inner:
        return outer
    draft = Draft(outer.kind, pixels=outer.pixels, names=list(outer.names))
    draft.say(outer.words + "\n")
    draft.facts |= outer.facts
    draft.doubts.update(dict.fromkeys(outer.doubts))
    draft.links.update(dict.fromkeys(outer.links))
    for picture in outer.pictures:
        draft.picture(picture)
    for inner in outer.inner:
        _add(draft, inner, opener(inner.name, "", inner.octets))
    return draft.done()


def _add(draft: Draft, inner: Inner, found: Document | None) -> None:
    if found is None:
        if is_text(inner.octets):
            _say_text(draft, inner)
        return
    if found.words:
        draft.say(f"{inner.name}:\n{found.words}\n")
    draft.facts |= found.facts
    if found.kind in _ARCHIVES:
        draft.facts.add(DocumentFact.NESTED_ARCHIVE)
    draft.names.extend(f"{inner.name}/{name}" for name in found.names)
    draft.links.update(dict.fromkeys(found.links))
    for picture in found.pictures:
        draft.picture(picture)
    for why in found.doubts:
        draft.doubt(f"holds {_shown(inner.name)}, which {why}")


def _say_text(draft: Draft, inner: Inner) -> None:
    """Say a file of text as it is displayed; of HTML and the like all that it says to any reader."""
    charset = "utf-16" if inner.octets.startswith(UTF_16) else ""
    text = displayed(inner.octets[: 4 * TEXT_CAP], charset)
    if len(inner.octets) > 4 * TEXT_CAP:
        draft.doubt(f"holds {_shown(inner.name)}, of which {4 * TEXT_CAP} octets are read")
    if inner.name.lower().endswith(_HTML):
        page = hypertext(text)
        text = page.words
        draft.links.update(dict.fromkeys(page.links))
        if page.cut:
            draft.doubt(f"holds {_shown(inner.name)}, which {CUT_PAGE}")
    draft.say(f"{inner.name}:\n{text}\n")


def _shown(name: str) -> str:
    return "".join(character for character in name if character.isprintable())[:_NAME_SHOWN]
