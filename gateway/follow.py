"""Follows the store: swaps the lists served when a policy is published, wakes the duties on a decision."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from gateway import border, versions
from gateway.addresses import Directory, Served
from gateway.gate import Gate
from gateway.journal import Journal
from gateway.relay import Relay
from gateway.store.database import Store
from rules.policy import Finder, Policy

POLL = 0.25  # seconds between looks at the store
AFTER_TROUBLE = 5.0
PROBE = 60.0  # seconds between looks at what the next hops offer


@dataclass(frozen=True, slots=True)
class Edition:
    """The lists as published, and the generation of the store that they were read at."""

    directory: Directory
    generation: int


def latest(store: Store, known: Directory | None = None) -> Edition:
    """What is published now; a policy that ``known`` has already is not compiled again."""

    def look(connection: Connection) -> tuple[int, tuple[versions.Published, ...], frozenset[str]]:
        current = versions.current(connection)
        return versions.generation(connection), current, border.forgetful(connection)

    generation, published, forgetful = store.read(look)

    def weights(digest: str) -> bytes:
        return store.read(lambda connection: versions.weights(connection, digest))

    served = (_served(one, known, weights) for one in published)
    lists = tuple(replace(one, forgetful=one.list.lower() in forgetful) for one in served)
    return Edition(Directory(lists), generation)


def _served(one: versions.Published, known: Directory | None, weights: Finder) -> Served:
    before = known.named(one.list) if known else None
    if before is not None and before.list == one.list and before.policy.digest == one.digest:
        return Served(before.policy, one.number)
    policy = Policy.from_canonical(one.canonical, weights)
    policy.compiled  # noqa: B018  made now, and not inside the first session
    return Served(policy, one.number)


@dataclass
class Follower:
    """Keeps a gate's directory up to date with the store."""

    store: Store
    gate: Gate
    relay: Relay
    journal: Journal
    wake: Callable[[], None]
    generation: int

    async def follow(self) -> None:
        """Look again and again, until cancelled."""
        seen = -1
        while True:
            try:
                changed = self.store.data_version()
                if changed != seen:
                    seen = changed
                    self.wake()
                    await self._renew()
            except Exception as error:  # noqa: BLE001  the promise: the policy in force stays
                self.journal.trouble("follow_failed", error)
                seen = -1
                await asyncio.sleep(AFTER_TROUBLE)
            await asyncio.sleep(POLL)

    async def _renew(self) -> None:
        # Every commit moves the data version, our own too; only a publication moves the generation.
        if self.store.read(versions.generation) == self.generation:
            return
        # Compiled off the loop: a large pack takes longer than a client should wait.
        edition = await asyncio.to_thread(latest, self.store, self.gate.directory)
        self.gate.directory, self.generation = edition.directory, edition.generation
        self.journal.event("published", lists={one.list: one.number for one in edition.directory.lists})

    async def probe(self) -> None:
        """Ask the next hops what they offer, again and again, until cancelled."""
        while True:
            await asyncio.gather(*(self.relay.probe(hop) for hop in self.gate.directory.hops))
            await asyncio.sleep(PROBE)
