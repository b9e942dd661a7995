"""broken-link: addresses that cannot work for a list's members, told without fetching anything."""

import ipaddress
import re
from collections.abc import Iterator

from rules.detectors.detector import PostDetector, Span, around, found_by
from rules.detectors.listed import is_listed
from rules.matching.haystack import family
from rules.matching.places import Place
from rules.normal import normalise
from rules.reading import Reading
from rules.zones import Family

_urls = found_by(r"(?:\b[a-z][a-z0-9+.-]{1,10}:[/\\]|\bfile:|\\\\[a-z])[^\s<>\"'`|]*")
# What a program that finds links makes of a slip is worth nothing: these are slips.
_slips = found_by(
    r"\bhttps?//[a-z0-9]|\bhttps?;//|\bhttps? ://|\bhttps?:// ?(?: |$)|\bwww,[a-z]|"
    r"\bwww ?\. [a-z0-9-]+\.[a-z]|\bhttps?:/[a-z0-9-]+\.[a-z]|"
    r"\bw{2,4}\.{2,}[a-z]|\bhttps?\.//|\bhttps?:www\.|\bhttps?:///[a-z]"
)
_drives = found_by(
    r"\b(?:found|stored|located|saved|available|put|copy|look|go|browse|see|is|are|at|here|attached|drive|"
    r"folder|file|form|download)[: ]{1,3}"
    r"(?:(?:it|them|at|in|on|here|under|to|from) ){0,2}[\"'(]?[a-z]:\\[^\s\"'<>|)]*"
)
_dead = re.compile(r"#|javascript:(?:void\(0\)|;|//)?;?|about:blank|https?://#?")
_SCHEMES = frozenset({"http", "https", "ftp", "ftps", "sftp"})
_OTHERS = (
    "doi:/",
    "mms://",
    "rtsp://",
    "ssh://",
    "git://",
    "sip:/",
    "webcal://",
    "svn://",
    "ldap://",
    "news:/",
    "magnet:/",
)
_INNER = (
    ".local",
    ".localhost",
    ".internal",
    ".intranet",
    ".lan",
    ".corp",
    ".home",
    ".home.arpa",
    ".invalid",
    ".test",
)
_EXAMPLES = (
    "example.com",
    "example.org",
    "example.net",
    "yourdomain.com",
    "yoursite.com",
    "domain.com",
    "website.com",
    "mysite.com",
)
# Where a writer means whichever machine their reader has.
_ANY_HOST = frozenset(
    {
        "ip",
        "ip-address",
        "ipaddress",
        "host",
        "hostname",
        "host-name",
        "server-ip",
        "yourhost",
        "your-host",
        "your-ip",
        "your-server",
    }
)
# What stands where an address was to be filled in: whole words, for there are yourvoice and todoist.
_UNFILLED = re.compile(
    r"(?:[/.=]|^)(?:insert[-_]?(?:link|url|here|your[-_]?(?:link|url))|(?:link|url)[-_]?(?:goes[-_]?)?here|"
    r"your[-_]?(?:domain|site|link)(?:[-_]?(?:name|here))?)(?:[-_/.?#]|$)|yourdomain|"
    r"^//x{2,}(?:\.x{2,})+(?:[/:]|$)"
)
# Somebody who explains how a program is set up names their own machine on purpose.
_HOW_TO = re.compile(
    r"\b(?:your (?:own )?(?:machine|computer|browser|laptop|pc|workstation|host)|same (?:machine|computer|"
    r"host)|docker|containers?|install(?:ed|ing|s)?|(?:start|run|launch|restart)(?:s|ed|ning)? (?:the|a|"
    r"your|it|up)? ?(?:server|service|program|container|script|app)?|command(?: line)?|terminal|"
    r"config(?:uration)?|default port|port|listens?|listening|localhost|locally|local server|web ?server|"
    r"rest api|api|curl|wget|jupyter|notebook|orthanc|pacs|flask|django|node-red|grafana|ssh|tunnel|vpn|"
    r"ip address(?:es)?|subnet|router|dhcp|gateway|firewall|docs say|for example|e\.g\.|such as|"
    r"placeholder|replace|defanged|phishing|scam|do not click|don't click|suspicious|malicious|old (?:link|"
    r"address)|broken|dead link|wrong (?:link|address)|mistyped|typo|does not (?:open|work)|"
    r"doesn't (?:open|work)|not work|instead of|should (?:have )?(?:read|be(?:en)?)|correct(?:ed)? (?:link|"
    r"address)|something like|of the form|syntax|path[-_/]to|encod(?:e|es|ed|ing))\b"
)
_PROGRAMS = (
    ".sh",
    ".py",
    ".ini",
    ".cfg",
    ".conf",
    ".json",
    ".xml",
    ".yaml",
    ".yml",
    ".log",
    ".bat",
    ".ps1",
    ".js",
    ".m",
    ".r",
    ".c",
    ".cpp",
    ".h",
    ".sql",
    ".toml",
    ".env",
    ".service",
    ".ipynb",
)
_AT = re.compile(r" (?:at|\[at\]|\(at\)) [a-z0-9-]+\.[a-z]")
_REACH = 260
_ZONES = frozenset(
    {Family.SUBJECT, Family.OWN, Family.HTML, Family.LINK_TARGET, Family.ATTACHMENT, Family.CALENDAR}
)
_WRITTEN = (
    Family.OWN,
    Family.HTML,
    Family.QUOTED,
    Family.SIGNATURE,
    Family.DISCLAIMER,
    Family.HIDDEN,
    Family.ATTACHMENT,
)


