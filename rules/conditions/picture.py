"""picture: what the pictures of a post show: the organisation's logo, or faces."""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator

from rules.conditions.condition import ConditionSpec, Found, Post, Question, Spec, summary
from rules.pictures.faces import faces_in, missing
from rules.pictures.sketch import Sketch
from rules.profile import Logo, Profile
from rules.reading import Picture

if TYPE_CHECKING:
    from rules.pictures.logo import LogoSearch

WEAK = 0.3
"""How sure one is of faces unless the clause says otherwise: a note, and never a hold by itself."""

_SEARCH_COST = 60
_GREYS, _EDGES = 0.7, 0.55
"""Charts, text and other badges stay under 0.5 in their edges; the logo itself over 0.6."""


class Shown(StrEnum):
    """What is sought in pictures."""

    LOGO = "logo"
    FACES = "faces"


def _ready(shown: Shown) -> Shown:
    """What is to be sought, as it came. Raises ValueError where that needs what is not installed."""
    if shown is Shown.FACES and (problem := missing()):
        raise ValueError(f"'{shown}' {problem}")
    return shown


class PictureTest(Spec):
    """What a picture must show."""

    shows: Annotated[Shown, AfterValidator(_ready)]


class PictureSpec(ConditionSpec):
    """Holds when a picture shows the logo of the list's organisation, or faces."""

    picture: PictureTest

    def made(self, profile: Profile, /) -> "Pictured":
        """The condition; where the list file names no logo, none is found."""
        shows = self.picture.shows
        sure = self.confidence if shows is Shown.LOGO or "confidence" in self.model_fields_set else WEAK
        return Pictured(
            shows=shows,
            logo=profile.organisation.logo,
            confidence=sure,
            words=summary("picture shows", shows.value),
            cost=_SEARCH_COST,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictured(Question):
    """A question about pictures."""

    shows: Shown
    logo: Logo | None

    def find(self, post: Post) -> Found | None:
        """The picture that shows it most surely, told by the name of its file."""
        sure = self._surely()
        shown = [(sure(each.sketch), each) for each in post.reading.pictures if each.sketch is not None]
        most, picture = max(shown, key=lambda pair: pair[0], default=(0.0, None))
        if picture is None or most <= 0:
            return None
        what = "the logo" if self.shows is Shown.LOGO else "what seem to be faces"
        return Found((), most * self.confidence, f"{what} in {_named(post, picture)}")

    def _surely(self) -> Callable[[Sketch], float]:
        if self.shows is Shown.FACES:
            return lambda sketch: float(faces_in(sketch) > 0)
        logo = self.logo
        return lambda sketch: _likeness(logo.octets, sketch) if logo else 0.0


def _named(post: Post, picture: Picture) -> str:
    if picture.attachment == 0:
        return "a picture of the text"
    return post.reading.attachments[picture.attachment - 1].name or "a file without a name"


# Several lists of one organisation get the same post, and each search takes a tenth of a second.
@lru_cache(maxsize=20)
def _likeness(logo: str, sketch: Sketch) -> float:
    search = _search(logo)
    match = search.match(sketch) if search else None
    if match is None or match.greys < _GREYS or match.edges < _EDGES:
        return 0.0
    return min(1.0, match.score)


@lru_cache(maxsize=50)
def _search(logo: str) -> "LogoSearch | None":
    """Seeks the logo with these octets in base64; None for one that an earlier release let pass."""
    from rules.pictures.logo import LogoSearch  # Pillow is not for lists without a logo
    from rules.pictures.sketching import sketch_of

    sketch = sketch_of(base64.b64decode(logo))
    return LogoSearch(sketch) if sketch else None
