"""Finds every phrase and pattern of a policy in a haystack, in one pass each; interned by digest.

A canary is sought with the rest: an engine that ran out of memory, or was not
built, finds nothing and says nothing, and "nothing found" would let a post pass.
"""

import hashlib
import json
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import cached_property
from weakref import WeakValueDictionary

import ahocorasick_rs

from rules.conditions.condition import Atoms, Hits, Span
from rules.matching.haystack import CANARY, Haystack, View
from rules.matching.masked import Masked
from rules.matching.patterns import PatternSet, spans
from rules.matching.phrases import SHORTEST_DISGUISED, Literal, alike, literal_of
from rules.matching.squeezed import Squeezed

MOST_HITS = 200
"""Places kept of one atom in one post: more tell nobody more."""

STRETCH = 256 << 10
"""Code points searched at once, so that the list of hits in a hostile post stays small."""


class CanaryMissed(Exception):
    """An engine did not find what must be there: what it says of the post cannot be believed."""


class Matcher:
    """The phrases and patterns of some clauses, compiled."""

    def __init__(self, atoms: Atoms) -> None:
        by_text: dict[str, list[Literal]] = {}
        for phrase in (*sorted(atoms.phrases), CANARY):
            literal = literal_of(phrase)
            by_text.setdefault(literal.text, []).append(literal)
        self._sought = [tuple(literals) for literals in by_text.values()]
        self._overlap = max(map(len, by_text))
        self._automaton = ahocorasick_rs.AhoCorasick(
            list(by_text), matchkind=ahocorasick_rs.MatchKind.Standard, store_patterns=False
        )
        self._phrases = sorted(atoms.phrases)
        self._patterns = sorted(atoms.patterns)
        self._set = PatternSet((*self._patterns, CANARY))

    def phrases(self, hay: Haystack) -> dict[str, tuple[Span, ...]]:
        """Where each phrase stands that stands anywhere. Raises CanaryMissed."""
        noted: dict[str, list[tuple[int, int]]] = {}
        for index, places in self._hits(hay.apart).items():
            for literal in self._sought[index]:
                if stood := _standing(literal, places, hay.text):
                    noted[literal.phrase] = stood
        # An author may write the canary too; only the one that lies in no view is ours.
        if not any(hay.is_ours(start) for start, _ in noted.pop(CANARY, ())):
            raise CanaryMissed("phrases")
        found = {phrase: kept for phrase, stood in noted.items() if (kept := _kept(phrase, stood, hay))}
        if hay.close and self._phrases:
            for phrase, span in self._closer(hay):
                _add_disguised(found, phrase, span)
        return found

    def _closer(self, hay: Haystack) -> Iterator[tuple[str, Span]]:
        """Yield what only a closer look shows. Raises TooManyLooks."""
        for close in hay.close:
            found = [*self._squeezed.find(close)]
            if close.runs is not None:
                found += self._drawn.find(close)
            if close.masked:
                found += self._masked.find(close.shape, close.masked)
            if found:
                view = View(close.zone, close.normal, True, 0)
                yield from ((phrase, (view, start, end)) for phrase, start, end in found)
        for view, form, words in hay.masked:
            for phrase, start, end in self._masked.find(form, words):
                yield phrase, (view, view.start + start, view.start + end)

    # Made when first needed: most processes never see a disguised post of most lists.
    @cached_property
    def _squeezed(self) -> Squeezed:
        return Squeezed(self._phrases, drawn=False)

    @cached_property
    def _drawn(self) -> Squeezed:
        return Squeezed(self._phrases, drawn=True)

    @cached_property
    def _masked(self) -> Masked:
        return Masked(self._phrases)

    def patterns(self, hay: Haystack) -> dict[str, tuple[Span, ...]]:
        """Where each pattern holds that holds anywhere. Raises CanaryMissed."""
        if not self._patterns:
            return {}
        indexes = self._set.matching(hay.text[: hay.plain].encode(errors="replace"))
        if len(self._patterns) not in indexes:
            raise CanaryMissed("patterns")
        found: dict[str, tuple[Span, ...]] = {}
        for index in indexes:
            if index < len(self._patterns):
                pattern = self._patterns[index]
                if places := tuple(_spans(pattern, hay)):
                    found[pattern] = places
        return found

    def _hits(self, apart: str) -> dict[int, list[int]]:
        """Where each text that is sought begins, by its index."""
        hits: dict[int, list[int]] = {}
        for base, stretch in _stretches(apart, self._overlap):
            for index, start, _ in self._automaton.find_matches_as_indexes(stretch, overlapping=True):
                if start >= STRETCH:  # the next stretch has it too
                    continue
                if index in hits:
                    hits[index].append(base + start)
                else:
                    hits[index] = [base + start]
        return hits


