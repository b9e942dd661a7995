"""unseen(html) -> texts that stand in the source of a page and that its reader is not shown.

A scan of the source and not of the tree, so that broken tags, attributes of
closing tags and what no tree keeps are there too.
"""

import html as markup
import re
from collections.abc import Iterator

import re2

from rules.parsing.styles import unescaped

_COMMENT_OR_SHEET = re.compile(r"<!--|<(style|script)\b", re.IGNORECASE)
_CONDITION = re.compile(r"\s*\[(?:if[^\]]{0,200}|endif)\]>?|<!\[endif\]", re.IGNORECASE)
_BOGUS = re.compile(r"<(?:!(?!--)|\?|/(?![a-zA-Z]))([^>]{1,4000})")
_STOCK = re.compile(
    r"doctype\s+(?:html|HTML)(?:\s+public\s+[\"']-//(?:w3c|ietf)//[^\"']{0,60}[\"'](?:\s*[\"']http://www\.w3\.org/[^\"']{0,80}[\"'])?)?\s*$"
    r"|xml\s[^>]{0,100}\?$|xml:namespace[^>]{0,200}$|\[(?:if|endif|else)[^\]]{0,200}\]?-{0,2}$|-{0,2}\[endif\]-{0,2}$",
    re.IGNORECASE,
)
# RE2, because this is sought at every place of a page.
_ATTRIBUTE = re2.compile(
    rb"(?i)(?:^|[^\w-])(?:alt|title|summary|label|placeholder|value|content|standby|abbr|prompt|aria-[a-z]{1,30}|data-[\w-]{1,40})"
    rb"\s*=\s*(?:\"([^\"]*)|'([^']*)|([^\s\"'>]+))"
)
_STOCK_VALUE = re.compile(
    r"\s*(?:text/html|width=|ie=|microsoft|word\.|telephone=|date=|light|dark|only|true|false|none|auto|utf-8|[\d\W_]*$)",
    re.IGNORECASE,
)
_UNSHOWN = ("iframe", "object", "applet", "svg", "template", "audio", "video", "noframes", "frameset")
_MAY_HOLD = re.compile(rf"<({'|'.join(_UNSHOWN)})\b", re.IGNORECASE)
_LITERAL = re.compile(r"\"([^\"\n]{0,4000})\"|'([^'\n]{0,4000})'|`([^`]{0,4000})`")
_CONTENT = re.compile(
    r"content\s{0,20}:((?:\s{0,20}(?:\"[^\"]{0,2000}\"|'[^']{0,2000}')){1,20})", re.IGNORECASE
)
_QUOTED = re.compile(r"\"([^\"]*)\"|'([^']*)'")
_SMALL = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
_TAG = re.compile(r"<(/?[a-zA-Z][\w:-]{0,40})?[^<>]{0,2000}>")
_BLOCKS = frozenset(
    (
        *(
            "p",
            "div",
            "br",
            "hr",
            "li",
            "ul",
            "ol",
            "dl",
            "dt",
            "dd",
            "table",
            "tr",
            "td",
            "th",
            "tbody",
            "thead",
        ),
        *("h1", "h2", "h3", "h4", "h5", "h6", "pre", "blockquote", "section", "article", "header", "footer"),
        *("center", "body", "html", "head", "title", "text", "desc", "foreignobject", "option", "caption"),
    )
)


def unseen(html: str) -> Iterator[str]:
    """Yield the texts, some of them more than once; linear whatever the source."""
    for match in _ATTRIBUTE.finditer(html.encode(errors="replace")):
        value = (match[1] or match[2] or match[3] or b"").decode()
        if not _STOCK_VALUE.match(value):
            yield tagless(value)
    yield from _comments_and_sheets(html)
    yield from (tagless(match[1]) for match in _BOGUS.finditer(html) if not _STOCK.match(match[1]))
    yield from _in_elements(html)
    yield tagless(html[html.rfind("<") + 1 :]) if html.rfind("<") > html.rfind(">") else ""


def tagless(html: str) -> str:
    """Return the text of a piece of HTML, a blank for each tag that begins a line or a cell.

    >>> tagless("spe<b>cial</b><p>o&#102;fer")
    'special offer'
    """
    text = _TAG.sub(_blank, html) if "<" in html else html
    return markup.unescape(text) if "&" in text else text


def _blank(tag: re.Match[str]) -> str:
    return " " if (tag[1] or "").strip("/").lower() in _BLOCKS else ""


def _comments_and_sheets(html: str) -> Iterator[str]:
    """Yield the comments' texts (some programs show what stands in a conditional one), and what sheets
    and scripts say.

    In sheets and scripts the signs of a comment are only there for programs older than either.
    """
    opening = _COMMENT_OR_SHEET.search(html)
    small = lowered(html) if opening else ""
    while opening:
        kind = (opening[1] or "").lower()
        end = small.find(f"</{kind}" if kind else "-->", opening.end())
        inside = html[opening.end() : end if end >= 0 else len(html)]
        if not kind:
            yield tagless(_CONDITION.sub(" ", inside))
        else:
            yield from generated(inside) if kind == "style" else _literals(inside)
        opening = _COMMENT_OR_SHEET.search(html, end) if end >= 0 else None


def generated(sheet: str) -> Iterator[str]:
    """Yield the texts that a style sheet adds to a page, each, and all together."""
    if "content" not in sheet.lower():
        return
    rules = [
        "".join(unescaped(one or other) for one, other in _QUOTED.findall(match[1]))
        for match in _CONTENT.finditer(sheet)
    ]
    yield from rules
    yield "".join(rules)


def _literals(script: str) -> Iterator[str]:
    for literal in _LITERAL.findall(script):
        yield tagless("".join(literal))


def _in_elements(html: str) -> Iterator[str]:
    """Yield what stands in elements whose text is only for programs that cannot show the element."""
    names = sorted({match[1].lower() for match in _MAY_HOLD.finditer(html)})
    small = lowered(html) if names else ""
    for name in names:
        at = small.find(f"<{name}")
        while at >= 0:
            begin = small.find(">", at) + 1
            end = small.find(f"</{name}", at)
            if begin:
                yield tagless(html[begin : end if end >= 0 else len(html)])
            at = small.find(f"<{name}", max(end, begin)) if end >= 0 and begin else -1


def lowered(html: str) -> str:
    """Return the source in small letters, as long as it was."""
    small = html.lower()
    return small if len(small) == len(html) else html.translate(_SMALL)
