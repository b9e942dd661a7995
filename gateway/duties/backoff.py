"""How long to wait before the next attempt."""

from datetime import timedelta

_FIRST = 30  # seconds
_LONGEST_WAIT = 3600


def backoff(attempts: int) -> timedelta:
    """The wait after that many failed attempts: 30 s, doubled each time, an hour at most.

    >>> [backoff(n).seconds for n in (1, 2, 3, 9, 1000)]
    [30, 60, 120, 3600, 3600]
    """
    return timedelta(seconds=min(_LONGEST_WAIT, _FIRST * 2 ** min(attempts - 1, 10)))
