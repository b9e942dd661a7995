"""believed(scan, ...) -> Authentication: what a trusted border says of the author, and nobody else.

The conditions are those of RFC 8601, 5 and 7.1: the border's own field, above
everything that was in the message when it came.
"""

import re
from collections.abc import Iterator

import authres

from rules.facts import Authentication, Result
from rules.parsing.addresses import Address, mailboxes
from rules.parsing.fields import RawField, unfold
from rules.scan import Scan

_FIELD_CAP = 4096
_ABOVE = ("received", "return-path", "authentication-results")
_COMMENT = re.compile(r"\([^()]*\)")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*(?:"|\\?\Z)', re.DOTALL)
_DECEPTIVE = frozenset(
    {
        *("malformed-header", "blank-folding", "space-before-colon", "leading-blank-line", "bare-line-end"),
        *("nul", "no-from", "two-from", "several-authors"),
    }
)
"""Ambiguities with which one program may see another From field than the next."""
_NAMED = {
    "pass": Result.PASS,
    "fail": Result.FAIL,
    "softfail": Result.FAIL,
    "permerror": Result.FAIL,
    "none": Result.NONE,
    "neutral": Result.NONE,
    "policy": Result.NONE,
    "temperror": Result.TEMPERROR,
}
_IDENTITY = {"dmarc": ("header", "from"), "dkim": ("header", "d"), "spf": ("smtp", "mailfrom")}


def believed(scan: Scan, authserv_id: str, own_hosts: tuple[str, ...]) -> Authentication:
    """Return what the first Authentication-Results field says, if ``authserv_id`` wrote it, else unknown.

    Above it only Received fields of ``own_hosts`` and Return-Path may stand.
    A message whose author is ambiguous has no authentication.
    """
    author = author_domain(scan)
    if not author or not authserv_id:
        return Authentication()
    parsed = [_parsed(value) for value in _trusted_fields(scan, own_hosts)]
    if not parsed or parsed[0] is None or not _is(parsed[0], authserv_id):
        return Authentication()
    headers = [header for header in parsed if header is not None and _is(header, authserv_id)]
    results = [result for header in headers for result in header.results]
    if any(_contradict(method, headers) for method in _IDENTITY):
        return Authentication()
    return Authentication(
        dmarc=_result("dmarc", results, author),
        dkim=_result("dkim", results, author),
        spf=_result("spf", results, author),
        source=f"border:{authserv_id.lower()}",
    )


def author_domain(scan: Scan) -> str:
    """Return the domain of the one author as the DNS writes it; "" where two readers could see two authors.

    Such a message has no authentication at all: whoever vouches for it may
    mean the author that the other reader sees.
    """
    values = scan.values("from")
    if len(values) != 1 or scan.excess or any(one.kind in _DECEPTIVE for one in scan.ambiguities):
        return ""
    authors = mailboxes(values[0])
    if len(authors) != 1 or not _is_plain(values[0], authors[0]):
        return ""
    return domain_of(authors[0].address)


def _is_plain(value: bytes, author: Address) -> bool:
    """Whether the address stands there once, in one pair of angle brackets at most, and in no group.

    A display name that repeats the address in quotes, or without, deceives nobody.
    """
    bare = _COMMENT.sub(" ", _QUOTED.sub(" ", unfold(value).decode("utf-8", "replace")))
    display, _, angle = bare.partition("<")
    if ":" in bare or ";" in bare or "<" in angle:
        return False
    if not angle:
        return bare.count("@") == 1
    inside, closed, after = angle.partition(">")
    if not closed or inside.count("@") != 1 or "@" in after:
        return False
    return "@" not in display or display.strip().lower() == author.address.lower()


def domain_of(text: str) -> str:
    """Return the domain of an address, or a domain, as the DNS writes it (RFC 5890); "" for none.

    >>> domain_of("Ann@Bücher.Example.")
    'xn--bcher-kva.example'
    """
    name = text.rpartition("@")[2].strip().strip(".").lower()
    if len(name) > 253:
        return ""
    try:
        return name.encode("idna").decode("ascii")
    except UnicodeError:
        return ""


def _trusted_fields(scan: Scan, own_hosts: tuple[str, ...]) -> Iterator[bytes]:
    """Yield the Authentication-Results fields that stood on top when the border had done its work."""
    hosts = {host.lower() for host in own_hosts}
    begun = False
    for field in scan.fields:
        if field.key not in _ABOVE or (field.key == "received" and _receiver(field) not in hosts):
            return
        if field.key == "authentication-results":
            begun = True
            yield unfold(field.value)
        elif begun:
            return  # what stands below a hop of the border's was there before the first field was


def _receiver(field: RawField) -> str:
    """Return the host that says it received the message, in lower case."""
    text = unfold(field.value[:_FIELD_CAP]).decode("ascii", "replace").lower().partition(";")[0]
    while (shorter := _COMMENT.sub(" ", text)) != text:
        text = shorter
    words = text.split()
    # The name after "from" is the client's own and may be "by".
    begin = 2 if words[:1] == ["from"] else 0
    after = [words[at + 1] for at in range(begin, len(words) - 1) if words[at] == "by"]
    return after[0] if after else ""


def _parsed(value: bytes) -> "authres.AuthenticationResultsHeader | None":
    if len(value) > _FIELD_CAP:
        return None
    try:
        text = value.decode("ascii")
        return authres.AuthenticationResultsHeader.parse("Authentication-Results: " + text)
    except Exception:  # noqa: BLE001  the promise: a field that cannot be read gives no authentication
        return None


def _is(header: "authres.AuthenticationResultsHeader", authserv_id: str) -> bool:
    version = header.version or "1"
    return str(header.authserv_id).lower() == authserv_id.lower() and str(version) == "1"


def _contradict(method: str, headers: "list[authres.AuthenticationResultsHeader]") -> bool:
    """Whether two fields say different things of a method; one of them then is not the border's."""
    said = [frozenset(_named(one) for one in header.results if _method(one) == method) for header in headers]
    return len({one for one in said if one}) > 1


def _result(method: str, results: list[object], author: str) -> Result:
    """Return the one result of a method; pass only where it speaks of the author's domain."""
    found = [
        (_named(result), _speaks_of(method, result, author))
        for result in results
        if _method(result) == method
    ]
    if not found:
        return Result.UNKNOWN
    aligned = {named for named, speaks in found if speaks}
    if method == "dkim":
        # A message may bear several signatures; one that holds for the author's domain is enough.
        return Result.PASS if Result.PASS in aligned else _worst({named for named, _ in found})
    if len({named for named, _ in found}) > 1:
        return Result.UNKNOWN
    named = found[0][0]
    if named is Result.PASS and not all(speaks for _, speaks in found):
        return Result.NONE
    return named


def _worst(named: set[Result]) -> Result:
    for result in (Result.FAIL, Result.TEMPERROR):
        if result in named:
            return result
    return Result.UNKNOWN if named == {Result.UNKNOWN} else Result.NONE


def _method(result: object) -> str:
    return str(getattr(result, "method", "")).lower()


def _named(result: object) -> Result:
    return _NAMED.get(str(getattr(result, "result", "")).lower(), Result.UNKNOWN)


def _speaks_of(method: str, result: object, author: str) -> bool:
    kind, name = _IDENTITY[method]
    values = [
        domain_of(str(prop.value))
        for prop in getattr(result, "properties", ())
        if str(prop.type).lower() == kind and str(prop.name).lower() == name
    ]
    if len(values) != 1 or not values[0]:
        return False
    if method == "dmarc":
        return values[0] == author
    return _aligned(values[0], author)


def _aligned(domain: str, author: str) -> bool:
    """Relaxed alignment (RFC 9989): the same domain, or one within the other, below a top-level domain."""
    if domain == author:
        return True
    shorter, longer = sorted((domain, author), key=len)
    return "." in shorter and longer.endswith("." + shorter)
