"""`gatepost rules …`: try a policy on message files, look into it, prove it, change it."""

from pathlib import Path
from typing import Annotated

import typer

from cli import session
from cli.options import As, AsJson, Name

app = typer.Typer(
    help="Try a policy on messages, look into it, prove it, change it.",
    callback=session.enter,
    no_args_is_help=True,
)

ListFile = Annotated[Path | None, typer.Option("--list-file", help="A list file to judge by.")]
ListName = Annotated[
    str | None, typer.Option("--list", help="A served list to judge by: address or local part.")
]
Archive = Annotated[bool, typer.Option(help="Ignore what a list adds: its fields, tag, footer.")]
Packs = Annotated[
    list[str] | None,
    typer.Argument(metavar="[PACK|PATH]...", help="Names, folders, list files; else every shipped pack."),
]
Ocr = Annotated[bool, typer.Option("--ocr", help="Read the text in pictures too; needs tesseract.")]


@app.command(epilog="Example: gatepost rules check posts/ --list-file physics.yaml --json")
def check(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH...", help="Files, mailboxes, Maildirs, folders.")
    ],
    list_file: Annotated[Path, typer.Option("--list-file", help="The list file to judge by.")],
    archive: Archive = False,
    ocr: Ocr = False,
    as_json: AsJson = False,
) -> None:
    """Judge message files, and say what would happen and why.

    What one post quotes from another of the same call is not judged again.
    Scanners are not asked; a line on standard error says so. Needs no store.
    Exit code 2 when a path holds no message, after the others are judged.
    """
    from cli.posts.check import check as check_all
    from cli.posts.judging import reading, tell_unasked
    from rules.policy import load_policy

    policy = load_policy(list_file)
    tell_unasked(policy)
    with reading(ocr=ocr) as reader:
        complete = check_all(policy, paths, reader, archive=archive, as_json=as_json)
    if not complete:
        raise typer.Exit(2)


@app.command(epilog="Example: gatepost rules explain post.eml --list physics")
def explain(
    file: Annotated[Path, typer.Argument(help="A message file.")],
    list_file: ListFile = None,
    name: ListName = None,
    archive: Archive = False,
    ocr: Ocr = False,
    as_json: AsJson = False,
) -> None:
    """Show a message as its judge sees it.

    Its zones as they are displayed and as they are searched, with the quotes
    in them; each clause with the words for which it was looked at, what held,
    what failed and by how much; and the time that each step took.
    """
    from cli.listfiles.published import policy_named
    from cli.posts import history
    from cli.posts.archive import post
    from cli.posts.explain import explain as explain_it
    from cli.posts.judging import reading, tell_unasked
    from cli.posts.submitted import submitted

    policy = policy_named(list_file, name)
    tell_unasked(policy)
    found = submitted(post(file), policy.profile) if archive else post(file)
    with reading(ocr=ocr) as reader:
        explain_it(policy, found, reader, history.kept if name else history.none, as_json=as_json)


@app.command(epilog="Example: gatepost rules score --labels labels.tsv eml/ --list-file physics.yaml")
def score(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder of the labelled messages.")],
    labels: Annotated[Path, typer.Option(help="Tab-separated: file, expect, clauses, difficulty, note.")],
    list_file: Annotated[Path, typer.Option("--list-file", help="The list file to judge by.")],
    sealed: Annotated[
        bool, typer.Option(help="Judge the files whose number is divisible by three too.")
    ] = False,
    ocr: Ocr = False,
    as_json: AsJson = False,
) -> None:
    """Compare verdicts with labels.

    Prints caught, missed, false, precision and recall by clause and
    difficulty, with 95 % Wilson intervals, and the posts that went wrong.
    """
    from cli.output import remark
    from cli.posts.judging import reading, tell_unasked
    from cli.posts.labels import is_sealed, read_labels
    from cli.posts.score import report, scored
    from rules.policy import load_policy

    policy = load_policy(list_file)
    tell_unasked(policy)
    every = read_labels(labels)
    chosen = tuple(label for label in every if sealed or not is_sealed(label.file))
    if len(chosen) < len(every):
        remark(f"{len(every) - len(chosen)} sealed files are left out; --sealed judges them too")
    with reading(ocr=ocr) as reader:
        results = scored(policy, folder, chosen, reader)
    report(policy, results, as_json=as_json)


