"""Judges the posts of one call together: what each says in its own words, the others may quote.

Without a store there is no history; the other files of a call stand in for it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cli.posts.archive import NoMessages, Post
from cli.posts.judging import Case, Judged, judge, prepare
from gateway.confined.one import Reader
from rules.evaluate import needs
from rules.facts import NOTHING_SAID, Need, Said
from rules.policy import Policy
from rules.reading import Reading
from rules.said import own_sentences, quotations, said

FEW = 2_000
"""Posts whose readings are kept, so that nothing is read twice."""

SMALL = 64 << 20
"""Octets of all their messages together."""

Source = Callable[[], Iterator[Post | NoMessages]]
"""Finds the posts, and says which paths hold none; it may be asked twice."""

_KEY = b"gatepost rules"  # no secret: what is hashed here is forgotten when the command ends
_SEVERAL = ""


class Heard:
    """Which sentences the posts of a call say, and whether one of them alone does."""

    def __init__(self) -> None:
        self._by: dict[int, str] = {}

    def listen(self, name: str, reading: Reading) -> None:
        """Note what the post of that name says in its own words."""
        for sentence in own_sentences(reading, _KEY):
            if self._by.setdefault(sentence, name) != name:
                self._by[sentence] = _SEVERAL

    def said(self, name: str, reading: Reading) -> Said:
        """What of its quoted text other posts say; its own words do not excuse what it quotes."""
        quoted = quotations(reading, _KEY)
        hashes = (found for one in quoted for found in one.hashes)
        return said(quoted, {found for found in hashes if self._by.get(found, name) != name})


@dataclass(frozen=True, slots=True)
class Together:
    """Judges posts by a policy; ``archive`` ignores what a list adds."""

    policy: Policy
    reader: Reader
    archive: bool = False

    def judged(self, source: Source) -> Iterator[Judged | NoMessages]:
        """Yield the verdict on each post, in order, and what the source says of paths without any."""
        heard = Heard()
        # Compiling is done here, once, and is no part of a post's time.
        asks = Need.SAID in self.policy.compiled.needs
        kept = self._listened(heard, source) if asks else []
        for one in kept or self._prepared(source):
            yield one if isinstance(one, NoMessages) else judge(self.policy, one, self._said(heard, one))

    def _listened(self, heard: Heard, source: Source) -> list[Case | NoMessages]:
        """Hear all posts first; returns them if they are few, and otherwise none."""
        kept: list[Case | NoMessages] = []
        few, room = True, SMALL
        for one in self._prepared(source):
            if isinstance(one, Case):
                heard.listen(one.name, one.reading)
                room -= one.size
            few = few and room >= 0 and len(kept) < FEW
            if few:
                kept.append(one)
            else:
                kept.clear()
        return kept

    def _prepared(self, source: Source) -> Iterator[Case | NoMessages]:
        for found in source():
            if isinstance(found, Post):
                yield prepare(self.policy, found, self.reader, archive=self.archive)
            else:
                yield found

    def _said(self, heard: Heard, case: Case) -> Said:
        quotes = Need.SAID in needs(self.policy, case.reading)
        return heard.said(case.name, case.reading) if quotes else NOTHING_SAID
