"""How a post came (RFC 3848), and what its recipients' RCPT said beside the address (RFC 3461)."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; what came before came by ESMTP, and had no such parameters."""
    op.add_column("transaction", sa.Column("protocol", sa.String(), nullable=False, server_default="ESMTP"))
    for table in ("hold", "delivery"):
        op.add_column(table, sa.Column("recipient_parameters", sa.LargeBinary(), nullable=True))
