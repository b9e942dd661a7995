"""Ids of transactions and holds: short enough to read out, random, never a word that starts with a digit."""

import secrets

ALPHABET = "23456789abcdefghjkmnpqrstvwxyz"
LENGTH = 12
_LETTERS = ALPHABET[8:]


def new_id() -> str:
    """Return a new id of twelve characters, the first one a letter."""
    # 128 random bits for some 59 that are used: what modulo favours is too little to matter.
    number, first = divmod(secrets.randbits(128), len(_LETTERS))
    characters = [_LETTERS[first]]
    for _ in range(LENGTH - 1):
        number, digit = divmod(number, len(ALPHABET))
        characters.append(ALPHABET[digit])
    return "".join(characters)
