"""Options and arguments that several groups of commands take, each with the same words."""

from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, one object a line.")]
As = Annotated[
    str | None, typer.Option("--as", metavar="ADDRESS", help="Who does it, if not your login name.")
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
Name = Annotated[str, typer.Argument(metavar="LIST", help="The list: its address or local part.")]