def _standing(literal: Literal, places: list[int], text: str) -> list[tuple[int, int]]:
    """Where the phrase itself stands: at some of the places, the very last among them if they are many."""
    stood: list[tuple[int, int]] = []
    length = len(literal.text) - literal.lead - literal.trail
    for place in places:
        first = place + literal.lead
        last = first + length
        if literal.rest is not None:
            last = _end(literal.rest, text, first)
            if not last:
                continue
        elif text[first:last] != literal.phrase and not alike(text[first:last], literal.phrase):
            continue
        stood.append((first, last))
    if len(stood) > MOST_HITS:
        del stood[MOST_HITS - 1 : -1]
    return stood


def _spans(pattern: str, hay: Haystack) -> Iterator[Span]:
    """Where a pattern matches in the plain views: at most so many times, but once in each view at least.

    Detectors look only where their first sign was found.
    """
    plain = [view for view in hay.views if not view.disguised]
    found = tuple(_in_views(pattern, hay, plain))
    if None not in found and len(found) < MOST_HITS:
        yield from filter(None, found)
        return
    left = MOST_HITS
    for view in plain:
        for start, end in spans(pattern, view.normal.text, max(left, 1)):
            left -= 1
            yield view, view.start + start, view.start + end


def _in_views(pattern: str, hay: Haystack, plain: list[View]) -> Iterator[Span | None]:
    """Seek in all views at once, which is much cheaper; a match across two is None."""
    for start, end in spans(pattern, hay.text[: hay.plain], MOST_HITS):
        index = bisect_right(hay.starts, start) - 1
        if index >= 0 and end <= hay.ends[index]:
            yield plain[index], start, end
        elif not hay.is_ours(start) or not hay.is_ours(end):
            yield None


def matcher_of(atoms: Atoms) -> Matcher:
    """The matcher for these atoms: one for all policies that seek the same."""
    told = json.dumps([sorted(atoms.phrases), sorted(atoms.patterns)])
    digest = hashlib.sha256(told.encode()).hexdigest()
    found = _interned.get(digest)
    if found is None:
        found = _interned[digest] = Matcher(atoms)
    return found


def hits_of(matchers: Iterable[Matcher], hay: Haystack) -> Hits:
    """All that the matchers find in the haystack. Raises CanaryMissed."""
    phrases: dict[str, tuple[Span, ...]] = {}
    patterns: dict[str, tuple[Span, ...]] = {}
    for matcher in matchers:
        phrases |= matcher.phrases(hay)
        patterns |= matcher.patterns(hay)
    return Hits(phrases, patterns)


def _stretches(text: str, overlap: int) -> Iterator[tuple[int, str]]:
    """The text in stretches, each long enough for what begins in it, with their places."""
    if len(text) <= STRETCH:
        yield 0, text
        return
    for base in range(0, len(text), STRETCH):
        yield base, text[base : base + STRETCH + overlap]


def _end(rest: re.Pattern[str], text: str, start: int) -> int:
    """Where a phrase with a * ends as whole words, 0 where it does not go on."""
    match = rest.match(text, start)
    if match is None or (text[match.end() - 1].isalnum() and text[match.end()].isalnum()):
        return 0
    return match.end()


def _add_disguised(found: dict[str, tuple[Span, ...]], phrase: str, span: Span) -> None:
    """Add a span of disguised words, unless its zone has the phrase already: once is enough."""
    there = found.get(phrase, ())
    if len(there) < MOST_HITS and not any(seen.zone == span[0].zone for seen, _, _ in there):
        found[phrase] = (*there, span)


def _kept(phrase: str, stood: list[tuple[int, int]], hay: Haystack) -> tuple[Span, ...]:
    """The spans with their views: a disguised one only in a zone where the phrase does not stand openly."""
    kept: list[Span] = []
    starts, views = hay.starts, hay.views
    for start, end in stood:
        index = bisect_right(starts, start) - 1
        if index < 0 or start >= hay.ends[index]:
            continue  # it is the canary, or stands in it
        view = views[index]
        if view.disguised and (
            len(phrase) < SHORTEST_DISGUISED or any(seen.zone == view.zone for seen, _, _ in kept)
        ):
            continue
        kept.append((view, start, end))
    return tuple(kept)


_interned: WeakValueDictionary[str, Matcher] = WeakValueDictionary()
