"""Turns what a condition found into a finding that a volunteer can read and answer."""

from collections.abc import Iterable

from rules.clause import InForce
from rules.conditions.condition import Found, Post
from rules.facts import Absence, Scanner
from rules.files.force import ClauseStatus
from rules.matching.haystack import family
from rules.matching.places import Place
from rules.normal import sentence_around
from rules.profile import Profile
from rules.verdict import DOUBT, UNSCANNED, Action, Finding, Quote, Status

_LONGEST_QUOTE = 120
_MASK = "•"
_WHERE = {
    "quoted": "in quoted text",
    "signature": "in the signature",
    "disclaimer": "in the disclaimer",
    "hidden": "in hidden text",
    "link-text": "in the text of a link",
    "attachment": "in an attachment",
    "calendar": "in a calendar entry",
    "contact": "in a contact card",
}
"""Said after a quote, so that a moderator does not seek it among the author's own words."""
_TRADES = {
    Scanner.CLAMD: "virus scanner",
    Scanner.SPAMD: "spam filter",
    Scanner.RSPAMD: "spam filter",
}


def finding_of(clause: InForce, found: Found, post: Post) -> Finding:
    """Return the finding; its action is NOTE where the confidence is below the clause's threshold."""
    quotes = quotes_of(found.places, post)
    sure = found.confidence >= clause.threshold
    says = _said(clause, _Slots(quotes, found.detail, post, masked=False))
    return Finding(
        clause=clause.clause,
        pack=clause.pack,
        title=clause.title,
        action=clause.action.action if sure else Action.NOTE,
        status=clause.status.status if post.facts.sourced or not clause.live_with else Status.SHADOW,
        confidence=round(found.confidence, 4),
        says=says,
        ask=clause.ask,
        mend=clause.mend,
        quotes=quotes,
        sensitive=clause.sensitive,
        masked=_said(clause, _Slots(quotes, found.detail, post, masked=True)) if clause.sensitive else "",
    )


def doubt_of(clause: InForce | None, why: str) -> Finding:
    """Return the finding for a post that could not be judged; ``clause`` lends its words, if there is one."""
    usable = clause is not None and clause.status is not ClauseStatus.OFF
    says = f"This message could not be read and judged as a whole. {why}"
    return Finding(
        clause=DOUBT,
        pack="hygiene",
        title=clause.title if clause and usable else "Unreadable message",
        action=Action.HOLD,
        status=Status.LIVE,
        confidence=1.0,
        says=says,
        ask=clause.ask
        if clause and usable
        else "Is this an ordinary post that only its mail program spoilt?",
        mend=clause.mend if clause and usable else "Send it again as plain text, without attachments.",
        quotes=(),
    )


def unscanned_of(scanner: Scanner, absence: Absence) -> Finding:
    """Return the finding for a post about which a scanner said nothing."""
    says, ask = _silence(scanner, absence)
    return Finding(
        clause=UNSCANNED,
        pack="hygiene",
        title="Not scanned",
        action=Action.HOLD,
        status=Status.LIVE,
        confidence=1.0,
        says=says,
        ask=ask,
        mend="",  # the post is not to blame, so nobody is told to change it
        quotes=(),
    )


def _silence(scanner: Scanner, absence: Absence) -> tuple[str, str]:
    """What to say of it to everybody, and what to ask a moderator, who alone learns whom to tell."""
    name, ask = scanner.value, f"Would you send this on without {scanner.value}'s word?"
    if absence.since is None:
        says = f"The {_TRADES[scanner]} {name} gave no verdict on this message: {absence.why}."
        return says, f"{ask} It would not judge this post at another try either."
    since = f"It has not answered since {absence.since:%Y-%m-%d %H:%M} UTC."
    says = f"The {_TRADES[scanner]} {name} did not answer: {absence.why}. {since}"
    whom = f"Tell the administrator of this installation that {name} does not answer."
    return says, f"{ask} If not, let it wait. {whom}"


def masked(text: str) -> str:
    """The text with most of it covered, so that one who knows it recognises it.

    >>> masked("943 476 5919"), masked("Fairweather")
    ('••• ••• ••••', 'Fa••••••••r')
    """
    last = len(text) - 1
    keep = {0, 1, last} if len(text) > 4 else set()
    return "".join(
        character if character.isspace() or (at in keep and not character.isdigit()) else _MASK
        for at, character in enumerate(text)
    )


class _Slots:
    """What may stand in braces in ``says``."""

    def __init__(self, quotes: tuple[Quote, ...], detail: str, post: Post, *, masked: bool) -> None:
        self._quotes = quotes
        self._detail = detail
        self._post = post
        self._masked = masked

    def values(self) -> dict[str, str]:
        """Each slot's words."""
        profile, author = self._post.profile, self._post.reading.author
        first = self._shown(0)
        return {
            "quote": first,
            "second": self._shown(1) if len(self._quotes) > 1 else first,
            "sentence": self._sentence(first),
            "list": profile.list,
            "organisation": _organisation(profile),
            "author": (author.display or author.address) if author else "the author",
        }

    def _shown(self, index: int) -> str:
        if not self._quotes:
            return masked(self._detail) if self._masked else self._detail or "this message"
        quote = self._quotes[index]
        text = " ".join(quote.text.split())
        if len(text) > _LONGEST_QUOTE:
            text = text[: _LONGEST_QUOTE - 1] + "…"
        return f"“{masked(text) if self._masked else text}”{_where(quote)}"

    @property
    def where(self) -> str:
        """In brackets and after a blank, where the first quote stands; "" for the author's own words."""
        return _where(self._quotes[0]) if self._quotes else ""

    def _sentence(self, first: str) -> str:
        # Around a sensitive quote there is more of the same: name, ward, date.
        if self._masked or not self._quotes:
            return first
        return f"“{self._quotes[0].sentence}”{self.where}"


def _said(clause: InForce, slots: _Slots) -> str:
    says = clause.says.format_map(slots.values())
    if slots.where in says:
        return says
    # A sentence that quotes nothing would let a moderator blame the author for another's words.
    return f"{says[:-1]}{slots.where}." if says.endswith(".") else says + slots.where


def _where(quote: Quote) -> str:
    where = _WHERE.get(family(quote.zone))
    return f" ({where})" if where else ""


def quotes_of(places: Iterable[Place], post: Post) -> tuple[Quote, ...]:
    """The words at these places."""
    return tuple(_quote(place, post) for place in places)


def _quote(place: Place, post: Post) -> Quote:
    zone = post.reading.zones[place.zone]
    text = zone.text[place.start : place.end]
    return Quote(zone.name, text, place.start, place.end, sentence_around(zone.text, place.start, place.end))


def _organisation(profile: Profile) -> str:
    return profile.organisation.names[0] if profile.organisation.names else profile.list
