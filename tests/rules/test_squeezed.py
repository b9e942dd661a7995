"""Disguised phrases in texts that are full of phrases."""

import time
from itertools import cycle, islice, product

import pytest

from rules.matching.close import Close, close_of
from rules.matching.squeezed import Squeezed, TooManyLooks
from rules.normal import normalise

PHRASES = [" ".join(words) for words in product(map("".join, product("bdfgklm", "aeiou", "nprst")), repeat=2)]
MOST = 20_000


def close(text: str) -> Close:
    return close_of(0, normalise(text), text)


@pytest.mark.parametrize("between", ["\n", ". "], ids=["in lines", "in one line"])
def test_a_post_made_of_phrases_is_looked_at_quickly(between: str) -> None:
    sought, text = Squeezed(PHRASES[:5_000], drawn=False), between.join(islice(cycle(PHRASES[:5_000]), MOST))
    stretches = close(f"{text}. b-a-n-b-a-p.")
    began = time.process_time()
    found = list(sought.find(stretches))
    assert time.process_time() - began < 1
    assert [phrase for phrase, _, _ in found] == ["ban bap"]


def test_a_phrase_that_overlaps_itself_hides_no_disguise_and_is_none() -> None:
    sought = Squeezed(["tick tock tick"], drawn=False)
    plain = "tick tock tick tock tick"
    assert list(sought.find(close(plain))) == []
    assert len(list(sought.find(close(f"{plain}, t-i-c-k t-o-c-k t-i-c-k")))) == 1


def test_more_disguises_than_can_be_looked_at_are_a_doubt() -> None:
    sought = Squeezed(["vote for"], drawn=False)
    with pytest.raises(TooManyLooks):
        list(sought.find(close("v-o-t-e f-o-r " * (MOST + 1))))
