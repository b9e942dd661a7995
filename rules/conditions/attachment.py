"""attachment: names, types, sizes and facts of what is attached; nothing is opened here."""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Annotated

from pydantic import Field

from rules.conditions.condition import ConditionSpec, Found, Measure, Post, Question, Spec, summary
from rules.conditions.counted import Count
from rules.documents.document import DocumentFact
from rules.files.values import Size, Values, YesNo, one_or_more
from rules.matching.places import Place
from rules.profile import Profile
from rules.reading import Attachment


class AttachmentTest(Spec):
    """What one attachment must be in every respect; ``count`` counts those that are.

    One of ``facts`` is enough. ``name`` and ``extension`` look at the files in an archive too.
    """

    name: Values | None = None
    extension: Values | None = None
    type: Values | None = None
    detected: Values | None = None
    over: Size | None = None
    inline: YesNo | None = None
    facts: Annotated[tuple[DocumentFact, ...], one_or_more(DocumentFact), Field(min_length=1)] | None = None
    count: Count | None = None


class AttachmentSpec(ConditionSpec):
    """Holds when an attachment, or so many, fit."""

    attachment: AttachmentTest

    def made(self, _profile: Profile, /) -> "Attached":
        """The condition; the list's profile does not matter."""
        said = ", ".join(sorted(self.attachment.model_fields_set)) or "any"
        return Attached(test=self.attachment, confidence=self.confidence, words=summary("attachment", said))


_ANY = Count(over=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached(Question):
    """A question about attachments."""

    test: AttachmentTest

    def find(self, post: Post) -> Found | None:
        """The names of those that fit: as places where they are zones, and as the detail."""
        fits = self._fitting(post)
        count = self.test.count or _ANY
        if not count.fits(len(fits)):
            return None
        detail = ", ".join(attachment.name or "a file without a name" for attachment in fits[:3])
        places = tuple(place for attachment in fits[:3] for place in _named(post, attachment))
        return self.found(detail or "no attachment", places)

    def measure(self, post: Post) -> Measure | None:
        """How many fit, where they are counted."""
        count = self.test.count
        return Measure(len(self._fitting(post)), "fitting", count.asked) if count else None

    def _fitting(self, post: Post) -> list[Attachment]:
        return [attachment for attachment in post.reading.attachments if self._fits(attachment)]

    def _fits(self, attachment: Attachment) -> bool:
        test = self.test
        called = (attachment.name, *attachment.names, *attachment.members)
        names = [name.casefold().rstrip(". ") for name in called]
        return (
            (test.name is None or _any_glob(names, test.name))
            and (test.extension is None or any(_ends(name, ext) for name in names for ext in test.extension))
            and (test.type is None or _any_glob([attachment.declared.casefold()], test.type))
            and (test.detected is None or _any_glob([attachment.detected.casefold()], test.detected))
            and (test.over is None or attachment.size > test.over)
            and (test.inline is None or attachment.inline is test.inline)
            and (test.facts is None or not attachment.facts.isdisjoint(test.facts))
        )


def _any_glob(values: list[str], globs: tuple[str, ...]) -> bool:
    return any(fnmatchcase(value, glob.casefold()) for value in values for glob in globs)


def _ends(name: str, extension: str) -> bool:
    return name.endswith("." + extension.casefold().lstrip("."))


def _named(post: Post, attachment: Attachment) -> tuple[Place, ...]:
    """The whole name, where the reading has a zone for it."""
    wanted = f"attachment-name-{attachment.number}"
    for index, zone in enumerate(post.reading.zones):
        if zone.name == wanted and zone.text:
            return (Place(index, 0, len(zone.text)),)
    return ()
