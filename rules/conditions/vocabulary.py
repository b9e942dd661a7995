"""Vocabularies: a pack's own lists of words, one file each in ``words/``, known to its clauses by name.

They are looked up while a clause is read. From then on the clause holds the
words themselves, so that a published policy needs no file.
"""

from functools import cached_property
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator
from pydantic.json_schema import SkipJsonSchema

from rules.conditions.condition import Spec
from rules.files.values import Text, one_or_more
from rules.files.yamlfile import read_yaml, validated
from rules.matching.phrases import Sought, as_written

FOLDER = "words"

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=64)]
Names = Annotated[tuple[Name, ...], one_or_more(str), Field(min_length=1)]


class Vocabulary(Spec):
    """The schema of a word file: its name, one sentence on what its words have in common, the words.

    ``except``: longer phrases in which they mean something else.
    """

    words: Name
    note: Text
    list: Sought
    except_: Annotated[Sought | None, Field(alias="except")] = None

    @model_validator(mode="after")
    def _none_twice(self) -> Self:
        seen: set[str] = set()
        for phrase in map(as_written, self.list):
            if phrase in seen:
                raise ValueError(f"'{phrase}' stands in the list twice")
            seen.add(phrase)
        return self


def load_vocabulary(path: Path) -> Vocabulary:
    """Return the words in a file. Raises Unreadable, whatever the file's bytes are."""
    document = read_yaml(path)
    vocabulary = validated(Vocabulary, document)
    if vocabulary.words != path.stem:
        named = vocabulary.words
        raise document.refuse(("words",), f"the file of words '{named}' should be named {named}.yaml")
    return vocabulary


class Vocabularies:
    """The word files beside the clauses in a folder, each read once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / FOLDER
        self._read: dict[str, Vocabulary] = {}

    def named(self, name: str) -> Vocabulary:
        """The words of a name. Raises ValueError where there is no such file, Unreadable for a bad one."""
        if name not in self._read:
            path = self._folder / f"{name}.yaml"
            if not path.is_file():
                there = f"; there are {', '.join(self.names)}" if self.names else ""
                raise ValueError(
                    f"names '{name}', but there is no {FOLDER}/{name}.yaml beside this file{there}"
                )
            self._read[name] = load_vocabulary(path)
        return self._read[name]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names for which there are files."""
        return tuple(sorted(path.stem for path in self._folder.glob("*.yaml")))


_Held = SkipJsonSchema[Annotated[tuple[Text, ...], Field(validate_default=True)]]
"""What the word files hold; a clause file does not say it."""


class Named(Spec):
    """Vocabularies that a clause file names; ``listed`` are their words, ``innocent`` their exceptions."""

    words: Names
    listed: _Held = ()
    innocent: _Held = ()

    @property
    def phrases(self) -> frozenset[str]:
        """The words as they are sought."""
        return frozenset(map(as_written, self.listed))

    @property
    def excepted(self) -> frozenset[str]:
        """The longer phrases, as they are sought, in which the words do not count."""
        return frozenset(map(as_written, self.innocent))

    @field_validator("listed", "innocent", mode="before")
    @classmethod
    def _looked_up(cls, given: object, info: ValidationInfo) -> object:
        if not info.context or "words" not in info.data:
            return given
        if given:
            raise ValueError("is not for clause files: it is what the word files hold")
        vocabularies: Vocabularies = info.context["vocabularies"]
        found = [vocabularies.named(name) for name in info.data["words"]]
        held = [one.list if info.field_name == "listed" else one.except_ or () for one in found]
        return tuple(dict.fromkeys(word for words in held for word in words))
