"""Published policies: immutable, numbered per list, one of them in force; a gateway judges by no other."""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection, Row, Select, func, select, update

from gateway import audit
from gateway.errors import GivenWrong
from gateway.store import codec
from gateway.store.tables import META, POLICY_VERSION, POLICY_WEIGHTS, SERVED_LIST

_V = POLICY_VERSION.c
_S = SERVED_LIST.c


class _Listed(Protocol):
    @property
    def list(self) -> str: ...


class Publishable(Protocol):
    """A policy that has proved itself; `rules.policy.Policy` is one."""

    @property
    def profile(self) -> _Listed: ...
    @property
    def digest(self) -> str: ...
    def canonical(self) -> bytes: ...
    def learned(self) -> Mapping[str, bytes]: ...


@dataclass(frozen=True, slots=True)
class Published:
    """One version of one list's policy. ``canonical`` is all of it, as `Policy.from_canonical` reads it."""

    list: str
    number: int
    digest: str
    canonical: bytes
    by: str
    at: datetime
    reason: str


@dataclass
class NotServed(GivenWrong):
    """A list that is not served, or a version that it never had."""

    list: str
    number: int = 0

    def __str__(self) -> str:
        if self.number:
            return f"The list {self.list} has no version {self.number}; 'gatepost rules versions' shows them."
        return f"The list {self.list} is not served; 'gatepost lists list' shows those that are."


def publish(connection: Connection, policy: Publishable, by: str, reason: str, now: datetime) -> int:
    """Put a policy into force on its list and return its number.

    The policy that is in force already is not published again: its number is returned.
    """
    address = policy.profile.list
    in_force = connection.execute(_served().where(_S.list == address)).one_or_none()
    if in_force is not None and in_force.digest == policy.digest:
        return int(in_force.number)
    number = 1 + (connection.scalar(select(func.max(_V.number)).where(_V.list == address)) or 0)
    for digest, octets in policy.learned().items():
        _keep_weights(connection, digest, octets)
    connection.execute(
        POLICY_VERSION.insert().values(
            list=address,
            number=number,
            digest=policy.digest,
            canonical=zlib.compress(policy.canonical()),
            by=codec.column(by),
            at=codec.microseconds(now),
            reason=codec.column(reason),
        )
    )
    _put_in_force(connection, address, number)
    entry = audit.Entry(now, by, "publish", address, policy.digest, number, reason)
    audit.append(connection, entry)
    return number


def current(connection: Connection) -> tuple[Published, ...]:
    """The version in force on each served list, by address."""
    return tuple(_published(row) for row in connection.execute(_served().order_by(_S.list)))


def version(connection: Connection, list_address: str, number: int) -> Published:
    """One version of a list's policy, in force or not. Raises NotServed."""
    query = select(POLICY_VERSION).where(_V.list == list_address, _V.number == number)
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotServed(list_address, number)
    return _published(row)


def history(connection: Connection, list_address: str) -> tuple[Published, ...]:
    """All versions of a list's policy, oldest first."""
    query = select(POLICY_VERSION).where(_V.list == list_address).order_by(_V.number)
    return tuple(_published(row) for row in connection.execute(query))


def weights(connection: Connection, digest: str) -> bytes:
    """The octets of a weights file that a published policy names by its digest. Raises LookupError."""
    octets = connection.scalar(select(POLICY_WEIGHTS.c.octets).where(POLICY_WEIGHTS.c.digest == digest))
    if octets is None:
        raise LookupError(digest)
    return bytes(octets)


def remove(connection: Connection, list_address: str, by: str, reason: str, now: datetime) -> None:
    """Serve the list no more; its versions and holds stay. Raises NotServed."""
    removed = connection.execute(SERVED_LIST.delete().where(_S.list == list_address))
    if not removed.rowcount:
        raise NotServed(list_address)
    touch(connection)
    audit.append(connection, audit.Entry(now, by, "remove list", list_address, list_address, 0, reason))


def generation(connection: Connection) -> int:
    """A number that grows with every publication and removal."""
    value = connection.scalar(select(META.c.value).where(META.c.key == "generation"))
    return int(value or b"0")


def _keep_weights(connection: Connection, digest: str, octets: bytes) -> None:
    known = connection.scalar(select(POLICY_WEIGHTS.c.digest).where(POLICY_WEIGHTS.c.digest == digest))
    if known is None:
        connection.execute(POLICY_WEIGHTS.insert().values(digest=digest, octets=octets))


def _served() -> Select[Any]:
    return select(POLICY_VERSION).join_from(SERVED_LIST, POLICY_VERSION, _S.version_id == _V.id)


def _put_in_force(connection: Connection, address: str, number: int) -> None:
    version_id = connection.scalar(select(_V.id).where(_V.list == address, _V.number == number))
    known = connection.execute(
        update(SERVED_LIST).where(_S.list == address).values(version_id=version_id)
    ).rowcount
    if not known:
        connection.execute(SERVED_LIST.insert().values(list=address, version_id=version_id))
    touch(connection)


def touch(connection: Connection) -> None:
    """Let running gateways look anew at what is in force."""
    value = str(generation(connection) + 1).encode()
    connection.execute(update(META).where(META.c.key == "generation").values(value=value))


def _published(row: Row[Any]) -> Published:
    return Published(
        list=row.list,
        number=row.number,
        digest=row.digest,
        canonical=zlib.decompress(row.canonical),
        by=row.by,
        at=codec.moment(row.at),
        reason=row.reason,
    )
