"""The stages of publishing as Airflow runs them: plain values in and out, the environment and the clock taken here.

Imports stand inside the functions, as in ``connectors.stages``.
"""

# ruff: noqa: PLC0415 - see above

from collections.abc import Iterable
from typing import Any

from db.clock import now
from db.environment import from_environ

Facts = dict[str, Any]


def leave(source: str) -> str:
    """Write the list of whom and what the source may be asked about, and give its path (AMENDMENTS 5)."""
    from publish import refresh

    return refresh.write_leave_list(from_environ(), source=source, at=now())


def due() -> list[Facts]:
    """Cut the people who are pending into shards."""
    from publish import refresh

    return refresh.due(from_environ())


def refresh(shard: Facts) -> Facts:
    """Assemble, gate and publish one shard, atomically."""
    from publish import refresh as refreshing

    return refreshing.refresh(from_environ(), shard, at=now())


def verdict(due: Iterable[Facts], refreshed: Iterable[Facts | None] | None) -> Facts:
    """Sum up the run; raises when a shard that was due was not published."""
    from publish import refresh as refreshing

    return refreshing.verdict(list(due), list(refreshed or ()))
