"""Figures in words: ages and counts."""

from datetime import datetime, timedelta


def age(since: datetime, now: datetime) -> str:
    """How long ago, in the largest unit that tells something.

    >>> from datetime import UTC
    >>> age(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 3, tzinfo=UTC))
    '2 d'
    """
    passed = max(now - since, timedelta())
    for unit, name in ((timedelta(days=1), "d"), (timedelta(hours=1), "h"), (timedelta(minutes=1), "min")):
        if passed >= unit:
            return f"{passed // unit} {name}"
    return f"{passed // timedelta(seconds=1)} s"


def posts(number: int) -> str:
    """A number of posts.

    >>> posts(1), posts(3)
    ('1 post', '3 posts')
    """
    return "1 post" if number == 1 else f"{number} posts"
