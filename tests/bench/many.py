"""What a thousand further clauses cost a post, and how long it takes until a gateway judges by them."""

import random
import time
from pathlib import Path

from rules.clause import InForce
from rules.evaluate import evaluate
from rules.facts import Facts
from rules.policy import Policy, load_policy
from rules.reading import read
from rules.scan import scan
from tests.bench.budget import ENVELOPE, per_thousand
from tests.bench.posts import post

CLAUSES, PHRASES = 1000, 20
_SYLLABLES = (
    "ba",
    "ce",
    "di",
    "fo",
    "gu",
    "la",
    "me",
    "ni",
    "po",
    "ru",
    "sa",
    "te",
    "vi",
    "zo",
    "tra",
    "ple",
)


def with_many(policy: Policy) -> Policy:
    """The policy with so many further clauses, each of so many phrases that no post has."""
    chance = random.Random(1)
    words = ["".join(chance.choices(_SYLLABLES, k=4)) for _ in range(4000)]
    further = tuple(
        InForce(
            pack="many",
            clause=f"clause-{number}",
            title="One of many",
            source={"document": "Many", "heading": "Many"},
            when={"phrase": [" ".join(chance.sample(words, 2)) for _ in range(PHRASES)]},
            says="The post says {quote}.",
            ask="Is it so?",
            mend="Say it otherwise.",
        )
        for number in range(CLAUSES)
    )
    weights = {pack: policy.weights[pack] for pack in policy.taught}
    return Policy.of(policy.profile, (*policy.clauses, *further), weights)


def print_many(list_file: Path) -> None:
    """Print ratios to the same policy without them, and the seconds until a published version is ready."""
    few = load_policy(list_file)
    many = with_many(few)
    print(
        f"{CLAUSES} further clauses of {PHRASES} phrases (at most 1.5 times the price of a post, loaded in 1 s)"
    )
    for size in (4096, 102_400):
        reading = read(post(size), scan(post(size)))
        costs = [
            per_thousand(
                lambda policy=policy, reading=reading: evaluate(policy, reading, Facts(), ENVELOPE),
                4_000_000 // size,
            )
            for policy in (few, many)
        ]
        print(
            f"  judging {size // 1024:>3} KiB   {costs[0]:.2f} ms, with them {costs[1]:.2f}: {costs[1] / costs[0]:.2f} times"
        )
    started = time.process_time()
    loaded = Policy.from_canonical(many.canonical(), many.finder)
    loaded.compiled  # noqa: B018  what `serve` does when a version is published
    print(f"  loading a published version   {time.process_time() - started:.2f} s")
