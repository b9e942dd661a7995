"""`gatepost serve` and `gatepost duties`: run the gateway until SIGTERM."""

import asyncio
import gc
import os
import signal
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.settings import Settings

if TYPE_CHECKING:
    from gateway.store.database import Store


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
    from gateway.inherited import inherited
    from gateway.service import Service
    from gateway.supervisor import Supervisor

    supervisor = Supervisor(os.environ)
    sockets = inherited(os.environ)
    service = Service(settings, with_duties=with_duties, with_fronts=with_fronts, sockets=sockets)
    stop = _asked_to_stop()
    await service.start()
    await _tell_of_notices(service.store, settings)
    _tell_of_means(service.store, settings, with_fronts=with_fronts)
    # What was loaded stays: the garbage collector need not go through it again and again.
    gc.collect()
    gc.freeze()
    ports = " ".join(f"{name}={address}" for name, address in service.ports.items())
    print(f"ready {ports}".strip(), file=sys.stderr, flush=True)  # noqa: T201  design.md 8: the ready line
    supervisor.tell("READY=1")
    reassuring = asyncio.create_task(supervisor.reassure())
    await _either(stop, service.ended)
    supervisor.tell("STOPPING=1")
    await service.stop()
    reassuring.cancel()
    if service.lost is not None:
        # Exit code 1: the supervisor starts us again, and a new process trusts nothing that this one knew.
        raise service.lost


def _asked_to_stop() -> asyncio.Event:
    asked = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, asked.set)
    return asked


async def _either(*events: asyncio.Event) -> None:
    waiting = [asyncio.create_task(event.wait()) for event in events]
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for task in waiting:
        task.cancel()


async def _tell_of_notices(store: "Store", settings: Settings) -> None:
    from cli.output import remark
    from gateway.notices.waiting import hint

    # Mail is taken already, and must not wait for the disk.
    if told := await asyncio.to_thread(store.read, lambda connection: hint(connection, settings)):
        remark(told)


def _tell_of_means(store: "Store", settings: Settings, *, with_fronts: bool) -> None:
    """Say what the machine does not have of what the settings ask."""
    from cli.output import remark
    from gateway.confined import ocr
    from gateway.smtp.certificates import doubt
    from gateway.store.disk import low_space

    told = [ocr.MISSING] if settings.readers.ocr and not ocr.available() else []
    if with_fronts:
        told += [low_space(store.path.parent, settings.store.min_free), doubt(settings.tls, settings.file)]
    for sentence in filter(None, told):
        remark(sentence)
