"""Each promise, broken on purpose in a copy of the tree, is missed by a test of its room; minutes, in `make siege`."""

import pytest

from tests.mutations import MUTATIONS, Mutation, caught_by


@pytest.mark.siege
@pytest.mark.timeout(900)
@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.promise)
def test_a_broken_promise_is_noticed(mutation: Mutation) -> None:
    assert caught_by(mutation), f"no test of {', '.join(mutation.tests)} failed"