@app.command("list", epilog="Example: gatepost rules list physics")
def list_(
    what: Annotated[
        str | None, typer.Argument(metavar="[LIST|PACK]", help="Whose clauses; else every shipped pack's.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List the clauses of a list or of a pack."""
    from cli.policies.clauses import list_clauses

    list_clauses(what, as_json=as_json)


@app.command(epilog="Example: gatepost rules show ipem/endorsement")
def show(
    clause: Annotated[str, typer.Argument(metavar="[PACK/]CLAUSE", help="The clause's id.")],
    name: ListName = None,
    as_json: AsJson = False,
) -> None:
    """Show a clause with its examples.

    What it says, what it asks the moderator, and how an author mends a post.
    """
    from cli.policies.clauses import show_clause

    show_clause(clause, name, as_json=as_json)


@app.command(epilog="Example: gatepost rules prove ipem")
def prove(
    packs: Packs = None,
    as_json: AsJson = False,
) -> None:
    """Run the examples of packs.

    Exit code 2 when one does not come out as its file says.
    """
    from cli.policies.proof import prove_all

    if not prove_all(tuple(packs or ()), as_json=as_json):
        raise typer.Exit(2)


@app.command(epilog="Example: gatepost rules lint ./our-pack")
def lint(
    packs: Packs = None,
    as_json: AsJson = False,
) -> None:
    """Say what packs should not have.

    Reads their files and runs no examples. Exit code 2 if anything is found.
    """
    from cli.policies.proof import lint_all

    if not lint_all(tuple(packs or ()), as_json=as_json):
        raise typer.Exit(2)


@app.command(epilog="Example: gatepost rules train ./our-pack")
def train(
    pack: Annotated[str, typer.Argument(metavar="PACK|PATH", help="A pack's name, or its folder.")],
    ordinary: Annotated[
        list[Path] | None,
        typer.Option(metavar="PATH", help="Past mail that rightly passed: files, mailboxes, folders."),
    ] = None,
    again: Annotated[bool, typer.Option(help="Learn anew though no example has changed.")] = False,
    as_json: AsJson = False,
) -> None:
    """Learn from a pack's examples what reads like them.

    For clauses that say 'like: examples'. Prints for each clause what share of
    its posts, and of innocent ones, a model would find that had not seen them.
    Of --ordinary mail, what looks most like a breach is kept in the pack, as
    hashed features from which no word can be read, and learned as innocent.
    Needs the extra 'learn'. The same examples always give the same weights.
    """
    from cli.policies.training import train_pack

    train_pack(pack, tuple(ordinary or ()), again=again, as_json=as_json)


@app.command("set", epilog="Example: gatepost rules set physics endorsement.threshold 0.7")
def set_(
    name: Name,
    key: Annotated[
        str,
        typer.Argument(
            metavar="CLAUSE.KEY", help="status, action, threshold, phrases or expiry of a clause."
        ),
    ],
    value: Annotated[str, typer.Argument(help="A word, a number, or a list as in '[one, two]'.")],
    by: As = None,
) -> None:
    """Change a clause on one list, and publish it.

    Edits the list's file, keeping its comments, and proves it. A running
    gateway judges by it within a second. What does not prove
    itself is refused and changes nothing.
    """
    from cli.listfiles.settle import settle_clause

    settle_clause(name, key, value, by)


@app.command(epilog="Example: gatepost rules enable physics endorsement")
def enable(
    name: Name, clause: Annotated[str, typer.Argument(help="The clause's id.")], by: As = None
) -> None:
    """Let a clause act on a list (status: live)."""
    from cli.listfiles.settle import settle_clause

    settle_clause(name, f"{clause}.status", "live", by)


@app.command(epilog="Example: gatepost rules disable physics endorsement")
def disable(
    name: Name, clause: Annotated[str, typer.Argument(help="The clause's id.")], by: As = None
) -> None:
    """Leave a clause out on a list (status: off).

    To have it recorded only: gatepost rules set LIST CLAUSE.status shadow
    """
    from cli.listfiles.settle import settle_clause

    settle_clause(name, f"{clause}.status", "off", by)


@app.command(epilog="Example: gatepost rules versions physics")
def versions(name: Name, as_json: AsJson = False) -> None:
    """List the published versions of a list's policy."""
    from cli.listfiles.published import list_versions

    list_versions(name, as_json=as_json)


__all__ = ["app"]