def _find(reading: Reading) -> Iterator[Place]:
    for index, zone in enumerate(reading.zones):
        kind = family(zone.name)
        if kind not in _ZONES or (kind == Family.ATTACHMENT and _is_program(zone.name, reading)):
            continue
        normal = normalise(zone.text)
        found = _of_targets(reading, zone.text) if kind == Family.LINK_TARGET else _in_words(normal.text)
        for start, end in found:
            place = Place(
                index, *(normal.displayed(start, end) if kind != Family.LINK_TARGET else (start, end))
            )
            if not is_listed(zone.text, place.start, place.end):
                yield place


def _is_program(zone: str, reading: Reading) -> bool:
    """Whether an attached text is read by machines, to which their own address is as good as any."""
    number = int(zone.rpartition("-")[2])
    names = [name for attached in reading.attachments if attached.number == number for name in attached.names]
    return any(name.lower().endswith(_PROGRAMS) for name in names)


def _in_words(text: str) -> Iterator[Span]:
    for start, end in _urls(text):
        url = text[start:end].rstrip(".,;:!?)]}")
        if is_broken(url) and not _veiled(text, end) and not _is_explained(text, start, end):
            yield start, start + max(len(url), 1)
    for finder in (_slips, _drives):
        for start, end in finder(text):
            if not _is_explained(text, start, end):
                yield start, end


def _veiled(text: str, end: int) -> bool:
    # Archives write "https://anna at svn.example/" to keep addresses from harvesters.
    return _AT.match(text, end) is not None


def _of_targets(reading: Reading, text: str) -> Iterator[Span]:
    """Targets that stand behind words, one a line: what is written out is judged by the words around it."""
    written = "\n".join(zone.text for zone in reading.zones if family(zone.name) in _WRITTEN).lower()
    explained = _HOW_TO.search(" ".join(written.split())) is not None
    start = 0
    for target in text.split("\n"):
        url = target.strip().lower()
        shown = len(url) > len("https://#") and url in written
        if url and not shown and not explained and (_dead.fullmatch(url) or is_broken(url)):
            yield start, start + len(target)
        start += len(target) + 1


def _is_explained(text: str, start: int, end: int) -> bool:
    about = around(text, start, end, _REACH)
    reach = start - max(0, start - _REACH)
    return _HOW_TO.search(about[:reach] + " " + about[reach + end - start :]) is not None


def is_broken(url: str) -> bool:
    """Whether an address in lower case leads nowhere for a reader elsewhere.

    >>> is_broken("http://localhost/slides"), is_broken("https://doi.org/10.1088/1361-6560")
    (True, False)
    """
    if url.startswith(("\\\\", "file:")):
        return True
    if url.startswith(_OTHERS):
        return False
    scheme, _, rest = url.partition(":")
    if scheme not in _SCHEMES:
        # A slip of the finger (htp, ttps, hhtp) and nothing else: unknown schemes may well work.
        return _is_slip(scheme)
    if not rest.startswith("//"):
        return True
    authority = re.split(r"[/?#\\]", rest[2:], maxsplit=1)[0].rpartition("@")[2]
    host = authority if authority.startswith("[") else authority.partition(":")[0]
    return _leads_nowhere(host, rest)


def _is_slip(scheme: str) -> bool:
    return scheme in {
        "htp",
        "htttp",
        "ttp",
        "ttps",
        "hhttp",
        "hhttps",
        "htps",
        "htpps",
        "httpss",
        "htttps",
        "httl",
        "http.",
        "httpd",
        "htpp",
        "hptt",
        "hptts",
        "httos",
        "httpa",
        "hthtp",
    }


def _leads_nowhere(host: str, rest: str) -> bool:
    if host in _ANY_HOST:
        return False
    if not host or "http:" in host or ".." in host or _UNFILLED.search(rest):
        return True
    if re.fullmatch(r"\[[0-9a-f:.]*\]|[0-9.]+", host):
        return _is_inner_address(host.strip("[]"))
    if any(host == name or host.endswith("." + name) for name in _EXAMPLES) or host.endswith(_INNER):
        return True
    if "." not in host.rstrip("."):
        return True
    if re.search(r"(?:^|\.)-|-(?:\.|$)|[,;$%*{}\[\]]|^ww\.|^wwww\.|^www[a-z0-9-]*\.?$", host):
        return True
    return bool(
        re.search(r"//https?:/|\[(?:insert|your|link)", rest[2:])
        and "?" not in rest
        and "web.archive" not in rest
    )


def _is_inner_address(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return True
    return address.is_private or address.is_loopback or address.is_link_local or address.is_unspecified


DETECTOR = PostDetector(
    "broken-link",
    r"[a-z]:/|file:|\\\\[a-z]|[a-z]:\\|\bhttps?[/;. ]{1,2}/|\bwww ?[,.]|\bw{2,4}\.\.|https?:www|"
    r"javascript:|about:blank|(?:^| )#(?: |$)|(?:^| )data:",
    _find,
    _ZONES,
)
