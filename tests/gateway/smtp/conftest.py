"""A front for the tests of this folder."""

from collections.abc import Iterator

import pytest

from tests.given.front import RunningFront


@pytest.fixture
def front() -> Iterator[RunningFront]:
    """SMTP with the settings as they come."""
    with RunningFront() as running:
        yield running
