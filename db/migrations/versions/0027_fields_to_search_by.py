"""A search by case, run and controller: columns beside the entry, and what kinds of event tell apart (ACCESS-LOG 11)."""

from alembic import op

revision = "0027"
down_revision = "0026"

_SAID = "CAST(convert_from(entry, 'UTF8') AS jsonb)"
_COLUMNS = (
    ("request_case", "bytea", f"decode({_SAID} -> 'request' ->> 'case', 'hex')"),
    ("dag", "text", f"{_SAID} -> 'run' ->> 'dag'"),
    ("run", "text", f"{_SAID} -> 'run' ->> 'run'"),
    ("controllers", "jsonb", f"{_SAID} -> 'controllers'"),
)
_ADDED = ", ".join(f"ADD COLUMN {name} {type_}" for name, type_, _ in _COLUMNS)
_FILLED = ", ".join(f"ALTER COLUMN {name} TYPE {type_} USING {told}" for name, type_, told in _COLUMNS)
"""From the entries that are there, in one writing of the table: no row is updated, so the guard over them stays in place."""

_STATEMENTS = (
    f"ALTER TABLE audit.event {_ADDED}",
    f"ALTER TABLE audit.event {_FILLED}",
    "CREATE INDEX event_request_case_t_idx ON audit.event (request_case, t) WHERE request_case IS NOT NULL",
    "CREATE INDEX event_run_t_idx ON audit.event (run, t) WHERE run IS NOT NULL",
    "CREATE INDEX event_ref_idx ON audit.event (ref) WHERE ref IS NOT NULL",
    "TRUNCATE audit.block, audit.event_kind",
    "ALTER TABLE audit.event_kind ADD COLUMN class text NOT NULL, ADD COLUMN dag text, ADD COLUMN controllers jsonb",
)
"""Kinds and blocks are a projection: the reconciler takes the log in anew, by all that kinds now tell."""


def upgrade() -> None:
    """Change the log's tables as their owner."""
    op.execute("SET LOCAL ROLE audit_owner")
    for statement in _STATEMENTS:
        op.execute(statement)
    op.execute("SET LOCAL ROLE luukku_owner")
