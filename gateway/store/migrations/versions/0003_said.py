"""What lists have said, as keyed hashes of sentences; holds from before have none to add when released."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, empty: a quotation of what was said before this is new once."""
    op.create_table(
        "said",
        sa.Column("hash", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("hash"),
    )
    op.add_column("hold", sa.Column("sentences", sa.LargeBinary(), nullable=True))
