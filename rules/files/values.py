"""The types of values in YAML files: a value means what it says, so no text is taken for a number."""

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

Whole = Annotated[int, Field(strict=True, ge=0)]
YesNo = Annotated[bool, Field(strict=True)]
Share = Annotated[float, Field(strict=True, ge=0, le=1)]
Text = Annotated[str, Field(min_length=1)]
Texts = Annotated[tuple[Text, ...], Field(min_length=1)]

_SIZE = re.compile(r"([0-9]{1,12})\s*(KiB|MiB|GiB)?")
_UNITS = {None: 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}


def _listed(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


def one_or_more(kind: Any) -> BeforeValidator:
    """What lets a list be written as its only item: ``Annotated[tuple[K, ...], one_or_more(K)]``."""
    return BeforeValidator(_listed, json_schema_input_type=kind | tuple[kind, ...])


Values = Annotated[tuple[Text, ...], one_or_more(str), Field(min_length=1)]


def _octets(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    match = _SIZE.fullmatch(value)
    if not match:
        raise ValueError(f"should be a size, such as 500000 or 10 MiB, not '{value}'")
    return int(match[1]) * _UNITS[match[2]]


Size = Annotated[Whole, BeforeValidator(_octets, json_schema_input_type=int | str)]


def as_size(octets: int) -> str:
    """A size as people say it.

    >>> as_size(10 << 20)
    '10.0 MiB'
    """
    if octets >= 1 << 20:
        return f"{octets / (1 << 20):.1f} MiB"
    return f"{octets / (1 << 10):.0f} KiB" if octets >= 1 << 10 else f"{octets} octets"
