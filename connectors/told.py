"""A row of a register as the event of its last change tells of it: by a digest of all that stands in it (ACCESS-LOG 10)."""

from collections.abc import Mapping
from datetime import UTC, datetime

from audit.events import ChangeRef
from connectors.staging import events


def told(table: str, key: str, row: Mapping[str, object]) -> ChangeRef:
    """Name a row as it stands."""
    return events.change(table, key, {name: _plain(value) for name, value in row.items()})


def taken_out(table: str, key: str) -> ChangeRef:
    """Name a row that was taken out in its time."""
    return events.change(table, key, {})


def _plain(value: object) -> str | None:
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return None if value is None else str(value)
