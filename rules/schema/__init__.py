"""The JSON Schemas of clause, example, word, pack and list files, for editors that check while one types."""

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from pydantic import BaseModel

from rules.clause import ClauseFile, Examples
from rules.conditions.vocabulary import Vocabulary
from rules.pack import PackFile
from rules.profile import Profile

FOLDER = Path(__file__).parent

MODELS: Mapping[str, type[BaseModel]] = MappingProxyType(
    {"clause": ClauseFile, "examples": Examples, "words": Vocabulary, "pack": PackFile, "list": Profile}
)


def schema(name: str) -> str:
    """Return the schema of this sort of file, as the text of ``<name>.json``.

    >>> '"title": "ClauseFile"' in schema("clause")
    True
    """
    return json.dumps(MODELS[name].model_json_schema(by_alias=True), indent=1, sort_keys=True) + "\n"
