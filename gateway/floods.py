"""Counts what comes to be held: when it is too much for one author, a list or all, and when it is a flood.

In memory, each figure in a time that does not depend on how much is held. A
gateway that starts counts from the holds of the last hour. Two gateways on one
store count each for itself.
"""

from collections import OrderedDict, deque
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from gateway.addresses import Directory, Served
from gateway.networks import counted_as
from gateway.ours import Ours
from gateway.reply import Reply
from gateway.route import Judged
from gateway.settings import QuotaSettings
from gateway.store import codec
from gateway.store.database import Store
from gateway.store.tables import HOLD, TRANSACTION
from gateway.volumes import MOST_KEYS, Volumes
from rules.message import Envelope

_HOUR = timedelta(hours=1)

TOO_MUCH_OF_ONE = Reply(452, 7, 1, "Too many posts of yours wait for a moderator, try again in an hour")
TOO_MUCH_FOR_LIST = Reply(452, 7, 1, "Too many posts wait for this list's moderators, try again in an hour")
TOO_MUCH = Reply(452, 7, 1, "Too many posts wait for moderators here, try again in an hour")
TOO_LARGE_OF_ONE = Reply(
    452, 7, 1, "Posts of yours that wait for a moderator are too large together, try again in an hour"
)
TOO_LARGE = Reply(
    452, 7, 1, "Posts that wait for moderators here are too large together, try again in an hour"
)


class Window:
    """Moments by key, for so long: none older is kept, and only as many as make it full."""

    def __init__(self, span: timedelta) -> None:
        self._span = span
        self._moments: OrderedDict[str, deque[datetime]] = OrderedDict()

    def full(self, key: str, limit: int, now: datetime) -> bool:
        """Whether there were ``limit`` moments within the span; a limit of 0 is none."""
        seen = self._moments.get(key)
        # A clock that was set back must not close the door until it has caught up.
        return bool(limit and seen and len(seen) >= limit and now - self._span < seen[-limit] <= now)

    def add(self, key: str, limit: int, now: datetime) -> None:
        """Count one more."""
        if not limit:
            return
        seen = self._moments.pop(key, None)
        if seen is None or seen.maxlen != limit:
            seen = deque(seen or (), limit)
        seen.append(now)
        while seen[0] <= now - self._span:
            seen.popleft()
        self._moments[key] = seen
        # Who floods under more names than are remembered meets the list's figure.
        if len(self._moments) > MOST_KEYS:
            self._moments.popitem(last=False)

    def take_back(self, key: str, now: datetime) -> None:
        """Count one less of then."""
        with suppress(ValueError):  # forgotten, or never counted
            self._moments.get(key, deque[datetime]()).remove(now)


class Floods:
    """What is held, as figures. ``ours`` are hosts that speak for many authors."""

    def __init__(self, settings: QuotaSettings, ours: Ours) -> None:
        self._settings = settings
        self._ours = ours
        self._hour, self._octets = Window(_HOUR), Volumes(_HOUR)
        self._lately = Window(timedelta(minutes=settings.digest_minutes))

    @classmethod
    def recalled(
        cls, settings: QuotaSettings, ours: Ours, store: Store, directory: Directory, now: datetime
    ) -> "Floods":
        """With what was held in the last hour on the directory's lists, for a gateway that starts."""
        floods = cls(settings, ours)
        since = codec.microseconds(now - _HOUR)
        query = (
            select(HOLD.c.list, HOLD.c.received, HOLD.c.transaction_id, TRANSACTION.c.size)
            .join(TRANSACTION, TRANSACTION.c.id == HOLD.c.transaction_id)
            .where(HOLD.c.received >= since)
            .order_by(HOLD.c.received)
        )

        def rows(connection: Connection) -> list[tuple[str, int, str, int]]:
            return [tuple(row) for row in connection.execute(query)]

        sizes = {}
        for name, received, transaction, size in store.read(rows):
            _, each = floods._limits(directory.named(name))
            floods._count_list(name, each, codec.moment(received))
            floods._lately.add(name, settings.digest_after, codec.moment(received))
            sizes[transaction] = codec.moment(received), size
        for moment, size in sizes.values():
            floods._octets.add("", size, moment)
        return floods

    def refusal(self, waits: Iterable[Judged], envelope: Envelope, now: datetime) -> Reply | None:
        """The reply to a post that would be held, where that is too much; None to hold it."""
        if self._hour.full("", self._settings.total, now):
            return TOO_MUCH
        if self._octets.full("", self._settings.total_octets, now):
            return TOO_LARGE
        for judged in waits:
            author, each = self._limits(judged.in_force)
            whose = self._whose(judged, envelope)
            if self._hour.full(f"list {judged.in_force.list}", each, now):
                return TOO_MUCH_FOR_LIST
            if self._hour.full(whose, author, now):
                return TOO_MUCH_OF_ONE
            if self._octets.full(whose, self._settings.author_octets, now):
                return TOO_LARGE_OF_ONE
        return None

    def count(self, waits: tuple[Judged, ...], envelope: Envelope, octets: int, now: datetime) -> None:
        """One more post of so many octets comes to be held: kept once, and its author's on each list.

        In the same turn of the loop as `refusal`: else all that come at once would find room for one.
        """
        if waits:
            self._octets.add("", octets, now)
        for judged in waits:
            author, each = self._limits(judged.in_force)
            whose = self._whose(judged, envelope)
            self._count_list(judged.in_force.list, each, now)
            self._hour.add(whose, author, now)
            self._octets.add(whose, octets, now)

    def take_back(self, waits: tuple[Judged, ...], envelope: Envelope, octets: int, now: datetime) -> None:
        """What was counted then is not held after all."""
        if waits:
            self._octets.take_back("", octets, now)
        for judged in waits:
            whose, name = self._whose(judged, envelope), judged.in_force.list
            for key in ("", f"list {name}", whose):
                self._hour.take_back(key, now)
            self._octets.take_back(whose, octets, now)

    def held(self, waits: tuple[Judged, ...], now: datetime) -> None:
        """One more post is held: what decides whether moderators are told of each or of all at once."""
        for judged in waits:
            self._lately.add(judged.in_force.list, self._settings.digest_after, now)

    def digest(self, list_address: str, now: datetime) -> tuple[datetime, datetime] | None:
        """In a flood, the span of which moderators are told all at once; None: tell them of this post."""
        if not self._lately.full(list_address, self._settings.digest_after, now):
            return None
        span = timedelta(minutes=self._settings.digest_minutes)
        first = now - (now - datetime.fromtimestamp(0, now.tzinfo)) % span
        return first, first + span

    def _count_list(self, name: str, limit: int, now: datetime) -> None:
        self._hour.add("", self._settings.total, now)
        self._hour.add(f"list {name}", limit, now)

    def _limits(self, in_force: Served | None) -> tuple[int, int]:
        """How much of one author, and of the list; the usual figures for a list that is served no more."""
        own, usual = in_force.profile.quotas if in_force else None, self._settings
        author = usual.author if own is None or own.author is None else own.author
        each = usual.list if own is None or own.list is None else own.list
        return author, each

    def _whose(self, judged: Judged, envelope: Envelope) -> str:
        """The author, where a host of ours speaks for many; else the client: anybody can write a From."""
        client, in_force = envelope.client, judged.in_force
        author = judged.reading.author if judged.reading else None
        if not client or self._ours.has(client, (in_force,)):
            path = envelope.reverse_path.decode("utf-8", "replace")
            return f"author {(author.address if author else path).casefold()} {in_force.list}"
        return f"client {counted_as(client)} {in_force.list}"
