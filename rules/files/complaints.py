"""Says in plain words what a schema found wrong, so that whoever edits a file can mend it."""

from collections.abc import Mapping
from typing import Any

_SAID = {
    "string_type": "should be text; put quotes around it",
    "bool_type": "should be true or false",
    "int_type": "should be a whole number",
    "float_type": "should be a number",
    "tuple_type": "should be a list, such as [one, two]",
    "list_type": "should be a list, such as [one, two]",
    "dict_type": "should be keys with values",
    "model_type": "should be keys with values",
    "model_attributes_type": "should be keys with values",
    "too_short": "should not be empty",
    "string_too_short": "should not be empty",
}


def complaint(error: Mapping[str, Any], name: str) -> str:
    """Return the sentence for one of pydantic's errors about the key ``name``; the caller adds the place."""
    loc = tuple(error["loc"])
    match error["type"]:
        case "extra_forbidden":
            return f"unknown key '{loc[-1]}'; correct its spelling or remove it"
        case "missing":
            return f"key '{loc[-1]}' is missing"
        case "value_error" | "assertion_error":
            return f"'{name}' {error['ctx']['error']}".removeprefix("'' ")
        case "kind":
            return f"'{name}'{_holding(error['input'])}: {error['msg']}".removeprefix("'': ")
        case kind if kind in _SAID:
            return f"'{name}' {_SAID[kind]}"
        case _:
            return f"'{name}': {_plain(str(error['msg']))}".removeprefix("'': ")


def _holding(given: Any) -> str:
    """What stands where a condition should: a misspelt one is found sooner by its name.

    >>> _holding({"frase": ["vote"]}), _holding({}), _holding("vote")
    (" holds 'frase'", '', '')
    """
    keys = ", ".join(f"'{key}'" for key in given) if isinstance(given, Mapping) else ""
    return f" holds {keys}" if keys else ""


def _plain(message: str) -> str:
    text = message.removeprefix("Input ").removeprefix("Value error, ")
    return text[:1].lower() + text[1:]
