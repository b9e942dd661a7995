"""Counts and sizes as clause files write them: {over: 5}, 10 MiB."""

import re
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, model_validator

from rules.conditions.condition import Spec
from rules.files.values import Whole

_SIZE = re.compile(r"([0-9]{1,12})\s*(KiB|MiB|GiB)?")
_UNITS = {None: 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}


class Count(Spec):
    """How many: more than ``over``, fewer than ``under``."""

    over: Whole | None = None
    under: Whole | None = None

    def fits(self, number: int) -> bool:
        """Whether the number lies between."""
        return (self.over is None or number > self.over) and (self.under is None or number < self.under)

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.over is None and self.under is None:
            raise ValueError("should say {over: N} or {under: N}")
        return self


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
