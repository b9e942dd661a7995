"""contact-list: people with private numbers, addresses or birthdays, in tables, in lines, or on cards.

The author's own card is not one, nor a list in which everybody agreed.
"""

import re
from collections.abc import Iterator

from rules.detectors.consent import ALL_AGREED
from rules.detectors.detector import PostDetector
from rules.detectors.private_phone import NUMBER
from rules.detectors.table import Row, Table, tables
from rules.detectors.workplaces import AT_WORK
from rules.matching.haystack import family
from rules.matching.places import Place
from rules.reading import Reading
from rules.zones import Family

_NAME = re.compile(
    r"(?:full |first |last |given |family |christian |staff |member'?s? |trainee'?s? |student'?s? |"
    r"contact'?s? |your )?names?|who|forenames?|surnames?|trainees?|members?|persons?|people|"
    r"staff(?: member)?|students?|delegates?|physicists?|engineers?|technologists?|attendees?|colleagues?|"
    r"first[ _]name|last[ _]name|surname ?[,/&] ?(?:first name|forename|initials?)"
)
_PRIVATE = re.compile(
    r"(?:home|private|personal)(?:[ _-].*)?|(?:.*\()(?:home|private|personal)\)|birth ?(?:day|date)s?|"
    r"date of birth|d\.?o\.?b\.?|next of kin.*|emergency contact.*|whats ?app.*|in case of emergency|"
    r"partner'?s? .*|spouse.*|own (?:mobile|phone|number)"
)
_PERHAPS = re.compile(
    r"mobiles?(?: (?:no|number|phone|tel)\.?)?|mob\.?|cell(?:phone)?|land ?line|(?:street )?address(?:es)?|"
    r"post ?code|where (?:they )?lives?|lives at"
)
_WORK = re.compile(
    r"(?:organi[sz]ation|company|hospital|trust|employer|manufacturer|supplier|vendor|site|institution|"
    r"firm|venue|practice)(?: name)?|(?:work|office|company|business|duty|on[- ]call).*|ext(?:ension)?\.?|"
    r"bleep|pager|product|equipment|opening hours|website"
)
_NUMBER = re.compile(NUMBER)
_MOBILE = re.compile(r"(?<!\d)(?:\+44 ?\(?0?\)? ?|0)7\d{3}[ -]?\d{3}[ -]?\d{3}(?!\d)")
_PERSON = re.compile(r"\b[A-Z][a-z'’-]+(?: [A-Z]\.?)? (?:[a-z]{2,3} )?(?:Mc|Mac|O['’])?[A-Z][A-Za-z'’-]+\b")
_ALONE = re.compile(rf"\W*[A-Z][A-Za-z'’-]+[ ,:;–-]+(?:{_MOBILE.pattern})\W*")
_STREET = re.compile(
    r"\b\d{1,4}[A-Za-z]?,? [A-Z][a-z]+|\b(?:Cottage|House|Flat|Lane|Road|Street|Close|Avenue|Drive|Farm|"
    r"Forge)\b"
)
_DATE = re.compile(r"\d{1,2}[ /.-](?:\d{1,2}|[A-Za-z]{3,9})(?:[ /.-]\d{2,4})?")
_MAIL = re.compile(r"[\w.+-]+@[\w.-]+")
_PLACE_OF_WORK = re.compile(
    rf"\b(?:{AT_WORK}|sales|service|support|help ?desk|hotline|switchboard|duty|on[- ]call|bleep|work|"
    r"engineer on site)\b",
    re.IGNORECASE,
)
_ZONES = frozenset({Family.OWN, Family.QUOTED, Family.HTML, Family.HIDDEN, Family.ATTACHMENT, Family.CONTACT})
_FEWEST_LINES = 3
_FEWEST_ROWS = 2


# Lines of a vCard (RFC 6350) that are private.
_HOME_LINE = re.compile(
    r"(?im)^(?:item\d\.)?(?:TEL|ADR|EMAIL)[^:\n]*\b(?:TYPE=)?\"?[^:\n]*HOME[^:\n]*:[; ]*\S.*$"
)
_BIRTHDAY_LINE = re.compile(r"(?im)^BDAY[^:\n]*:\S.*$")


