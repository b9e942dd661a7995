"""Has a message scanned: each scanner is asked once, all at once, none for longer than its deadline."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from prometheus_client import Counter

from gateway.relay.breaker import Breaker
from gateway.scanners import clamd, spamd
from gateway.scanners.errors import Declined, NoAnswer
from gateway.scanners.rspamd import Rspamds
from rules.conditions.scanner import VERDICTS
from rules.facts import Absence, Answer, Scanner
from rules.files.values import as_size
from rules.scanners import Asked

Ask: TypeAlias = Callable[[str, bytes], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Question:
    """A scanner, where it is, how long it has and how much it is sent: asked once a message for all lists."""

    scanner: Scanner
    at: str
    seconds: float
    max_size: int

    @classmethod
    def of(cls, scanner: Scanner, asked: Asked) -> "Question":
        """The question that a list file asks."""
        return cls(scanner, asked.at, asked.seconds, asked.max_size)


ScannerAnswers: TypeAlias = Mapping[Question, Answer | Absence]


class _Place:
    """One scanner at one place: whether it is worth asking, and since when it has not answered."""

    def __init__(self, seconds: Callable[[], float]) -> None:
        self.breaker = Breaker(seconds)
        self.since: datetime | None = None

    def answered(self) -> None:
        self.breaker.succeeded()
        self.since = None

    def failed(self, why: str, now: datetime) -> Absence:
        self.breaker.failed()
        self.since = self.since or now
        return Absence(why, self.since)


class Scanning:
    """Asks the scanners that lists name. ``clock`` is the time, UTC; ``seconds`` count and never go back."""

    def __init__(
        self,
        answers: Counter,
        clock: Callable[[], datetime],
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._answers, self._clock, self._seconds = answers, clock, seconds
        self._places: dict[tuple[Scanner, str], _Place] = {}
        self._rspamds = Rspamds()
        self._asks: Mapping[Scanner, Ask] = {
            Scanner.CLAMD: clamd.ask,
            Scanner.SPAMD: spamd.ask,
            Scanner.RSPAMD: self._rspamds.ask,
        }

    async def scan(self, octets: bytes, questions: Iterable[Question]) -> ScannerAnswers:
        """Return what each scanner said, or why nothing; a scanner's trouble is never an exception."""
        async with asyncio.TaskGroup() as group:
            asked = {
                question: group.create_task(self._counted(question, octets))
                for question in dict.fromkeys(questions)
            }
        return {question: task.result() for question, task in asked.items()}

    async def close(self) -> None:
        """Ask no more."""
        await self._rspamds.close()

    async def _counted(self, question: Question, octets: bytes) -> Answer | Absence:
        said = await self._said(question, octets)
        word = "absent" if isinstance(said, Absence) else said.verdict
        known = word == "absent" or word in VERDICTS[question.scanner]
        self._answers.labels(question.scanner.value, word if known else "other").inc()
        return said

    async def _said(self, question: Question, octets: bytes) -> Answer | Absence:
        if len(octets) > question.max_size:
            most = as_size(question.max_size)
            return Absence(f"the message has {as_size(len(octets))}, and it is sent {most} at most")
        place = self._place(question)
        if not place.breaker.allows():
            return Absence("it failed a moment ago and is left alone for a few seconds", place.since)
        try:
            async with asyncio.timeout(question.seconds):
                answer = await self._asks[question.scanner](question.at, octets)
        except TimeoutError:
            return place.failed(f"no answer within {question.seconds:g} seconds", self._clock())
        except Declined as declined:
            place.answered()
            return Absence(declined.why)
        except NoAnswer as problem:
            return place.failed(problem.why, self._clock())
        except Exception as problem:  # noqa: BLE001  the promise: a scanner's trouble is its absence
            return place.failed(f"asking it failed ({type(problem).__name__})", self._clock())
        except BaseException:
            place.breaker.abandoned()
            raise
        place.answered()
        return answer

    def _place(self, question: Question) -> _Place:
        key = question.scanner, question.at
        place = self._places.get(key)
        if place is None:
            place = self._places[key] = _Place(self._seconds)
        return place
