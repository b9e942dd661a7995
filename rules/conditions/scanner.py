"""scanner: what a scanner said of the message, by its verdict or by its score.

A scanner that was not asked or did not answer has said nothing, neither that
the message is bad nor that it is clean: no question about it holds.
"""

from dataclasses import dataclass
from typing import Annotated, Self

from pydantic import Field, model_validator

from rules.conditions.condition import ConditionSpec, Found, Measure, Post, Question, Spec, summary
from rules.facts import Answer, Need, Scanner
from rules.files.values import Values
from rules.profile import Profile

VERDICTS = {
    Scanner.CLAMD: ("infected", "clean"),
    Scanner.SPAMD: ("spam", "clean"),
    Scanner.RSPAMD: (
        "reject",
        "quarantine",
        "discard",
        "rewrite subject",
        "add header",
        "soft reject",
        "greylist",
        "no action",
    ),
}
"""What each may say; rspamd's verdicts are its actions."""


class ScannerTest(Spec):
    """A scanner, and one of the verdicts that count or the least score that does."""

    name: Scanner
    verdict: Values | None = None
    at_least: Annotated[float, Field(strict=True, allow_inf_nan=False)] | None = None

    @model_validator(mode="after")
    def _answerable(self) -> Self:
        if (self.verdict is None) == (self.at_least is None):
            raise ValueError("should say either 'verdict' or 'at_least'")
        if self.at_least is not None and self.name is Scanner.CLAMD:
            raise ValueError("clamd gives no score; ask for {name: clamd, verdict: infected}")
        known = VERDICTS[self.name]
        for verdict in self.verdict or ():
            if verdict not in known:
                raise ValueError(f"{self.name.value} does not say '{verdict}'; it says {', '.join(known)}")
        return self


class ScannerSpec(ConditionSpec):
    """Holds when the scanner has answered so."""

    scanner: ScannerTest

    def made(self, _profile: Profile, /) -> "Answered":
        """The condition; whether the list has the scanner shows in the facts."""
        test = self.scanner
        asked = (f"at least {test.at_least:g}",) if test.at_least is not None else test.verdict or ()
        words = summary("scanner", f"{test.name.value} {' or '.join(asked)}")
        return Answered(test=test, confidence=self.confidence, words=words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered(Question):
    """A question about a scanner's answer."""

    test: ScannerTest

    def needs(self) -> frozenset[Need]:
        """The scanner's answer."""
        return frozenset({Need(self.test.name.value)})

    def find(self, post: Post) -> Found | None:
        """What the scanner said, as the detail."""
        answer = self._answer(post)
        if answer is None or not self._fits(answer):
            return None
        return self.found(f"{self.test.name.value}: {_told(answer)}")

    def measure(self, post: Post) -> Measure | None:
        """The score, where it is asked for and there is one."""
        answer, least = self._answer(post), self.test.at_least
        if answer is None or answer.score is None or least is None:
            return None
        return Measure(answer.score, "score", f"at least {least:g}")

    def _answer(self, post: Post) -> Answer | None:
        said = post.facts.scanners.get(self.test.name)
        return said if isinstance(said, Answer) else None

    def _fits(self, answer: Answer) -> bool:
        least = self.test.at_least
        if least is not None:
            return answer.score is not None and answer.score >= least
        return answer.verdict in (self.test.verdict or ())


def _told(answer: Answer) -> str:
    more = [answer.detail] if answer.detail else []
    if answer.score is not None:
        more.append(f"score {answer.score:g}")
    return f"{answer.verdict} ({', '.join(more)})" if more else answer.verdict
