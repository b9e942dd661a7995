"""The rows. Storage only: values get their meaning in the rooms that read them.

SQLModel does not validate table rows, and SQLite forgets time zones; so times
are whole microseconds since the epoch, UTC, and every column that holds mail
is a BLOB.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, Table, UniqueConstraint
from sqlmodel import Field, SQLModel


def _octets(*, nullable: bool = False) -> Column[bytes]:
    return Column(LargeBinary, nullable=nullable)


def _time(*, nullable: bool = False, index: bool = False) -> Column[int]:
    return Column(BigInteger, nullable=nullable, index=index)


class Meta(SQLModel, table=True):
    """One value of the installation: ``secret`` (32 octets, keys marks and hashes), ``generation``."""

    key: str = Field(primary_key=True)
    value: bytes = Field(sa_column=_octets())


class PolicyVersion(SQLModel, table=True):
    """An immutable published policy: canonical data, by whom, when and why."""

    __tablename__ = "policy_version"
    __table_args__ = (UniqueConstraint("list", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    list: str
    number: int
    digest: str
    canonical: bytes = Field(sa_column=_octets())
    by: str
    at: int = Field(sa_column=_time())
    reason: str = ""


class PolicyWeights(SQLModel, table=True):
    """What a published policy learned from examples, kept once however many versions and lists use it."""

    __tablename__ = "policy_weights"

    digest: str = Field(primary_key=True)
    octets: bytes = Field(sa_column=_octets())


class ServedList(SQLModel, table=True):
    """A list that is served, and the version in force on it."""

    __tablename__ = "served_list"

    list: str = Field(primary_key=True)
    version_id: int = Field(foreign_key="policy_version.id")


class Transaction(SQLModel, table=True):
    """The record of one post's arrival, written before its final dot goes on.

    ``state``: in_flight, relayed, stored, refused, deferred, unknown.
    ``judgements``: JSON, one object per list addressed.
    ``confirmed``: the client spoke again after our reply, so it has seen it.
    ``protocol``: how it came, as a Received field says it.
    """

    id: str = Field(primary_key=True)
    key: bytes = Field(sa_column=Column("key", LargeBinary, nullable=False, index=True))
    received: int = Field(sa_column=_time(index=True))
    reverse_path: bytes = Field(sa_column=_octets())
    recipients: bytes = Field(sa_column=_octets())
    client: str = ""
    helo: str = ""
    size: int = 0
    state: str
    confirmed: bool = False
    reply: str = ""
    judgements: str = "[]"
    protocol: str = Field(default="ESMTP", sa_column=Column(String, nullable=False, server_default="ESMTP"))


class Octets(SQLModel, table=True):
    """A message's exact octets, compressed with zlib, once by SHA-256 digest."""

    digest: str = Field(primary_key=True)
    size: int
    body: bytes = Field(sa_column=_octets())


class HoldRow(SQLModel, table=True):
    """A message waiting for a moderator, and its record afterwards.

    ``sentences``: hashes of its author's, which its list will have said once it is released.
    """

    __tablename__ = "hold"
    __table_args__ = (
        Index("hold_by_state", "state", "list", "received"),
        Index("hold_by_list", "list", "received"),
    )

    id: str = Field(primary_key=True)
    transaction_id: str = Field(foreign_key="transaction.id", index=True)
    list: str
    version: int
    state: str
    received: int = Field(sa_column=_time())
    reverse_path: bytes = Field(sa_column=_octets())
    recipients: bytes = Field(sa_column=_octets())
    parameters: bytes = Field(sa_column=_octets())
    digest: str = Field(default="", index=True)
    author: str = ""
    subject: str = ""
    message_id: str = ""
    clauses: str = "[]"
    findings: str = "[]"
    sensitive: bool = False
    told: str = ""
    days: int = 0
    row_version: int = 1
    reply: str = ""
    sentences: bytes | None = Field(default=None, sa_column=_octets(nullable=True))
    recipient_parameters: bytes | None = Field(default=None, sa_column=_octets(nullable=True))


class DecisionRow(SQLModel, table=True):
    """What a person decided on a hold; ``undone`` is set when it was recalled."""

    __tablename__ = "decision"

    id: int | None = Field(default=None, primary_key=True)
    hold_id: str = Field(foreign_key="hold.id", index=True)
    action: str
    by: str
    at: int = Field(sa_column=_time())
    effective: int = Field(sa_column=_time())
    clause: str = ""
    reason: str = ""
    undone: int | None = Field(default=None, sa_column=_time(nullable=True))
    undone_by: str = ""


