"""What is told of many people meets the register by hash: sorting it by place first took a sixth of the time."""

from alembic import op

revision = "0035"
down_revision = "0034"

_TOLD = "uuid[], text[], text[], timestamptz[], timestamptz[]"
_FUNCTIONS = (
    f"consent.introduce(uuid[], uuid[], text[], text[], timestamptz[], {_TOLD}, timestamptz)",
    f"consent.learn_tasks({_TOLD}, timestamptz)",
    f"consent.reassigned({_TOLD})",
)


def upgrade() -> None:
    """Join by hash in the functions that write tasks; nested loops are off in them already."""
    for function in _FUNCTIONS:
        op.execute(f"ALTER FUNCTION {function} SET enable_mergejoin = off")
