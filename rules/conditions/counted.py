"""Counts as clause files write them: {over: 5}."""

from typing import Self

from pydantic import model_validator

from rules.conditions.condition import Spec
from rules.files.values import Whole


class Count(Spec):
    """How many: more than ``over``, fewer than ``under``."""

    over: Whole | None = None
    under: Whole | None = None

    def fits(self, number: int) -> bool:
        """Whether the number lies between."""
        return (self.over is None or number > self.over) and (self.under is None or number < self.under)

    @property
    def asked(self) -> str:
        """What it asks for, in words.

        >>> Count(over=2, under=5).asked
        'over 2 and under 5'
        """
        said = [
            f"{word} {bound}"
            for word, bound in (("over", self.over), ("under", self.under))
            if bound is not None
        ]
        return " and ".join(said)

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.over is None and self.under is None:
            raise ValueError("should say {over: N} or {under: N}")
        return self
