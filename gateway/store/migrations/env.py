"""Runs the migrations on the connection, and in the transaction, that `store.schema` opened."""

from alembic import context
from sqlmodel import SQLModel

from gateway.store import tables

assert tables.META is not None, "the tables are registered by their import"  # noqa: S101

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    # SQLite can roll a CREATE TABLE back; all migrations stand or fall together.
    transactional_ddl=True,
    transaction_per_migration=False,
)
context.run_migrations()
