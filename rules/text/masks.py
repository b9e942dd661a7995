"""masked_words(shape) -> where words have signs for some of their letters, as in "idi*t"."""

import re2

_MOST = 5_000
_SIGNS = ("*", "#", "%", "^", "{", "}", "[", "]", "_", "?", "--", "\x03")
# Letters, then signs and letters in turn; a sign at the end only where it is a star. \x03 is a sign that
# is not ASCII.
_MASKED = re2.compile(
    rb"[a-z]{1,40}(?:(?:[*#%^{}\x03\[\]]{1,5}|[_?]|-{2,5})[a-z]{1,40}){1,8}\*{0,3}|[a-z]{3,40}\*{1,3}"
)


def masked_words(shape: str) -> tuple[tuple[int, int], ...]:
    """Return the places of masked words of which at least half the letters, and two, are to be seen.

    >>> masked_words("an idi*t and p**f")
    ((3, 8), (13, 17))
    """
    if not any(sign in shape for sign in _SIGNS):
        return ()
    found = []
    for match in _MASKED.finditer(shape.encode()):
        start, end = match.span()
        known = sum(map(str.isalpha, shape[start:end]))
        whole = not (shape[start - 1 : start].isalnum() or shape[end : end + 1].isalnum())
        if whole and known >= 2 and 2 * known >= end - start:
            found.append((start, end))
        if len(found) >= _MOST:
            break
    return tuple(found)
