"""words: what stands in the pack's vocabularies, such as its words of praise."""

from dataclasses import replace
from typing import Annotated

from pydantic import Field

from rules.conditions.condition import summary
from rules.conditions.phrase import Phrase
from rules.conditions.scope import WordsSpec
from rules.conditions.vocabulary import Named
from rules.files.values import Whole, YesNo
from rules.matching.phrases import Sought
from rules.profile import Profile


class VocabularySpec(WordsSpec, Named):
    """Holds when ``at_least`` different words of these vocabularies stand in the text."""

    except_: Annotated[Sought | None, Field(alias="except")] = None
    at_least: Annotated[Whole, Field(ge=1)] = 1
    disguised: YesNo = True

    def made(self, _profile: Profile, /) -> Phrase:
        """The condition; the list's profile does not matter."""
        scope = self.scope(disguised=self.disguised)
        return Phrase(
            self.phrases,
            replace(scope, excepted=scope.excepted | self.excepted),
            self.at_least,
            self.confidence,
            title=summary("words", self.words),
        )
