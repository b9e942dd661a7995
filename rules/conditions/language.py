"""language: in which language the author's own words are."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from rules.conditions.condition import ConditionSpec, Found, Post, Question, summary
from rules.files.values import one_or_more
from rules.profile import Profile
from rules.text.languages import Language, language_of

_NAMES = {
    Language.ENGLISH: "English",
    Language.WELSH: "Welsh",
    Language.FRENCH: "French",
    Language.GERMAN: "German",
    Language.SPANISH: "Spanish",
    Language.ITALIAN: "Italian",
    Language.DUTCH: "Dutch",
    Language.PORTUGUESE: "Portuguese",
    Language.POLISH: "Polish",
    Language.SWEDISH: "Swedish",
    Language.DANISH: "Danish",
    Language.IRISH: "Irish",
    Language.GAELIC: "Scottish Gaelic",
}


class LanguageSpec(ConditionSpec):
    """Holds when the author's own words are in one of these languages."""

    language: Annotated[tuple[Language, ...], one_or_more(Language), Field(min_length=1)]

    def made(self, _profile: Profile, /) -> "Spoken":
        """The condition; the list's profile does not matter."""
        said = tuple(language.value for language in self.language)
        return Spoken(
            languages=frozenset(self.language), confidence=self.confidence, words=summary("language", said)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken(Question):
    """A question about the language; too few words are in none."""

    languages: frozenset[Language]
    # A look at each word: after all that costs less.
    cost: int = 40

    def find(self, post: Post) -> Found | None:
        """The language's name as the detail."""
        texts = [zone.text for zone in post.reading.zones if zone.name in ("own", "html")]
        language = language_of("\n".join(texts))
        return self.found(_NAMES[language]) if language in self.languages and language else None