class RemarkRow(SQLModel, table=True):
    """A moderator's note on a hold, for the other moderators."""

    __tablename__ = "remark"

    id: int | None = Field(default=None, primary_key=True)
    hold_id: str = Field(foreign_key="hold.id", index=True)
    by: str
    at: int = Field(sa_column=_time())
    text: str


class DeliveryRow(SQLModel, table=True):
    """A message that we owe the next hop: a release, or a passing post that could not be relayed inline.

    ``state``: waiting, sending, dotted (the final dot is going out),
    delivered, failed, unknown, cancelled. ``due`` and ``lease`` are times.
    ``version`` to ``told`` are for the hold that a refused one becomes.
    """

    __tablename__ = "delivery"
    __table_args__ = (Index("delivery_due", "state", "due"),)

    id: int | None = Field(default=None, primary_key=True)
    hold_id: str | None = Field(default=None, foreign_key="hold.id", index=True)
    transaction_id: str = Field(foreign_key="transaction.id", index=True)
    decision_id: int | None = Field(default=None, foreign_key="decision.id", index=True)
    list: str
    version: int = 0
    author: str = ""
    subject: str = ""
    message_id: str = ""
    findings: str = "[]"
    sensitive: bool = False
    told: str = ""
    reverse_path: bytes = Field(sa_column=_octets())
    recipients: bytes = Field(sa_column=_octets())
    parameters: bytes = Field(sa_column=_octets())
    digest: str = Field(index=True)
    state: str = "waiting"
    attempts: int = 0
    due: int = Field(sa_column=_time())
    since: int = Field(sa_column=_time())
    lease: int | None = Field(default=None, sa_column=_time(nullable=True))
    reply: str = ""
    recipient_parameters: bytes | None = Field(default=None, sa_column=_octets(nullable=True))


class NoticeRow(SQLModel, table=True):
    """A message that we write, committed with what caused it.

    ``state``: waiting, sending, sent, failed, cancelled. ``cause`` makes it
    unique: kind, hold, decision and recipient in one word.
    """

    __tablename__ = "notice"
    __table_args__ = (Index("notice_due", "state", "due"),)

    id: int | None = Field(default=None, primary_key=True)
    cause: str = Field(unique=True)
    kind: str
    list: str
    hold_id: str | None = Field(default=None, index=True)
    decision_id: int | None = Field(default=None, index=True)
    recipient: str
    octets: bytes = Field(sa_column=_octets())
    state: str = "waiting"
    attempts: int = 0
    due: int = Field(sa_column=_time())
    since: int = Field(sa_column=_time())
    lease: int | None = Field(default=None, sa_column=_time(nullable=True))
    reply: str = ""


class SaidRow(SQLModel, table=True):
    """A sentence that a list has said: its hash, keyed for the list, and the last day, from the epoch on.

    The list is in the key alone: thirty of these rows come with every post,
    and a row that names it is three times as large.
    """

    __tablename__ = "said"

    # In SQLite only a column declared INTEGER is the row's own number, with no index beside the table.
    hash: int = Field(
        sa_column=Column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False)
    )
    day: int


class AuditRow(SQLModel, table=True):
    """One act of a person; ``digest`` covers the row and the digest before it."""

    __tablename__ = "audit"

    number: int | None = Field(default=None, primary_key=True)
    at: int = Field(sa_column=_time())
    by: str
    act: str
    list: str = ""
    object: str = ""
    version: int = 0
    reason: str = ""
    previous: bytes = Field(sa_column=_octets())
    digest: bytes = Field(sa_column=_octets())


def _table(name: str) -> Table:
    return SQLModel.metadata.tables[name]


META = _table("meta")
POLICY_VERSION = _table("policy_version")
POLICY_WEIGHTS = _table("policy_weights")
SERVED_LIST = _table("served_list")
TRANSACTION = _table("transaction")
OCTETS = _table("octets")
HOLD = _table("hold")
DECISION = _table("decision")
REMARK = _table("remark")
DELIVERY = _table("delivery")
NOTICE = _table("notice")
SAID = _table("said")
AUDIT = _table("audit")
