"""`gatepost admin audit`: what people did, as the audit's chain has it."""

from typing import Any

from cli import session
from cli.listfiles.published import served
from cli.output import emit, table
from gateway import audit
from gateway.audit import Recorded


def list_acts(name: str | None, last: int | None, *, as_json: bool) -> None:
    """Print the entries of the audit, oldest first: of one list, or of all; the last ones, or all."""
    with session.store() as store:
        address = served(store, name).list if name else ""
        entries = store.read(lambda connection: audit.read(connection, address))
    chosen = entries[-last:] if last else entries
    if as_json:
        for one in chosen:
            emit(_object(one))
        return
    table(("no.", "when", "by", "did", "list", "to", "why"), [_row(one) for one in chosen])


def _row(one: Recorded) -> tuple[str, ...]:
    said = one.entry
    at = f"{said.at:%Y-%m-%d %H:%M} UTC"
    return str(one.number), at, said.by, said.act, said.list, said.object, said.reason


def _object(one: Recorded) -> dict[str, Any]:
    said = one.entry
    return {
        "number": one.number,
        "at": said.at.isoformat(),
        "by": said.by,
        "act": said.act,
        "list": said.list,
        "object": said.object,
        "version": said.version,
        "reason": said.reason,
        "digest": one.digest,
    }
