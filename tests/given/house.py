"""A small pack on disk, to be changed by a test."""

from pathlib import Path

PACK = """\
pack: house
title: House rules
source: {document: House rules}
review: 2027-01-31
profile: profile.yaml
contents:
  - heading: Tone
    clauses: [tone]
  - heading: Opening hours
    no_clause: A duty of the house, not of a post.
"""
TONE = """\
clause: tone
title: Mind your tone
source: {document: House rules, heading: Tone}
when: {phrase: [idiot, liar]}
says: The post says {quote}.
ask: Is this meant unkindly?
mend: Say it kindly.
must_hold:
  - name: an insult
    text: You idiot.
must_pass:
  - name: a kindness
    text: You friend.
"""
PROFILE = "list: example@lists.example.org\npacks: [./house]\n"


def house(folder: Path) -> Path:
    """A folder ``house`` with one clause that proves itself, and a list file beside it."""
    pack = folder / "house"
    (pack / "examples").mkdir(parents=True)
    (pack / "pack.yaml").write_text(PACK)
    (pack / "profile.yaml").write_text(PROFILE)
    (pack / "tone.yaml").write_text(TONE)
    (folder / "list.yaml").write_text(PROFILE)
    return pack


def change(path: Path, old: str, new: str) -> None:
    """Replaces what must be there."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
