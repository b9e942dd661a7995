"""`gatepost queue …`: what waits for a moderator, and the moderator's answers."""

from typing import Annotated

import typer

from cli import session
from cli.options import AsJson, Yes
from gateway.holds import HoldState, Outcome

app = typer.Typer(
    help="What waits for a moderator, and the moderator's answers.",
    callback=session.enter,
    no_args_is_help=True,
)

As = Annotated[
    str | None, typer.Option("--as", metavar="ADDRESS", help="Who decides, if not your login name.")
]
Id = Annotated[str, typer.Argument(metavar="ID", help="An id, or its first characters (two at least).")]
Ids = Annotated[list[str], typer.Argument(metavar="ID...", help="Ids, or their first characters.")]


@app.command("list", epilog="Example: gatepost queue list --list physics")
def list_(
    everything: Annotated[bool, typer.Option("--all", help="Decided posts too.")] = False,
    state: Annotated[HoldState | None, typer.Option(help="Only posts in this state.")] = None,
    name: Annotated[str | None, typer.Option("--list", help="Only one list: address or local part.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the posts that wait for a moderator.

    The oldest comes first; held, release_failed and unknown ones wait.
    """
    from cli.holds.listing import list_holds

    states = (state,) if state else tuple(HoldState) if everything else None
    list_holds(states, name, as_json=as_json)


@app.command(epilog="Example: gatepost queue show k7m2")
def show(which: Id, as_json: AsJson = False) -> None:
    """Show a held post as its reader sees it, and why it waits.

    The quoted words stand out. Attachments are listed and never opened. Sensitive words are shown in
    full here, and nowhere else.

    JSON has the keys of 'gatepost queue list', then 'authentication' (who wrote it, its signatures) and
    'findings': clause, pack, action, status, confidence, what each says, quotes, ask and mend.
    """
    from cli.holds.listing import show_hold

    show_hold(which, as_json=as_json)


@app.command(epilog="Example: gatepost queue release k7m2")
def release(which: Ids, by: As = None, yes: Yes = False) -> None:
    """Send held posts on to their list, as they came. Several are shown first, and asked about.

    It can be undone until its effects begin (undo_seconds). Exit code 1 if
    one is decided already.
    """
    from cli.holds.deciding import Wish, decide

    decide(which, Wish(Outcome.RELEASE), by, yes=yes)


@app.command(
    epilog="Example: gatepost queue reject k7m2 --clause endorsement --reason 'Please leave out the prices.'"
)
def reject(
    which: Ids,
    clause: Annotated[str | None, typer.Option(help="The clause that the author is told.")] = None,
    reason: Annotated[str | None, typer.Option(help="Your words to the author.")] = None,
    by: As = None,
    yes: Yes = False,
) -> None:
    """Refuse held posts, and tell their authors why.

    An author is told the clause, your words and how to mend the post. A
    clause or a reason is needed. It can be undone until its effects begin.
    Exit code 1 if one is decided already.
    """
    from cli.holds.deciding import Wish, decide

    decide(which, Wish(Outcome.REJECT, clause or "", reason or ""), by, yes=yes)


@app.command(epilog="Example: gatepost queue discard k7m2 --yes")
def discard(
    which: Ids,
    reason: Annotated[str | None, typer.Option(help="Why, for the record.")] = None,
    by: As = None,
    yes: Yes = False,
) -> None:
    """Drop held posts without a word to their authors.

    Asks first. It can be undone until its effects begin. Exit code 1 if one
    is decided already.
    """
    from cli.holds.deciding import Wish, decide

    decide(which, Wish(Outcome.DISCARD, "", reason or ""), by, yes=yes)


@app.command(epilog="Example: gatepost queue note k7m2 'I have asked the author.'")
def note(
    which: Id,
    text: Annotated[str, typer.Argument(help="What the other moderators should know.")],
    by: As = None,
) -> None:
    """Leave a note on a held post for the other moderators."""
    from cli.holds.deciding import leave_note

    leave_note(which, text, by)


@app.command(epilog="Example: gatepost queue history k7m2")
def history(which: Id, as_json: AsJson = False) -> None:
    """List what happened to a held post: when, by whom, why."""
    from cli.holds.listing import show_history

    show_history(which, as_json=as_json)


@app.command(epilog="Example: gatepost queue undo k7m2")
def undo(which: Id, by: As = None) -> None:
    """Take a decision back, until its effects begin. Exit code 1 when it is too late."""
    from cli.holds.deciding import take_back

    take_back(which, by)
