"""Each promise, broken on purpose in a copy of the tree, is missed by a test of its room; minutes, in `make siege`."""

import pytest

from tests.mutations import MUTATIONS, Mutation, caught_by, first_failure


@pytest.mark.siege
@pytest.mark.timeout(900)
@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.promise)
def test_a_broken_promise_is_noticed(mutation: Mutation) -> None:
    assert caught_by(mutation), f"no test of {', '.join(mutation.tests)} failed"


@pytest.mark.parametrize("given", ["", "[RCPT]", "[in turn-RCPT]", "[a - b]"])
def test_a_failure_is_read_whatever_the_test_was_given(given: str) -> None:
    said = f"1 failed\nFAILED tests/a.py::test_b{given} - assert 1 == 2\nFAILED tests/a.py::test_c - no\n"
    assert first_failure(said) == "tests/a.py::test_b"
