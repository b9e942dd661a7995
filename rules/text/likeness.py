"""How like two names are to a hasty reader: the same shapes, or one slip apart."""

import unicodedata

from rules.text.lookalikes import ALWAYS, MIXED, PLAIN

_SHAPES = str.maketrans(
    {
        "0": "o",
        "1": "l",
        "i": "l",
        "|": "l",
        "!": "l",
        "3": "e",
        "4": "a",
        "5": "s",
        "7": "t",
        "8": "b",
        "$": "s",
    }
)
_PAIRS = (("rn", "m"), ("vv", "w"))
_LONGEST = 253


def skeleton(text: str) -> str:
    """What a name looks like at a glance: letters of other alphabets, digits and pairs that pose undone.

    >>> skeleton("ΙPЕМ.example") == skeleton("ipem.example") == skeleton("ipern.example")
    True
    """
    shown = text[:_LONGEST]
    plain = shown.lower() if shown.isascii() else _latin(shown)
    shaped = plain.translate(_SHAPES)
    for pair, letter in _PAIRS:
        shaped = shaped.replace(pair, letter)
    return shaped


def _latin(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).translate(PLAIN).translate(ALWAYS).translate(MIXED).casefold()
    return "".join(character for character in plain if unicodedata.category(character) not in ("Mn", "Cf"))


def unpacked(domain: str) -> str:
    """A domain with its punycode labels (RFC 3492) as a mail program shows them; those that are none stay.

    >>> unpacked("xn--pem-qma.example")
    'ípem.example'
    """
    labels = []
    for label in domain[:_LONGEST].split("."):
        try:
            labels.append(label[4:].encode("ascii").decode("punycode") if label.startswith("xn--") else label)
        except UnicodeError:
            labels.append(label)
    return ".".join(labels)


def slips_between(one: str, other: str, most: int) -> int:
    """How many letters are changed, left out, put in or exchanged; ``most`` + 1 for more than that.

    >>> slips_between("brackenfield", "brakcenfield", 2), slips_between("ipem", "office", 2)
    (1, 3)
    """
    if abs(len(one) - len(other)) > most or max(len(one), len(other)) > 63:
        return most + 1
    before: list[int] = []
    last = list(range(len(other) + 1))
    for at, letter in enumerate(one, 1):
        row = [at]
        for place, against in enumerate(other, 1):
            cost = min(last[place] + 1, row[place - 1] + 1, last[place - 1] + (letter != against))
            if at > 1 and place > 1 and letter == other[place - 2] and one[at - 2] == against:
                cost = min(cost, before[place - 2] + 1)
            row.append(cost)
        before, last = last, row
    return min(last[-1], most + 1)
