"""The schema of an example: as much of a post as is needed to prove a clause."""

import base64
import binascii
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)

from rules.conditions.condition import Spec
from rules.facts import Absence, Answer, Authentication, Facts, Result, Scanner, Standing
from rules.files.values import Text, Values, YesNo
from rules.profile import Nonmembers

USUAL_AUTHOR = "Robin Ash <robin.ash@member.example>"
_NAME = 60
_EXCLUSIVE = ("text", "html", "subject", "from_", "to", "headers", "attach")


def _is_base64(text: str | None) -> str | None:
    try:
        base64.b64decode("".join((text or "").split()), validate=True)
    except binascii.Error as error:
        raise ValueError("should be base64") from error
    return text


class ExampleAnswer(Spec):
    """What a scanner says of the example; ``absent`` is a verdict too, that of one that says nothing."""

    verdict: Text = ""
    score: Annotated[float, Field(strict=True, allow_inf_nan=False)] | None = None

    @property
    def said(self) -> Answer | Absence:
        """As evaluation takes it."""
        if self.verdict == "absent":
            return Absence("it is absent in this example")
        return Answer(self.verdict, self.score)


def _as_answer(value: Any) -> Any:
    if isinstance(value, str):
        return {"verdict": value}
    return {"score": value} if isinstance(value, int | float) else value


ExampleAnswers = dict[
    Scanner,
    Annotated[ExampleAnswer, BeforeValidator(_as_answer, json_schema_input_type=str | float | ExampleAnswer)],
]


class ExampleFacts(Spec):
    """What is known of the example beside its words."""

    standing: Standing = Standing.UNKNOWN
    dmarc: Result | None = None
    dkim: Result | None = None
    spf: Result | None = None
    looped: YesNo = False
    trusted: YesNo = False
    nonmembers: Nonmembers | None = None
    scanners: ExampleAnswers | None = None

    @model_serializer(mode="wrap")
    def _without_what_is_unsaid(self, written: SerializerFunctionWrapHandler) -> dict[str, Any]:
        # What is learned from examples goes by how they are written out: one that says nothing of
        # scanners must stay as it was before there were any.
        value: dict[str, Any] = written(self)
        if self.scanners is None:
            value.pop("scanners", None)
        return value

    @property
    def facts(self) -> Facts:
        """As evaluation takes them: a stated result comes from a border, otherwise there is no source."""
        said = {self.dmarc, self.dkim, self.spf} != {None}
        unknown = Result.UNKNOWN
        identity = Authentication(
            self.dmarc or unknown,
            self.dkim or unknown,
            self.spf or unknown,
            "border:example" if said else "none",
        )
        scanners = {scanner: answer.said for scanner, answer in (self.scanners or {}).items()}
        return Facts(self.standing, identity, self.trusted, self.looped, sourced=said, scanners=scanners)


class Attached(Spec):
    """A file attached to an example, by its text, its octets in base64, or a file beside the clause."""

    name: Text
    type: Annotated[str, Field(pattern=r"^[a-z0-9.+-]+/[a-z0-9.+-]+$")] = "application/octet-stream"
    text: str | None = None
    base64: Annotated[str | None, AfterValidator(_is_base64)] = None
    file: Text | None = None
    inline: YesNo = False

    @model_validator(mode="after")
    def _one_content(self) -> Self:
        if sum(given is not None for given in (self.text, self.base64, self.file)) > 1:
            raise ValueError("should have one of text, base64 and file")
        return self


class Example(Spec):
    """A post that a clause must find, or must leave alone; without a name its first words are its name."""

    name: Text
    text: str | None = None
    html: str | None = None
    subject: str | None = None
    from_: Annotated[Values | None, Field(alias="from")] = None
    to: Values | None = None
    headers: Annotated[dict[str, Values], Field(default_factory=dict)]
    attach: tuple[Attached, ...] = ()
    message: Text | None = None
    raw: str | None = None
    sender: str | None = None
    facts: ExampleFacts = ExampleFacts()

    @model_validator(mode="before")
    @classmethod
    def _named_by_its_words(cls, value: Any) -> Any:
        if not isinstance(value, dict) or "name" in value:
            return value
        parts = (value.get(key) for key in ("text", "subject", "html"))
        first = " ".join(next((part for part in parts if isinstance(part, str)), "").split())[:_NAME]
        return {**value, "name": first} if first else value

    @property
    def files(self) -> tuple[str, ...]:
        """The files it needs, relative to the file that holds it."""
        attached = tuple(item.file for item in self.attach if item.file)
        return (self.message, *attached) if self.message else attached

    @model_validator(mode="after")
    def _one_content(self) -> Self:
        whole = [key for key in ("message", "raw") if getattr(self, key) is not None]
        parts = [key.rstrip("_") for key in _EXCLUSIVE if key in self.model_fields_set]
        if len(whole) > 1 or (whole and parts):
            other = (*parts, *whole[1:])[0]
            raise ValueError(
                f"example '{self.name}': {whole[0]} is a whole message; {other} has no place beside it"
            )
        if not whole and not parts:
            raise ValueError(
                f"example '{self.name}' should say something: text, subject, html, attach or message"
            )
        return self
