"""What duties act with, and what each duty is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol, TypeVar

from gateway.addresses import Directory
from gateway.journal import Journal
from gateway.relay import Relay
from gateway.settings import Settings
from gateway.store.database import Store
from gateway.store.writer import Writer
from gateway.trace import Trace

if TYPE_CHECKING:
    from gateway.authentication.authenticator import Authenticator

Item = TypeVar("Item")


@dataclass(kw_only=True)
class Means:
    """The store, the way out, and the lists as they are served now; None: the DNS is asked nothing."""

    writer: Writer
    store: Store
    relay: Relay
    settings: Settings
    journal: Journal
    clock: Callable[[], datetime]
    trace: Trace
    directory: Callable[[], Directory]
    authenticator: "Authenticator | None" = None


class Duty(Protocol[Item]):
    """Something that has to be done when its time comes, again after a crash, and once only."""

    name: str

    async def due(self, room: int) -> Sequence[Item]:
        """Take at most ``room`` items whose time has come; nobody else gets them while their lease lasts."""

    async def do(self, item: Item) -> None:
        """Carry out one item and record what came of it. What it raises is journalled and tried again."""
