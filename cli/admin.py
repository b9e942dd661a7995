"""`gatepost admin …`: is all well, does the record hold, what may be forgotten."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from cli import session
from cli.options import As, AsJson, Yes
from cli.output import Ink, Piece, emit, say
from gateway.errors import GivenWrong

app = typer.Typer(help="Look after an installation.", callback=session.enter, no_args_is_help=True)


@dataclass
class OptionMissing(GivenWrong):
    """An option that says nothing without another one."""

    given: str
    missing: str

    def __str__(self) -> str:
        return f"{self.given} needs {self.missing}: give both, or neither; nothing was done"


@app.command(epilog="Example: gatepost admin verify && echo sound")
def verify(
    repair: Annotated[
        bool, typer.Option("--repair", help="Repair what can be repaired without losing anything.")
    ] = False,
    by: As = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before repairing.")] = False,
    client_log: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Replies to hold it against: JSON lines of message_id and reply."),
    ] = None,
    sink: Annotated[
        Path | None,
        typer.Option(metavar="PATH", help="With --client-log: the messages that the list server got."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check that the record is whole.

    The audit's chain, and that every accepted message is accounted for; the
    gateway may be at work meanwhile. Each thing that does not hold is named
    with the promise it breaks and what to do next. Nothing is changed without
    --repair, which admins, moderators and owners may use: it says what it did
    and records it in the audit. Prints the number and digest of the audit's
    last entry. Exit code 1 if the record is not whole.
    """
    if sink is not None and client_log is None:
        raise OptionMissing("--sink", "--client-log FILE")
    from cli.administration.verifying import check

    check(by, mend=repair, yes=yes, as_json=as_json, log=client_log, sink=sink)


@app.command(epilog="Example: gatepost admin doctor")
def doctor(
    as_json: AsJson = False,
    border: Annotated[
        str | None, typer.Option(metavar="LIST", help="Only send a forged field through this list's border.")
    ] = None,
    through: Annotated[str, typer.Option(metavar="HOST:PORT", help="Where that border takes mail.")] = "",
) -> None:
    """Look at settings, store, lists, next hops and submission. Exit code 1 if something is ill.

    With --border, see whether a list's border removes Authentication-Results that strangers
    wrote under its name: the probe is refused by the gateway and reaches nobody.
    """
    if through and border is None:
        raise OptionMissing("--through", "--border LIST")
    from cli.administration.doctor import Health, examined
    from cli.administration.probing import probed

    findings = (probed(border, through),) if border is not None else examined(session.settings())
    inks = {Health.WELL: Ink.GOOD, Health.CARE: Ink.CARE, Health.ILL: Ink.BAD}
    for finding in findings:
        if as_json:
            emit({"what": finding.what, "health": finding.health.value, "says": finding.says})
        else:
            say(Piece(f"{finding.health.value:<5}", inks[finding.health]), f" {finding.what}: {finding.says}")
    if any(finding.health is Health.ILL for finding in findings):
        raise typer.Exit(1)


@app.command(epilog="Example: gatepost admin purge --older-than 30 --yes")
def purge(
    older_than: Annotated[
        int | None,
        typer.Option(min=0, metavar="DAYS", help="Days since the decision [default: retention.octets_days]."),
    ] = None,
    by: As = None,
    yes: Yes = False,
) -> None:
    """Delete messages that were decided long ago.

    Their words go too; what was decided, by whom and why stays. Admins,
    moderators and owners may do it. The store is locked for a moment at the
    end, while its file is rewritten without them.
    """
    from cli.administration.forgetting import forget

    forget(older_than, by, yes=yes)


@app.command(epilog="Example: gatepost admin migrate")
def migrate() -> None:
    """Bring the store to this version's schema.

    Every other command that opens the store does it as well.
    """
    with session.store() as store:
        say(f"{store.path} has this version's schema.")


@app.command(epilog="Example: gatepost admin audit --list physics@lists.example.org --json")
def audit(
    name: Annotated[str | None, typer.Option("--list", help="Only one list: address or local part.")] = None,
    last: Annotated[int | None, typer.Option(min=1, help="Only the last entries.")] = None,
    as_json: AsJson = False,
) -> None:
    """List what people did, from the audit."""
    from cli.administration.acts import list_acts

    list_acts(name, last, as_json=as_json)
