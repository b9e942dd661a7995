"""across(html, visible) -> words that stand together only where tags between their letters are not seen."""

import re

import re2

from rules.parsing.source import tagless

_BLOCK = r"(?:div|td|th|tr|table|tbody|p|li|ul|ol|h[1-6]|center|section|article|dd|dt|dl)"
# Ends of lines or cells between small letters: a style can put them side by side.
_JOINT = re.compile(rf"(?<=[^\W\d_])(?:</?{_BLOCK}\b[^<>]{{0,500}}>)++(?=[^\W\d_])", re.IGNORECASE)
# A short element with a look of its own within a word: some style or other may hide it.
_INSET = re.compile(
    r"(?<=[^\W\d_])<(span|font|b|i|u|s|a|em|strong|small|sub|sup|div|p|label|kbd|tt)\s"
    r"(?=[^<>]{0,300}?(?:style|class|id))[^<>]{0,600}+>"
    r"[^<>]{1,40}</\1\s{0,5}>(?=[^\W\d_])",
    re.IGNORECASE,
)
# RE2 says ten times faster that a page has neither.
_MAY_JOIN = re2.compile(
    rf"[\pL](?:(?i:</?{_BLOCK}\b[^<>]*>)+|<[a-zA-Z]+\s[^<>]*(?:style|class|id)[^<>]*>[^<>]{{1,40}}</[a-zA-Z]+\s*>)[a-z\x{{80}}-\x{{10ffff}}]".encode()
)
_BLANK = re.compile(r"[ \r\n]+")
_CELLS = 3
_NEIGHBOURS = 2
# Each goes to the end where nothing closes it, so that no later one looks there again.
_COMMENT = re.compile(
    r"<!--(?:-?>|.*?(?P<end>--!?>|\Z))|<(style|script)\b.*?(?P<close></\2|\Z)", re.DOTALL | re.IGNORECASE
)


def across(html: str, visible: str) -> str:
    """Return the words, each between its neighbours, a line each; "" where there are none.

    >>> across("<div>spe</div><div>cial offer</div>", "spe\\ncial offer")
    'special offer'
    """
    if not _MAY_JOIN.search(html.encode(errors="replace")):
        return ""
    places = sorted(
        match.span()
        for pattern in (_JOINT, _INSET)
        for match in pattern.finditer(html)
        if html[match.start() - 1 : match.start()].isalpha() and html[match.end()].islower()
    )
    if not places:
        return ""
    seen = set(visible.split())
    source = _COMMENT.sub(_blanked, html)
    glued = _new_words(tagless(_with(source, places, "")).split(), seen)
    # Syllables in cells of their own may be several words; tabs show where the cells end.
    celled = [
        word for word in _BLANK.split(tagless(_with(source, places, "\t"))) if word.count("\t") >= _CELLS
    ]
    return "\n".join(filter(None, (glued, *celled)))


def _blanked(comment: re.Match[str]) -> str:
    # What nothing closes may stand in an attribute and be no comment at all, so its words stay.
    closed = comment["end"] != "" and comment["close"] != ""
    return " " * len(comment[0]) if closed else comment[0]


def _with(html: str, places: list[tuple[int, int]], joint: str) -> str:
    pieces: list[str] = []
    kept = 0
    for start, end in places:
        if start >= kept:
            pieces += (html[kept:start], joint)
            kept = end
    return "".join((*pieces, html[kept:]))


def _new_words(words: list[str], seen: set[str]) -> str:
    stretches: list[tuple[int, int]] = []
    for at, word in enumerate(words):
        if word in seen:
            continue
        if stretches and at - _NEIGHBOURS <= stretches[-1][1]:
            stretches[-1] = stretches[-1][0], at + _NEIGHBOURS + 1
        else:
            stretches.append((max(0, at - _NEIGHBOURS), at + _NEIGHBOURS + 1))
    return "\n".join(" ".join(words[start:end]) for start, end in stretches)
