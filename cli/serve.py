"""`gatepost serve` and `gatepost duties`: run the gateway until SIGTERM."""

import asyncio
import signal
import sys
from typing import Annotated

import typer

from gateway.settings import Settings


def serve(
    context: typer.Context,
    duties: Annotated[
        bool, typer.Option(help="Run the duties (releases, notices) in this process too.")
    ] = True,
) -> None:
    """Serve: judge posts, relay or hold them, carry out decisions.

    Prints 'ready smtp=HOST:PORT …' on standard error once it accepts
    connections; the journal goes to standard output. SIGTERM finishes what
    was begun and leaves with exit code 0.
    """
    from cli.main import settings_of

    asyncio.run(_run(settings_of(context), with_duties=duties, with_fronts=True))


def duties(context: typer.Context) -> None:
    """Run the duties alone, beside 'gatepost serve --no-duties'."""
    from cli.main import settings_of

    asyncio.run(_run(settings_of(context), with_duties=True, with_fronts=False))


async def _run(settings: Settings, *, with_duties: bool, with_fronts: bool) -> None:
    # Imported here, because only these commands need the whole gateway.
    from gateway.service import Service

    service = Service(settings, with_duties=with_duties, with_fronts=with_fronts)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    await service.start()
    ports = " ".join(f"{name}={address}" for name, address in service.ports.items())
    print(f"ready {ports}".strip(), file=sys.stderr, flush=True)  # noqa: T201  design.md 8: the ready line
    await stop.wait()
    await service.stop()
