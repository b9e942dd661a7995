"""Holds as lines of JSON: the keys that other programs rely on."""

from typing import Any

from cli.found import as_finding
from gateway.holds import Decision, Hold, Summary


def hold_object(hold: Hold | Summary) -> dict[str, Any]:
    """A hold as `queue list --json` and `queue show ID --json` print it."""
    return {
        "id": hold.id,
        "list": hold.list,
        "state": hold.state.value,
        "author": hold.author,
        "subject": hold.subject,
        "clauses": list(hold.clauses),
        "received": hold.received.isoformat(),
        "version": hold.version,
        "decision": _decision(hold.decision),
    }


def findings_of(hold: Hold) -> list[dict[str, Any]]:
    """Why a hold waits, as `queue show ID --json` prints it: the sentences that its text has, in full."""
    return [as_finding(one) | {"ask": one.ask, "mend": one.mend} for one in hold.findings]


def _decision(decision: Decision | None) -> dict[str, Any] | None:
    if decision is None:
        return None
    return {
        "action": decision.action.value,
        "by": decision.by,
        "at": decision.at.isoformat(),
        "clause": decision.clause,
        "reason": decision.reason,
    }
