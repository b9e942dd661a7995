"""The schema of a clause file: a citable paragraph, what watches it, and the examples that prove it."""

import string
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from rules.conditions.combine import AnySpec
from rules.conditions.condition import Spec
from rules.conditions.vocabulary import Vocabularies
from rules.files.force import ClauseAction, ClauseStatus
from rules.files.values import Share, Text, Whole, YesNo
from rules.files.yamlfile import Document, read_yaml, validated
from rules.proving.example import Example

SLOTS = frozenset({"quote", "sentence", "second", "list", "organisation", "author"})
"""What may stand in braces in ``says``."""


def _template(text: str) -> str:
    try:
        slots = [
            (name + (spec or "") + (turn or "")) for _, name, spec, turn in _pieces(text) if name is not None
        ]
    except ValueError as error:
        raise ValueError(f"holds a brace that is not closed ({error})") from error
    unknown = sorted(set(slots) - SLOTS)
    if unknown:
        raise ValueError(f"holds {{{unknown[0]}}}; there are {', '.join(sorted(SLOTS))}")
    return text


def _pieces(text: str) -> Iterable[tuple[str, str | None, str | None, str | None]]:
    return string.Formatter().parse(text)


Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=64)]
Named = tuple[Example, ...]


class Source(Spec):
    """Where the clause is written: the document and the heading in it."""

    document: Text
    heading: Text
    publisher: Text | None = None
    url: Text | None = None


class Clause(Spec):
    """A paragraph of a policy, and the condition under which a post may break it.

    ``live_with``: it acts only where authentication has a source, and is in
    shadow elsewhere, whatever its status.
    """

    clause: Id
    title: Text
    source: Source
    action: ClauseAction = ClauseAction.HOLD
    status: ClauseStatus = ClauseStatus.LIVE
    threshold: Share = 0.5
    sensitive: YesNo = False
    live_with: Literal["authentication"] | None = None
    when: AnySpec
    says: Annotated[Text, AfterValidator(_template)]
    ask: Text
    mend: Text


class ClauseFile(Clause):
    """A clause with its proof."""

    must_hold: Annotated[Named, Field(min_length=1)]
    must_pass: Annotated[Named, Field(min_length=1)]

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        _refuse_repeats((*self.must_hold, *self.must_pass))
        return self


class Examples(Spec):
    """The further examples of a clause, in ``examples/<clause>.yaml``."""

    must_hold: Named = ()
    must_pass: Named = ()

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        _refuse_repeats((*self.must_hold, *self.must_pass))
        return self


class InForce(Clause):
    """A clause on one list, after local settings; ``phrases`` are the list's own, ``expiry`` counts days."""

    pack: Id
    phrases: tuple[Text, ...] = ()
    expiry: Whole | None = None

    @property
    def name(self) -> str:
        """Pack and clause, as `rules` commands write them."""
        return f"{self.pack}/{self.clause}"


def load_clause(path: Path, pack: str = "") -> ClauseFile:
    """Return the clause of a pack in a file. Raises Unreadable, whatever the file's bytes are."""
    document = read_yaml(path)
    beside = {"clause": f"{pack}/{path.stem}", "vocabularies": Vocabularies(path.parent)}
    clause = validated(ClauseFile, document, beside)
    if clause.clause != path.stem:
        raise document.refuse(
            ("clause",), f"the file of clause '{clause.clause}' should be named {clause.clause}.yaml"
        )
    _refuse_bad_examples(document, clause)
    return clause


def load_examples(path: Path) -> Examples:
    """Return further examples of a clause. Raises Unreadable, whatever the file's bytes are."""
    document = read_yaml(path)
    examples = validated(Examples, document)
    _refuse_bad_examples(document, examples)
    return examples


def _refuse_bad_examples(document: Document, held: ClauseFile | Examples) -> None:
    for key in ("must_hold", "must_pass"):
        for number, example in enumerate(getattr(held, key)):
            for name in example.files:
                if not (document.path.parent / name).is_file():
                    raise document.refuse((key, number, "name"), f"there is no file '{name}' beside this one")


def _refuse_repeats(examples: Named) -> None:
    seen: set[str] = set()
    for example in examples:
        if example.name in seen:
            raise ValueError(f"two examples are named '{example.name}'; give each a name of its own")
        seen.add(example.name)
