"""Fills the words of `templates/*.txt`, which a list owner may edit.

A template is plain text with places such as ``{id}``. A line with a place
that stays empty is left out. What fills a place is never read as a template.
"""

import re
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_PLACE = re.compile(r"\{([a-z_]+)\}")
_SUBJECT = "Subject: "
_WIDTH = 76
_COMMAND = "gatepost "


@dataclass
class TemplateWrong(Exception):
    """A template that names a place which nothing fills."""

    template: str
    place: str

    def __str__(self) -> str:
        return f"gateway/notices/templates/{self.template}.txt: nothing fills {{{self.place}}}"


@dataclass(frozen=True, slots=True)
class Text:
    """The filled words: ``subject`` is "" where the template has none; ``body`` ends with a line end."""

    subject: str
    body: str


@cache
def _template(name: str) -> str:
    return (files("gateway.notices") / "templates" / f"{name}.txt").read_text(encoding="utf-8")


def fill(name: str, values: Mapping[str, str]) -> Text:
    """The template ``name`` with its places filled. Raises TemplateWrong for a place without a value."""
    words = _template(name)
    for place in _PLACE.findall(words):
        if place not in values:
            raise TemplateWrong(name, place)
    lines = words.split("\n")
    subject = ""
    if lines[0].startswith(_SUBJECT):
        subject = _PLACE.sub(lambda place: values[place[1]], lines.pop(0).removeprefix(_SUBJECT))
    body = "\n".join(filled for line in lines for filled in _line(line, values))
    return Text(subject, re.sub(r"\n{3,}", "\n\n", body).strip("\n") + "\n")


def _line(line: str, values: Mapping[str, str]) -> list[str]:
    places = _PLACE.findall(line)
    if not places:
        return [line]
    if not all(values[place] for place in places):
        return []
    indent = line[: len(line) - len(line.lstrip())]
    first, *more = _PLACE.sub(lambda place: values[place[1]], line).split("\n")
    return [_wrapped(first), *(_wrapped(indent + piece if piece else "") for piece in more)]


def _wrapped(line: str) -> str:
    # A command is copied into a terminal, so it stays on one line.
    words = line.lstrip()
    if len(line) <= _WIDTH or words.startswith(_COMMAND):
        return line.rstrip()
    indent = line[: len(line) - len(words)]
    return textwrap.fill(
        words,
        _WIDTH,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
