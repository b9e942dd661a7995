"""kin() -> which words are used alike: what a lesson says with one word, it also teaches of its kin.

The file beside this one gives 21,745 English words 64 numbers each, so that
words that stand in the same places have similar ones. Only learning needs it:
what it taught is in the weights.
"""

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from rules.features import SIZE, buckets_of

_FILE = Path(__file__).parent / "kin.npz"
_PULL = 12.0
"""How much a word's kin count beside the word itself."""


@cache
def kin() -> Any:
    """A sparse matrix, a row a bucket: what the words that fall into it have in common with others."""
    from scipy.sparse import csr_matrix

    with np.load(_FILE, allow_pickle=False) as held:
        words = held["words"].tobytes().decode("ascii").split()
        numbers = held["numbers"].astype(np.float32) * (_PULL * float(held["step"]))
    # A word counts more than once in a row, its kin should not.
    spread = csr_matrix(
        (np.full(len(words), 0.5, dtype=np.float32), (buckets_of(words), np.arange(len(words)))),
        shape=(SIZE, len(words)),
    )
    return csr_matrix(spread @ csr_matrix(numbers))
