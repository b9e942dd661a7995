"""unsaid, new_lines: the lines of one form of a text that say what the other form does not."""

import re

_ADDED = re.compile(
    r"<(?:https?://|mailto:|www\.)[^>\s]{1,2000}>|\[(?:cid|image):[^\]]{0,300}\]", re.IGNORECASE
)
_NOT_WORD = {code: None for code in range(128) if not chr(code).isalnum()}
_NOT_WORD_ANYWHERE = re.compile(r"[\W_]+")
_SEARCHES_CAP = 2000


def unsaid(visible: str, beside: str) -> str:
    """Return the lines whose words do not stand in the other text, however its lines are broken.

    >>> unsaid("See you.\\nVote!", "> See\\n> you.")
    'Vote!'
    """
    said, at, searches = _key(beside), 0, 0
    new = []
    for line in visible.split("\n"):
        key = _key(line) if line else ""
        if not key:
            continue
        found = said.find(key, at, at + 4 * len(key) + 400)
        if found < 0 and searches < _SEARCHES_CAP:
            searches += 1
            found = said.find(key)
        if found < 0:
            new.append(line)
        else:
            at = found + len(key)
    return "\n".join(new)


def new_lines(text: str, before: str) -> str:
    """Return the lines that are no line of the other text, exactly as they are.

    >>> new_lines("See you.\\nVote!", "See you.")
    'Vote!'
    """
    seen = set(before.split("\n"))
    return "\n".join(line for line in text.split("\n") if line not in seen)


def _key(text: str) -> str:
    said = _ADDED.sub("", text) if "<" in text or "[" in text else text
    # Translating is twenty times faster on ASCII than a pattern.
    return (
        said.lower().translate(_NOT_WORD) if said.isascii() else _NOT_WORD_ANYWHERE.sub("", said.casefold())
    )
