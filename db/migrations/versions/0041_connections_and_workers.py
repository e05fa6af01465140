"""The reconciler reads whom we ask, and the log calls a worker's row by an id of its own (ACCESS-LOG 10)."""

from alembic import op

revision = "0041"
down_revision = "0040"

_STATEMENTS = (
    "GRANT SELECT ON staging.connection TO luukku_reconciler",
    "ALTER TABLE staging.worker ADD COLUMN worker_id uuid NOT NULL DEFAULT gen_random_uuid()",
    "ALTER TABLE staging.worker ALTER COLUMN worker_id DROP DEFAULT",
    "ALTER TABLE staging.worker ADD CONSTRAINT worker_worker_id_key UNIQUE (worker_id)",
)


def upgrade() -> None:
    """Let it read, and change nothing; who is registered as a worker already gets an id."""
    for statement in _STATEMENTS:
        op.execute(statement)
