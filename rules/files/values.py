"""The types of values in YAML files: a value means what it says, so no text is taken for a number."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

Whole = Annotated[int, Field(strict=True, ge=0)]
YesNo = Annotated[bool, Field(strict=True)]
Share = Annotated[float, Field(strict=True, ge=0, le=1)]
Text = Annotated[str, Field(min_length=1)]
Texts = Annotated[tuple[Text, ...], Field(min_length=1)]


def _listed(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


def one_or_more(kind: Any) -> BeforeValidator:
    """What lets a list be written as its only item: ``Annotated[tuple[K, ...], one_or_more(K)]``."""
    return BeforeValidator(_listed, json_schema_input_type=kind | tuple[kind, ...])


Values = Annotated[tuple[Text, ...], one_or_more(str), Field(min_length=1)]
