"""turned(text) -> the text as it reads from right to left, or upside down, where something says so."""

import re

_OVERRIDE = "\u202e"
_TURNED = str.maketrans("ɐqɔpǝɟƃɥıᴉɾʞןʃɯuodbɹsʇnʌʍxʎz", "abcdefghiijkllmnopqrstuvwxyz")
_TELLING = re.compile("[ɐǝɟɥɹʇʌʍʞʎןɯ]")
_STRETCH = re.compile("\u202e([^\u202c\u202e]{0,2000})")
_MANY = 3
_UNSEEN = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F))


def turned(text: str, always: bool = False) -> str:
    """Return the lines that a character turns round, read backwards; all lines where they are turned
    ``always``.

    >>> turned("\u202ereffo\u202c and more").split("\\n")
    ['erom dna offer', 'offer and more']
    """
    if not always and (text.isascii() or not (_OVERRIDE in text or _TELLING.search(text))):
        return ""
    return "\n".join(filter(None, (_read(line, always) for line in text.split("\n"))))


def _read(line: str, always: bool) -> str:
    if always or _OVERRIDE in line:
        # Whole lines backwards, and each stretch that is turned by itself in its place.
        alone = _STRETCH.sub(lambda match: match[1][::-1], line).translate(_UNSEEN)
        return line.translate(_UNSEEN)[::-1].strip() + ("" if always else "\n" + alone)
    if len(_TELLING.findall(line[:2000])) >= _MANY:
        return line.translate(_TURNED)[::-1].strip()
    return ""
