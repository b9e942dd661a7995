"""An archived post as its author submitted it: without what the list added on the way."""

import re
from dataclasses import replace

from cli.posts.archive import Post
from rules.profile import Profile

_ADDED = (
    b"list-",
    b"x-mailman-",
    b"x-listserv-",
    b"x-beenthere",
    b"x-loop",
    b"x-original-to",
    b"precedence",
    b"received",
    b"return-path",
    b"delivered-to",
    b"errors-to",
    b"sender",
    b"archived-at",
    b"mailing-list",
    b"x-spam-",
)
_FIELD = re.compile(rb"^([!-9;-~]+)[ \t]*:", re.MULTILINE)
_TAG = re.compile(rb"((?:re|fwd?|aw|sv)[ \t]*:[ \t]*)*(\[([^\[\]\r\n]{1,60})\][ \t]*)", re.IGNORECASE)
_RULER = re.compile(rb"(?:[_#*-]|=3D|=(?!\r)){20,}=?[ \t]*\r\n")
_OF_A_LIST = re.compile(rb"mailing list|unsubscribe|jiscmail|listserv|listinfo", re.IGNORECASE)
_IDENTIFIER = re.compile(rb"^list-id[ \t]*:[^<\r\n]*<([^.>\r\n]+)", re.IGNORECASE | re.MULTILINE)
# What Pipermail puts in the place of a part that it took out of a post.
_SCRUBBED = re.compile(
    rb"^-{8,20} next part -{8,20}[ \t]*\r\n"
    rb"(?:An? [^\r\n]{1,60} was scrubbed\.\.\.[ \t]*\r\n(?:[A-Za-z]{3,7} ?:[^\r\n]{0,300}\r\n){0,8})?",
    re.MULTILINE,
)
_BOUNDARY = re.compile(rb"\r\n--[^\r\n ]{1,70}(?:--)?\r\n")
_LONGEST_FOOTER = 2000  # octets


def submitted(post: Post, profile: Profile) -> Post:
    """The post without what the list added."""
    return replace(post, octets=as_submitted(post.octets, profile))


def as_submitted(octets: bytes, profile: Profile) -> bytes:
    """The octets without List-* and Precedence fields, hops, the list's subject tag and its footer."""
    head, gap, body = octets.partition(b"\r\n\r\n")
    names = _tags(profile, head)
    kept = [_untagged(field, names) for field in _fields(head + b"\r\n") if not _added(field)]
    body = _SCRUBBED.sub(b"", body)
    return b"".join(kept).removesuffix(b"\r\n") + gap + _without_footer(body, profile)


def _fields(head: bytes) -> list[bytes]:
    starts = [match.start() for match in _FIELD.finditer(head)]
    if not starts or starts[0]:
        starts.insert(0, 0)
    return [head[start:end] for start, end in zip(starts, [*starts[1:], len(head)], strict=True)]


def _added(field: bytes) -> bool:
    return field.lower().startswith(_ADDED)


def _tags(profile: Profile, head: bytes) -> frozenset[bytes]:
    local = profile.list.partition("@")[0].lower().encode()
    words = [word for word in re.split(rb"[^a-z0-9]+", local) if word]
    tags = {local, b"".join(words), b"".join(word[:1] for word in words)}
    # RFC 2919: a list's own identifier begins with its name.
    return frozenset(tags | {identifier.lower() for identifier in _IDENTIFIER.findall(head)})


def _untagged(field: bytes, tags: frozenset[bytes]) -> bytes:
    name, colon, value = field.partition(b":")
    if name.strip().lower() != b"subject":
        return field
    text = value.lstrip(b" \t")
    match = _TAG.match(text)
    if match is None or match[3].strip().lower() not in tags:
        return field
    return name + colon + b" " + text[: match.start(2)] + text[match.end(2) :]


def _without_footer(body: bytes, profile: Profile) -> bytes:
    # A footer is a line of rules, and after it to the part's end a few words about the list.
    address = profile.list.lower().encode()
    kept, done = [], 0
    for ruler in _RULER.finditer(body):
        start = ruler.start()
        if start < done or body[start - 1 : start] not in (b"\n", b""):
            continue
        end = _end_of_part(body, ruler.end())
        if end - start > _LONGEST_FOOTER:
            continue
        footer = body[start:end].lower()
        if _OF_A_LIST.search(footer) or address in footer:
            kept.append(body[done:start])
            done = end
    return b"".join([*kept, body[done:]])


def _end_of_part(body: bytes, start: int) -> int:
    # A part ends before the next boundary; the search is short, so that many rulers cost no more than one.
    boundary = _BOUNDARY.search(body, start - 2, start + _LONGEST_FOOTER)
    return max(start, boundary.start()) if boundary else len(body)
