"""shown_name(name) -> str: a file name as its reader takes it, whatever invisible characters it carries."""

import unicodedata

_INVISIBLE = ("Cf", "Cc", "Cs")


def shown_name(name: str) -> str:
    """Return the name in compatibility form (NFKC) without characters that do not show.

    >>> shown_name("invoice\\u202egpj.ｅxe")
    'invoicegpj.exe'
    """
    plain = name if name.isascii() else unicodedata.normalize("NFKC", name)
    return "".join(
        character for character in plain if unicodedata.category(character) not in _INVISIBLE
    ).strip()
