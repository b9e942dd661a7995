"""What the last posts to a list met, or would have met, as their transactions remember it."""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from gateway.store import codec
from gateway.store.tables import TRANSACTION
from gateway.transactions import TransactionState
from rules.verdict import Action, Status

_LOOKED_AT = 5000  # transactions; a busy neighbour list must not make this slow
_T = TRANSACTION.c
# A deferred post comes again, each time as a new transaction.
_ANSWERED = (TransactionState.RELAYED, TransactionState.STORED, TransactionState.REFUSED)


@dataclass(frozen=True, slots=True)
class Met:
    """What one post met: the action's word, and the clauses that were found."""

    at: datetime
    action: str
    clauses: tuple[str, ...]

    @property
    def stopped(self) -> bool:
        """Whether it did not go to the list at once."""
        return Action[self.action.upper()] >= Action.HOLD


def last_met(connection: Connection, list_address: str, most: int) -> tuple[Met, ...]:
    """The last posts that were judged for a list and finally answered, the newest first."""
    answered = _T.state.in_([state.value for state in _ANSWERED])
    query = select(_T.received, _T.judgements).where(answered)
    query = query.order_by(_T.received.desc()).limit(_LOOKED_AT)
    found: list[Met] = []
    for row in connection.execute(query):
        for judgement in json.loads(row.judgements):
            if judgement["list"] == list_address and "action" in judgement and len(found) < most:
                found.append(_met(codec.moment(row.received), judgement))
    return tuple(found)


def _met(at: datetime, judgement: dict[str, object]) -> Met:
    findings = judgement.get("findings")
    clauses = [
        clause
        for _, clause, action, status, _ in (findings if isinstance(findings, list) else [])
        if status == Status.LIVE.value and Action[action.upper()] >= Action.HOLD
    ]
    return Met(at, str(judgement["action"]), tuple(dict.fromkeys(clauses)))
