"""Reads the strict YAML that clauses, packs and lists are written in, and knows the line of every value.

Strict means: no key twice, no anchors, aliases or tags, keys are text. Numbers
and booleans stay what they are, so that a schema can refuse them where text
belongs. Whatever the bytes, the outcome is a ``Document`` or ``Unreadable``.
"""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from rules.errors import Unreadable
from rules.files.complaints import complaint

LARGEST = 4 * 1024 * 1024
"""Octets; a larger file is a mistake, and reading it would take minutes."""

Model = TypeVar("Model", bound=BaseModel)
Loc = tuple[str | int, ...]

_NUMBER = re.compile(r"[-+]?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_WORDS: Mapping[str, Any] = {"true": True, "false": False, "null": None, "~": None, "": None}


@dataclass(frozen=True)
class Document:
    """A file's content as JSON would hold it, with the line of each key and item."""

    path: Path
    value: Any
    lines: Mapping[Loc, int] = field(repr=False)

    def line(self, loc: Loc) -> int:
        """The line of what ``loc`` leads to; of the nearest thing around it where it leads nowhere.

        Elements that lead nowhere are passed over, because a schema's
        locations also name the kind of a condition.
        """
        return self.lines.get(self._place(loc), 1)

    def name(self, loc: Loc) -> str:
        """The key under which stands what ``loc`` leads to, "" at the top."""
        return next((part for part in reversed(self._place(loc)) if isinstance(part, str)), "")

    def _place(self, loc: Loc) -> Loc:
        # The kind of a condition is also one of its keys: of two ways that are as deep, the one that passes
        # over it is right, because a key of the condition follows.
        found: dict[Loc, tuple[int, ...]] = {(): ()}
        for at, element in enumerate(loc):
            for place, used in tuple(found.items()):
                deeper = (*place, element)
                if deeper in self.lines:
                    found[deeper] = max(found.get(deeper, ()), (*used, at))
        return max(found, key=lambda place: (len(place), found[place]))

    def refuse(self, loc: Loc, problem: str) -> Unreadable:
        """The error that says what is wrong at ``loc``."""
        return Unreadable(str(self.path), self.line(loc), problem)


def read_yaml(path: Path) -> Document:
    """Return the file's content. Raises Unreadable for anything but strict YAML with a mapping at its top."""
    text = read_text(path)
    lines: dict[Loc, int] = {}
    value = _Reader(path, lines).value(_compose(path, text), ())
    if not isinstance(value, dict):
        raise Unreadable(str(path), 1, "this file should hold keys with values, such as 'title: …'")
    return Document(path, value, lines)


def read_text(path: Path) -> str:
    """Return the file as text. Raises Unreadable when it is not there, too large or not UTF-8."""
    return _decoded(path, read_octets(path))


def read_octets(path: Path) -> bytes:
    """Return the file's octets. Raises Unreadable when it cannot be read or is larger than ``LARGEST``."""
    try:
        with path.open("rb") as file:
            octets = file.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise Unreadable(str(path), 0, f"cannot be read ({why})") from error
    if len(octets) > LARGEST:
        raise Unreadable(str(path), 0, f"is larger than {LARGEST // 1024 // 1024} MiB")
    return octets


def validated(model: type[Model], document: Document, context: Any = None) -> Model:
    """Return the document as ``model``. Raises Unreadable with the line of what does not fit.

    ``context`` is what the model's own validators want to know beside it.
    """
    try:
        return model.model_validate_json(json.dumps(document.value), context=context)
    except ValidationError as error:
        # The deepest place tells most, an outer one only that something in it is wrong; and a key that is
        # not known may well be the misspelt form of one that is missing.
        errors = error.errors(include_url=False)
        first = max(errors, key=lambda item: (len(item["loc"]), item["type"] == "extra_forbidden"))
        raise document.refuse(first["loc"], complaint(first, document.name(first["loc"]))) from error


def _decoded(path: Path, octets: bytes) -> str:
    try:
        text = octets.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = octets.count(b"\n", 0, error.start) + 1
        raise Unreadable(str(path), line, "is not UTF-8 text; save it as UTF-8") from error
    for number, line_text in enumerate(text.split("\n"), 1):
        if any(_unwelcome(character) for character in line_text):
            raise Unreadable(str(path), number, "holds a control character; remove it")
    return text


def _unwelcome(character: str) -> bool:
    code = ord(character)
    return (
        (code < 0x20 and character not in "\t\r") or 0x7F <= code < 0xA0 or code in (0xFFFE, 0xFFFF, 0xFEFF)
    )


def _compose(path: Path, text: str) -> Node:
    try:
        node = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise Unreadable(str(path), line, f"is not YAML: {error.problem or error.context}") from error
    except (YAMLError, RecursionError, ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        # ruamel raises the latter four itself on some malformed directives and tags.
        raise Unreadable(str(path), 1, "is not YAML, or is nested too deep") from error
    if not isinstance(node, Node):
        raise Unreadable(str(path), 1, "is empty")
    return node


@dataclass(frozen=True)
class _Reader:
    """Turns YAML nodes into plain values, and notes the line of each."""

    path: Path
    lines: dict[Loc, int]

    def value(self, node: Node, loc: Loc) -> Any:
        line = node.start_mark.line + 1
        self.lines.setdefault(loc, line)
        if node.anchor or not str(node.tag).startswith("tag:yaml.org,2002:"):
            problem = "anchors, aliases and tags (&, * and !) are not used here; put quotes around it"
            raise Unreadable(str(self.path), line, problem)
        if isinstance(node, MappingNode):
            return self._mapping(node, loc)
        if isinstance(node, SequenceNode):
            return [self.value(item, (*loc, index)) for index, item in enumerate(node.value)]
        if isinstance(node, ScalarNode):
            return self._scalar(node, line)
        raise Unreadable(str(self.path), line, "is not YAML as it is used here")

    def _mapping(self, node: MappingNode, loc: Loc) -> dict[str, Any]:
        held: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, ScalarNode):
                raise Unreadable(str(self.path), line, "a key should be a word")
            key = str(key_node.value)
            if key in held:
                raise Unreadable(str(self.path), line, f"key '{key}' given twice")
            self.lines[*loc, key] = line
            held[key] = self.value(value_node, (*loc, key))
        return held

    def _scalar(self, node: ScalarNode, line: int) -> Any:
        text = str(node.value)
        if node.style is not None:
            return text
        if text.lower() in _WORDS and text in (text.lower(), text.capitalize(), text.upper()):
            return _WORDS[text.lower()]
        if not _NUMBER.fullmatch(text):
            return text
        try:
            number = float(text) if re.search(r"[.eE]", text) else int(text)
        except ValueError as error:
            raise Unreadable(str(self.path), line, "this number is too long; put quotes around it") from error
        if math.isinf(number):
            raise Unreadable(str(self.path), line, "this number is too large")
        return number
