"""What published policies learned from examples, each weights file once."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; policies published before have learned nothing."""
    op.create_table(
        "policy_weights",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("octets", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest"),
    )
