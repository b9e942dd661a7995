"""`gatepost demo`: a gateway, a small list behind it, five posts, two decisions; told as a story."""

from typing import Annotated

import typer


def demo(
    keep: Annotated[
        bool, typer.Option(help="Leave the demo's folder, and say how to go on with it.")
    ] = False,
) -> None:
    """Show in a few seconds what Gatepost does.

    Posts are relayed, held, released and rejected. Everything runs on free
    loopback ports, with a store in a temporary folder; no network, nothing
    left behind.

    Example: gatepost demo --keep
    """
    from cli.demonstration.story import play

    play(keep=keep)
