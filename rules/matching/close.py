"""Close: the stretches of a zone in which words may be disguised.

For looks that are too dear for all text.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rules.normal import Normal, stretches
from rules.text.masks import masked_words
from rules.text.skeleton import runs, squeezed
from rules.text.spots import is_drawn, shape, shown_spots, spots, windows


@dataclass(frozen=True, slots=True)
class Close:
    """Stretches of the zone with that index, a line each, and what all matchers need of them.

    ``shape`` is the text in ASCII, as long as it is; ``masked`` are words in
    it that have signs for letters; ``letters`` are the letters alone, and
    ``runs`` the same with each run of a letter as one, None where none is drawn out.
    """

    zone: int
    normal: Normal
    displayed: str
    shape: str
    masked: tuple[tuple[int, int], ...]
    letters: str
    runs: str | None


def close_of(zone: int, normal: Normal, displayed: str) -> Close:
    """Return the stretches with what is derived from them."""
    form, letters = shape(normal.text), squeezed(normal.text)
    return Close(
        zone, normal, displayed, form, masked_words(form), letters, runs(letters) if is_drawn(form) else None
    )


def closer(text: str, normals: Sequence[Normal], displayed: Sequence[str]) -> Iterator[Close]:
    """Yield what to look at more closely in zones; ``text`` begins with their normal texts, a line end
    before each.
    """
    found: list[list[tuple[int, int]]] = [[] for _ in normals]
    starts = _starts([normal.text for normal in normals])
    for start, end in spots(text):
        # A spot may begin or end with the line end beside its zone.
        zone = max(0, bisect_right(starts, (start + end) // 2) - 1)
        found[zone].append((max(0, start - starts[zone]), end - starts[zone]))
    begins = _starts(displayed)
    for start, end in shown_spots("\n" + "\n".join(displayed)):
        zone = max(0, bisect_right(begins, (start + end) // 2) - 1)
        places = normals[zone].places
        found[zone].append(
            (bisect_left(places, start - begins[zone]), bisect_left(places, end - begins[zone]))
        )
    for zone, (normal, seen) in enumerate(zip(normals, found, strict=True)):
        if seen and normal.text:
            yield close_of(zone, stretches(normal, windows(normal.text, seen)), displayed[zone])


def _starts(texts: Sequence[str]) -> list[int]:
    """Where each of some texts starts, with a line end before each."""
    starts, place = [], 1
    for text in texts:
        starts.append(place)
        place += len(text) + 1
    return starts
