"""Whose hosts are ours: one answer for all rooms that ask."""

from collections.abc import Iterable
from dataclasses import dataclass

from gateway.addresses import Served
from gateway.networks import within
from gateway.settings import SmtpSettings


@dataclass(frozen=True, slots=True)
class Ours:
    """The hosts that hand us what others wrote. One address there stands for many clients and authors.

    ``named`` are the networks of the settings: MTAs of ours in front, load
    balancers, and who may say by XCLIENT or XFORWARD whose client it is, for
    each of them hands on others' mail also when it says nothing of the kind.
    A list file names more, for its own mail only: its border, and the hosts
    it trusts. `smtp/limits.py` counts connections before any list is known,
    and so goes by the settings alone; `floods.py`, `judging.py` (is SPF to be
    asked?) and `transactions.py` (whose Received fields differ at each try?)
    go by both.

    Three questions are not this one, because each asks for more than to hand
    mail on: whose authors are known (`Served.trusted`), whose
    Authentication-Results count (`Served.believed`), and who may say that
    somebody else is speaking (each of the settings by itself).
    """

    named: tuple[str, ...] = ()

    @classmethod
    def of(cls, settings: SmtpSettings) -> "Ours":
        """Those that the settings name."""
        return cls(
            (
                *settings.front_networks,
                *settings.proxy_networks,
                *settings.xclient_networks,
                *settings.xforward_networks,
            )
        )

    def networks(self, lists: Iterable[Served] = ()) -> tuple[str, ...]:
        """Where hosts of ours are, for mail to these lists."""
        return (*self.named, *(network for one in lists for network in (*one.border, *one.trusted)))

    def has(self, client: str, lists: Iterable[Served] = ()) -> bool:
        """Whether the client is one of them, for mail to these lists; "" is none."""
        return within(client, self.networks(lists))