def _find(reading: Reading) -> Iterator[Place]:
    own = " ".join(
        zone.text for zone in reading.zones if zone.name in (Family.OWN, Family.HTML, Family.SUBJECT)
    )
    if ALL_AGREED.search(" ".join(own.lower().split())[:20_000]):
        return
    for index, zone in enumerate(reading.zones):
        kind = family(zone.name)
        if kind not in _ZONES:
            continue
        if kind == Family.CONTACT:
            yield from _on_cards(index, zone.text, reading)
        else:
            yield from _in_tables(index, zone.text)
            yield from _in_lines(index, zone.text)


def _in_tables(index: int, text: str) -> Iterator[Place]:
    for table in tables(text, _NAME):
        columns, signs = _private_columns(table)
        rows = [row for row in table.rows if _shows_a_person(row, columns, signs)]
        if columns and len(rows) >= _FEWEST_ROWS:
            yield Place(index, table.head.start, rows[0].end)


def _private_columns(table: Table) -> tuple[tuple[int, ...], tuple[re.Pattern[str], ...]]:
    """The columns that are private by their headings, and what stands in them; a mobile may be a firm's."""
    heads = table.head.cells
    surely = tuple(at for at, head in enumerate(heads) if _PRIVATE.fullmatch(head))
    if surely or any(_WORK.fullmatch(head) for head in heads):
        return surely, (_NUMBER, _DATE, _STREET, _MAIL)
    return tuple(at for at, head in enumerate(heads) if _PERHAPS.fullmatch(head)), (_NUMBER, _STREET)


def _shows_a_person(row: Row, private: tuple[int, ...], signs: tuple[re.Pattern[str], ...]) -> bool:
    values = [row.cells[at] for at in private if at < len(row.cells)]
    if _PLACE_OF_WORK.search(" ".join(row.cells)):
        return False
    return any(sign.search(value) for value in values for sign in signs)


def _in_lines(index: int, text: str) -> Iterator[Place]:
    """Lines that each have a name and a mobile number."""
    found: list[tuple[int, int]] = []
    start = 0
    for line in text.split("\n"):
        if (
            _MOBILE.search(line[:400])
            and (_PERSON.search(line[:400]) or _ALONE.fullmatch(line[:80]))
            and not _PLACE_OF_WORK.search(line[:400])
        ):
            found.append((start, start + len(line)))
        start += len(line) + 1
    if len(found) >= _FEWEST_LINES:
        yield Place(index, found[0][0], found[0][1])


def _on_cards(index: int, text: str, reading: Reading) -> Iterator[Place]:
    """Private lines of cards that are not the author's own."""
    start = 0
    for card in re.split(r"(?i)(?<=END:VCARD)", text):
        line = _HOME_LINE.search(card) or _BIRTHDAY_LINE.search(card)
        if line and not _is_authors(card, reading):
            yield Place(index, start + line.start(), start + line.end())
        start += len(card)


def _is_authors(card: str, reading: Reading) -> bool:
    folded = card.casefold()
    for author in reading.authors:
        names = [word for word in re.split(r"[\s,.]+", author.display.casefold()) if len(word) > 1]
        if author.address and author.address.casefold() in folded:
            return True
        if len(names) > 1 and all(name in folded for name in names):
            return True
    return False


DETECTOR = PostDetector(
    "contact-list",
    r"\b(?:\+44 ?\(?0?\)? ?|0)7\d{3}[ -]?\d{3}[ -]?\d{3}\b|begin:vcard|\b(?:names?|who|forenames?|"
    r"surnames?|trainees?|members?|staff|students?|delegates?|colleagues?|people|attendees?|physicists?|"
    r"engineers?|technologists?)\b.{0,80}\b(?:home|private|personal|birth\w*|mobiles?|address|dob|"
    r"post ?code|next of kin|emergency|whats ?app)\b",
    _find,
    _ZONES,
)
