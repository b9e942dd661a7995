"""What the last posts met counts each post once."""

from pathlib import Path

import pytest

from cli.listfiles.past import last_met
from gateway import transactions
from gateway.transactions import TransactionState
from tests.given.store import LIST, arrival, new_store


@pytest.mark.parametrize("end", TransactionState)
def test_only_an_answered_post_counts_and_its_retries_do_not(tmp_path: Path, end: TransactionState):
    store = new_store(tmp_path)
    post = arrival()
    store.write(lambda c: transactions.begin(c, post))
    store.write(lambda c: transactions.finish(c, post.id, end, ""))
    met = store.read(lambda c: last_met(c, LIST, 10))
    store.close()
    answered = (TransactionState.RELAYED, TransactionState.STORED, TransactionState.REFUSED)
    assert len(met) == (end in answered)
