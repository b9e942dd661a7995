"""Says in a sentence what is wrong with a setting: where it stands, what it may be, and what was given."""

import difflib
import itertools
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le
from pydantic import BaseModel
from pydantic.fields import FieldInfo

Loc = tuple[str | int, ...]

PREFIX = "GATEPOST_"

_HEAD = re.compile(r"\s*(\[\[?)\s*([\w.\s\"'-]+?)\s*\]")
_KEY = re.compile(r"\s*([\w.\"'-]+)\s*=")
_LONGEST = 60  # characters of what was given


def complaint(model: type[BaseModel], error: Mapping[str, Any]) -> str:
    """The sentence for one of pydantic's errors about ``model``; the caller adds the place."""
    names = [part for part in error["loc"] if isinstance(part, str)]
    key = ".".join(names)
    match error["type"]:
        case "extra_forbidden":
            return f"unknown key '{key}'; {_instead(model, names)}"
        case "missing":
            return f"key '{key}' is missing"
        case _:
            return f"key '{key}' must be {form(model, names)} (given: {_shown(error['input'])})"


def variable(loc: Loc, environment: Mapping[str, str]) -> str:
    """The environment variable that gives the setting at ``loc``, or its section; "" where none does."""
    # A list is given whole: what stands at an index of it has no variable of its own.
    names = [str(part) for part in itertools.takewhile(lambda part: isinstance(part, str), loc)]
    whole = PREFIX + "__".join(names).upper()
    section = PREFIX + names[0].upper()
    for name, value in environment.items():
        if name.upper() == whole or name.upper().startswith(f"{whole}__"):
            return name
        if name.upper() == section and f'"{names[-1]}"' in value:
            return name
    return ""


def not_json(model: type[BaseModel], environment: Mapping[str, str]) -> tuple[str, str] | None:
    """The variable that should hold JSON and does not, and the sentence about it."""
    for name, value in environment.items():
        if not name.upper().startswith(PREFIX):
            continue
        field = _known(model, name[len(PREFIX) :].lower().split("__"))
        many = field is not None and get_origin(field.annotation) is tuple
        if field is not None and (many or _section(field)) and not _is_json(value):
            example = '["10.0.0.0/8"]' if many else '{"connections": 100}'
            return name, f"must be JSON, as in '{example}' (given: {_shown(value)})"
    return None


def _is_json(value: str) -> bool:
    try:
        json.loads(value)
    except ValueError:
        return False
    return True


def line(text: str, loc: Loc) -> int | None:
    """The line of a settings file where the setting at ``loc`` stands; of its section where it does not.

    >>> line('undo_seconds = 1\\n[smtp]\\nlisten = "x"', ("smtp", "listen"))
    3
    """
    wanted = tuple(str(part) for part in loc)
    table: tuple[str, ...] = ()
    entries: dict[str, int] = {}
    nearest, found = 0, None
    for number, written in enumerate(text.splitlines(), 1):
        if head := _HEAD.match(written):
            path = table = _parts(head[2])
            if head[1] == "[[":
                entries[head[2]] = entries.get(head[2], -1) + 1
                path = table = (*table, str(entries[head[2]]))
        elif key := _KEY.match(written):
            path = (*table, *_parts(key[1]))
        else:
            continue
        if len(path) > nearest and path == wanted[: len(path)]:
            nearest, found = len(path), number
    return found


def _parts(written: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in written.split("."))


def _instead(model: type[BaseModel], names: Sequence[str]) -> str:
    field = _known(model, names[:-1])
    section = _section(field) if field is not None else None
    known = (section or model).model_fields
    if elsewhere := _homes(model, names):
        return elsewhere
    near = difflib.get_close_matches(names[-1], known, n=1)
    if near:
        return f"did you mean '{'.'.join((*names[:-1], *near))}'?"
    return "'gatepost init DIR' writes a file with every key"


def _homes(model: type[BaseModel], names: Sequence[str]) -> str:
    """Where the last of ``names`` belongs, if it is a key of another place; "" otherwise.

    Whoever adds a key at the end of the file adds it to the last section.
    """
    key = names[-1]
    if len(names) > 1 and key in model.model_fields:
        return f"'{key}' stands at the top of the file, above the first [section]"
    sections = {name: _section(field) for name, field in model.model_fields.items()}
    homes = [f"[{name}]" for name, section in sections.items() if section and key in section.model_fields]
    return f"'{key}' belongs under {' or '.join(homes)}" if homes else ""


def _known(model: type[BaseModel], names: Sequence[str]) -> FieldInfo | None:
    field = model.model_fields.get(names[0]) if names else None
    section = _section(field) if field is not None else None
    if len(names) < 2:
        return field
    return _known(section, names[1:]) if section is not None else None


def _field(model: type[BaseModel], names: Sequence[str]) -> FieldInfo:
    field = _known(model, names)
    assert field is not None, names  # noqa: S101  pydantic complains only of fields that it has
    return field


def _section(field: FieldInfo) -> type[BaseModel] | None:
    """What a field holds one or many of; None where that is a plain value."""
    held = (*get_args(field.annotation), field.annotation)[0]
    return held if isinstance(held, type) and issubclass(held, BaseModel) else None


def form(model: type[BaseModel], names: Sequence[str]) -> str:
    """What a setting may be, as the end of a sentence.

    >>> from gateway.settings import Settings
    >>> form(Settings, ("quotas", "digest_minutes"))
    'a whole number from 1 to 1440'
    """
    field = _field(model, names)
    if field.description:
        return field.description
    if _section(field) is not None:
        return "a section with keys of its own"
    if get_origin(field.annotation) is Literal:
        return " or ".join(map(_shown, get_args(field.annotation)))
    if field.annotation is bool:
        return "true or false"
    if field.annotation is int:
        return _whole_number(field)
    return "text in quotes"


def _whole_number(field: FieldInfo) -> str:
    least = most = ""
    for bound in field.metadata:
        match bound:
            case Gt(gt=int(above)):
                least = str(above + 1)
            case Ge(ge=int(smallest)):
                least = str(smallest)
            case Le(le=int(largest)):
                most = str(largest)
    return f"a whole number from {least} to {most}" if most else f"a whole number, {least} or more"


def _shown(value: object) -> str:
    written = json.dumps(value, ensure_ascii=False, default=str)
    return written if len(written) <= _LONGEST else f"{written[: _LONGEST - 1]}…"
