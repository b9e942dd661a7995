"""The first schema: everything that `tables` names, and an audit that nobody can rewrite by accident."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make all tables, the installation's secret and the audit's guards."""
    _meta()
    _versions()
    _transactions()
    _holds()
    _decisions()
    _deliveries()
    _notices()
    _audit()


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=nullable)


def _number(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _time(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _blob(name: str) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary(), nullable=False)


def _meta() -> None:
    meta = op.create_table("meta", _text("key"), _blob("value"), sa.PrimaryKeyConstraint("key"))
    op.bulk_insert(
        meta, [{"key": "secret", "value": secrets.token_bytes(32)}, {"key": "generation", "value": b"0"}]
    )


def _versions() -> None:
    op.create_table(
        "policy_version",
        _number("id"),
        _text("list"),
        _number("number"),
        _text("digest"),
        _blob("canonical"),
        _text("by"),
        _time("at"),
        _text("reason"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("list", "number"),
    )
    op.create_table(
        "served_list",
        _text("list"),
        _number("version_id"),
        sa.PrimaryKeyConstraint("list"),
        sa.ForeignKeyConstraint(["version_id"], ["policy_version.id"]),
    )


def _transactions() -> None:
    op.create_table(
        "transaction",
        _text("id"),
        _blob("key"),
        _time("received"),
        _blob("reverse_path"),
        _blob("recipients"),
        _text("client"),
        _text("helo"),
        _number("size"),
        _text("state"),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        _text("reply"),
        _text("judgements"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_transaction_key", "transaction", ["key"])
    op.create_index("ix_transaction_received", "transaction", ["received"])
    op.create_table(
        "octets", _text("digest"), _number("size"), _blob("body"), sa.PrimaryKeyConstraint("digest")
    )


def _holds() -> None:
    op.create_table(
        "hold",
        _text("id"),
        _text("transaction_id"),
        _text("list"),
        _number("version"),
        _text("state"),
        _time("received"),
        *(_blob(name) for name in ("reverse_path", "recipients", "parameters")),
        *(_text(name) for name in ("digest", "author", "subject", "message_id", "clauses", "findings")),
        sa.Column("sensitive", sa.Boolean(), nullable=False),
        _text("told"),
        _number("days"),
        _number("row_version"),
        _text("reply"),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(["transaction_id"], ["transaction.id"]),
    )
    op.create_index("hold_by_state", "hold", ["state", "list", "received"])
    op.create_index("hold_by_list", "hold", ["list", "received"])
    for column in ("transaction_id", "digest"):
        op.create_index(f"ix_hold_{column}", "hold", [column])


def _decisions() -> None:
    op.create_table(
        "decision",
        _number("id"),
        _text("hold_id"),
        _text("action"),
        _text("by"),
        _time("at"),
        _time("effective"),
        _text("clause"),
        _text("reason"),
        _time("undone", nullable=True),
        _text("undone_by"),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(["hold_id"], ["hold.id"]),
    )
    op.create_index("ix_decision_hold_id", "decision", ["hold_id"])
    op.create_table(
        "remark",
        _number("id"),
        _text("hold_id"),
        _text("by"),
        _time("at"),
        _text("text"),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(["hold_id"], ["hold.id"]),
    )
    op.create_index("ix_remark_hold_id", "remark", ["hold_id"])


def _sending() -> tuple[sa.schema.SchemaItem, ...]:
    times = (_time("due"), _time("since"), _time("lease", nullable=True))
    return (_text("state"), _number("attempts"), *times, _text("reply"), sa.PrimaryKeyConstraint("id"))


def _deliveries() -> None:
    op.create_table(
        "delivery",
        _number("id"),
        _text("hold_id", nullable=True),
        _text("transaction_id"),
        _number("decision_id", nullable=True),
        _text("list"),
        _number("version"),
        *(_text(name) for name in ("author", "subject", "message_id", "findings")),
        sa.Column("sensitive", sa.Boolean(), nullable=False),
        _text("told"),
        *(_blob(name) for name in ("reverse_path", "recipients", "parameters")),
        _text("digest"),
        *_sending(),
        sa.ForeignKeyConstraint(["hold_id"], ["hold.id"]),
        sa.ForeignKeyConstraint(["transaction_id"], ["transaction.id"]),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"]),
    )
    op.create_index("delivery_due", "delivery", ["state", "due"])
    for column in ("hold_id", "transaction_id", "decision_id", "digest"):
        op.create_index(f"ix_delivery_{column}", "delivery", [column])


def _notices() -> None:
    op.create_table(
        "notice",
        _number("id"),
        *(_text(name) for name in ("cause", "kind", "list")),
        _text("hold_id", nullable=True),
        _number("decision_id", nullable=True),
        _text("recipient"),
        _blob("octets"),
        *_sending(),
        sa.UniqueConstraint("cause"),
    )
    op.create_index("notice_due", "notice", ["state", "due"])
    for column in ("hold_id", "decision_id"):
        op.create_index(f"ix_notice_{column}", "notice", [column])


def _audit() -> None:
    op.create_table(
        "audit",
        _number("number"),
        _time("at"),
        *(_text(name) for name in ("by", "act", "list", "object")),
        _number("version"),
        _text("reason"),
        *(_blob(name) for name in ("previous", "digest")),
        sa.PrimaryKeyConstraint("number"),
    )
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_no_{act.lower()} BEFORE {act} ON audit "
                "BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END"
            )
