"""A full batch is known again by what it brought: what a source repeats whole need not be read."""

from alembic import op

revision = "0032"
down_revision = "0031"

_STATEMENTS = (
    "ALTER TABLE staging.batch ADD COLUMN imprint bytea",
    "CREATE INDEX batch_connection_id_idx ON staging.batch (connection_id)",
)


def upgrade() -> None:
    """Keep a keyed digest beside each batch, null where it is not to be known again."""
    for statement in _STATEMENTS:
        op.execute(statement)
