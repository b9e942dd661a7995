"""read_letter(octets): a message attached as a file (.eml): its subject, text and files."""

from rules.documents.document import Document, Draft, Inner, Refused
from rules.parsing.beside import heading_of
from rules.parsing.charsets import decoded, displayed
from rules.parsing.fields import unfold
from rules.parsing.hypertext import CUT_PAGE, HTML_CAP, hypertext
from rules.parsing.mime import Forwarded, Leaf, Unparsed, leaves
from rules.parsing.sniffing import is_text
from rules.parsing.words import readable
from rules.scan import scan

_FILES_CAP = 50


def read_letter(octets: bytes) -> Document:
    """Return what a message says, in all its forms. Raises Refused for one that cannot be parsed."""
    seen = scan(octets)
    if seen.excess:
        raise Refused("is a message that is over the limits of what is read")
    draft = Draft("letter")
    for name in ("From", "To", "Subject"):
        for value in seen.values(name)[:3]:
            draft.say(f"{name}: {readable(decoded(unfold(value)))}\n")
    try:
        for leaf in leaves(octets, bool(seen.ambiguities), files=False):
            if isinstance(leaf, Leaf):
                _take(draft, leaf)
            else:
                draft.say((leaf.subject if isinstance(leaf, Forwarded) else leaf.text) + "\n")
    except Unparsed as problem:
        raise Refused("is a message that cannot be parsed") from problem
    draft.say(heading_of(seen.fields).words)
    return draft.done()


def _take(draft: Draft, leaf: Leaf) -> None:
    draft.say(leaf.description + "\n")
    if leaf.other and not is_text(leaf.kind, leaf.content):
        return
    if leaf.kind == "text/html" and (leaf.other or not leaf.attached):
        page = hypertext(displayed(leaf.content[:HTML_CAP], leaf.charset))
        draft.say(page.words + "\n")
        if page.cut or len(leaf.content) > HTML_CAP:
            draft.doubt(f"is a message with a page that {CUT_PAGE}")
        draft.links.update(dict.fromkeys(page.links))
    elif leaf.other or (leaf.kind == "text/plain" and not leaf.attached):
        draft.say(displayed(leaf.content, leaf.charset) + "\n")
    elif len(draft.inner) < _FILES_CAP:
        name = leaf.names[0] if leaf.names else ""
        draft.names.extend(leaf.names)
        draft.inner.append(Inner(name, leaf.content))
    else:
        draft.doubt(f"is a message with more than {_FILES_CAP} files; the others were not opened")
