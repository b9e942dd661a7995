"""A held message as its reader sees it, with the quoted words standing out and nothing of it acting."""

from collections.abc import Iterable
from datetime import datetime

from cli.holds.origin import Origin
from cli.output import Ink, Piece, highlighted, on_terminal, say
from cli.wording import age
from gateway.holds import Hold, HoldState
from rules.reading import Attachment, Reading
from rules.verdict import Finding

_HEADED = ("From", "To", "Cc", "Reply-To", "Date", "Subject")
_TITLES = {
    "own": "The author's own words",
    "quoted": "Quoted from earlier posts",
    "signature": "Signature",
    "disclaimer": "Disclaimer and footer",
    "html": "Only in the HTML version",
    "hidden": "Hidden from readers",
    "link-text": "Words of links",
    "link-target": "Where links lead",
    "calendar": "Calendar entry",
    "contact": "Contact card",
}
# What the hold has as a reply is then our own word for what did not come, and no advice to a moderator.
_UNKNOWN = (
    "It is not known whether the list has it: no answer came. Look in the list's archive; "
    "release it if it is not there, else discard it."
)
_NOT_TEXT = ("subject", "attachment-name-")


def show(hold: Hold, reading: Reading | str, origin: Origin, now: datetime, *, lost: bool = False) -> None:
    """Print the hold: what it is, why it waits, the message, what people did.

    ``reading`` may be words that stand in the place of the message; ``lost``: it cannot be sent.
    """
    say(Piece(f"{hold.id}  {hold.state.value}", Ink.HEAD), f"  {hold.list}")
    waited = f"{hold.received:%Y-%m-%d %H:%M} UTC ({age(hold.received, now)} ago)"
    say(f"Received {waited}, judged by policy version {hold.version}")
    if hold.told:
        say(Piece(f"Author not told: {hold.told}", Ink.CARE))
    for line in origin.lines(now):
        say(*line)
    if hold.state is HoldState.UNKNOWN:
        say(Piece(_UNKNOWN, Ink.CARE))
    elif hold.reply:
        say(Piece(f"The list server said: {hold.reply}", Ink.CARE))
    for finding in hold.findings:
        _finding(finding)
    if isinstance(reading, str):
        say(Piece(f"\n{reading}", Ink.QUIET))
    else:
        message(reading, hold.findings)
    _people(hold)
    if hold.waits:
        _verbs(hold.id[:4], lost=lost)


def message(reading: Reading, findings: Iterable[Finding]) -> None:
    """Print a message by its zones: fields, words, attachments (what was read in them is a zone), links."""
    spans: dict[str, list[tuple[int, int]]] = {}
    for finding in findings:
        for quote in finding.quotes:
            spans.setdefault(quote.zone, []).append((quote.start, quote.end))
    say("")
    _fields(reading, spans.get("subject", []))
    for doubt in reading.doubts:
        say(Piece(f"Could not be read for certain: {doubt}", Ink.CARE))
    for zone in reading.zones:
        if zone.name.startswith(_NOT_TEXT) or not zone.text.strip():
            continue
        title = _TITLES.get(zone.name, f"Text of {zone.name.replace('-', ' ')}")
        say(Piece(f"\n── {title} ", Ink.QUIET) if on_terminal() else f"\n-- {title}")
        say(*highlighted(zone.text.rstrip(), spans.get(zone.name, [])))
    for attachment in reading.attachments:
        _attachment(attachment)


def _fields(reading: Reading, in_subject: list[tuple[int, int]]) -> None:
    for name in _HEADED:
        if name == "Subject":
            zone = reading.zone("subject")
            say(
                Piece("Subject: ", Ink.BOLD), *highlighted(zone.text if zone else reading.subject, in_subject)
            )
            continue
        for value in reading.field(name):
            say(Piece(f"{name}: ", Ink.BOLD), " ".join(value.split()))


def _attachment(attachment: Attachment) -> None:
    kind = attachment.declared
    if attachment.detected and attachment.detected != attachment.declared:
        kind += f", looks like {attachment.detected}"
    others = [name for name in attachment.names if name != attachment.name]
    facts = "; ".join(("", *sorted(fact.value for fact in attachment.facts)))
    if any(attachment.pixels):
        kind += ", {} x {} pixels".format(*attachment.pixels)
    also = f", also named {', '.join(others)}" if others else ""
    told = f"{attachment.name or 'without a name'}{also} ({kind}, {_size(attachment.size)}{facts})"
    say(Piece(f"\nAttachment {attachment.number}: ", Ink.BOLD), " ".join(told.split()))


def _size(octets: int) -> str:
    return f"{octets} octets" if octets < 10_000 else f"{octets // 1024} KiB"


def _finding(finding: Finding) -> None:
    note = "" if finding.acts and finding.found else " (recorded only)"
    # The words in full: this is the one place where they are.
    say(Piece(f"\n{finding.clause}{note}: ", Ink.BOLD), finding.says)
    if finding.ask:
        say("  Ask yourself: ", finding.ask)
    if finding.mend:
        say("  How the author can mend it: ", finding.mend)


def _people(hold: Hold) -> None:
    for remark in hold.remarks:
        say(Piece(f"\nNote by {remark.by}, {remark.at:%Y-%m-%d %H:%M} UTC: ", Ink.BOLD), remark.text)
    decision = hold.decision
    if decision is not None:
        why = "; ".join(word for word in (decision.clause, decision.reason) if word)
        said = f"\n{decision.action.value} by {decision.by}, {decision.at:%Y-%m-%d %H:%M} UTC"
        say(Piece(said, Ink.BOLD), f": {why}" if why else "")


def _verbs(short: str, *, lost: bool) -> None:
    verbs = [f"release {short}", f"reject {short} --clause C --reason TEXT", f"discard {short}"]
    say(Piece("\nDecide: ", Ink.BOLD), f"gatepost queue {'  |  '.join(verbs[lost:])}")
