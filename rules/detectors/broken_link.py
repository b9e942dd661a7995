"""broken-link: addresses that cannot work for a list's members, told without fetching anything."""

import ipaddress
import re
from collections.abc import Iterator

from rules.detectors.detector import Detector, found_by

_urls = found_by(r"(?:\b[a-z][a-z0-9+.-]{1,10}:[/\\]|\bfile:|\\\\[a-z])[^\s<>\"'`|]*")
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
_FILLER = re.compile(r"^(?:x{3,}|\[.*|\{.*|insert.*|your.*|tbc|tba|link|url|here|placeholder|\.{2,}|#)$")


def _find(text: str) -> Iterator[tuple[int, int]]:
    for start, end in _urls(text):
        url = text[start:end].rstrip(".,;:!?)]}")
        if is_broken(url):
            yield start, start + max(len(url), 1)


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
    }


def _leads_nowhere(host: str, rest: str) -> bool:
    if not host or _FILLER.match(host) or "http:" in host or ".." in host:
        return True
    if re.fullmatch(r"\[[0-9a-f:.]*\]|[0-9.]+", host):
        return _is_inner_address(host.strip("[]"))
    if any(host == name or host.endswith("." + name) for name in _EXAMPLES) or host.endswith(_INNER):
        return True
    if "." not in host.rstrip("."):
        return True
    if re.search(r"(?:^|\.)-|-(?:\.|$)|[,;$%*{}\[\]]", host):
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


DETECTOR = Detector(
    "broken-link",
    r"[a-z]:/|file:|\\\\[a-z]|[a-z]:\\",
    _find,
    frozenset({"subject", "own", "html", "link-target", "attachment", "calendar"}),
)
