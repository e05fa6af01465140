"""The stages of publishing as Airflow runs them: plain values in and out, the environment and the clock taken here.

Imports stand inside the functions, as in ``connectors.stages``.
"""

# ruff: noqa: PLC0415 - see above

from collections.abc import Iterable
from typing import Any

from db.clock import now
from db.environment import clock_runs, from_environ

Facts = dict[str, Any]
__all__ = ["authority", "clock_runs", "due", "expire", "keep", "leave", "lists", "refresh", "unlink", "verdict"]


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


def lists() -> dict[str, int]:
    """Tell the log of the leave lists as they stand, and give how many people each names (AMENDMENTS 9)."""
    from publish.keeping.lists import tell_lists

    return tell_lists(from_environ(), at=now())


def keep() -> dict[str, int]:
    """Erase what has been kept long enough, and give how many of each thing went (AMENDMENTS 11)."""
    from publish.keeping.ending import end_what_is_over

    return end_what_is_over(from_environ(), at=now())


def unlink() -> dict[str, int]:
    """End what has come to the end of its class in the log, and give how many details and entries went (ACCESS-LOG 14)."""
    from publish.keeping.log import end_classes

    return end_classes(from_environ(), at=now())


def expire() -> dict[str, int]:
    """Record and receipt the consents that have run out, and give of how many acts (CONSENT.md 4)."""
    from publish.expiring import expire_due

    return expire_due(from_environ(), at=now())


def corrections() -> dict[str, int]:
    """Hand on people's requests for correction to the sources, take in their answers, and give how many of each (AMENDMENTS 17)."""
    from connectors.transport import open_http
    from publish.handing_on import exchange

    with open_http() as http:
        return exchange(from_environ(), http, now=now)


def authority() -> dict[str, int]:
    """Ask about the authority that consents rest on before it lapses, and give how many answers came (CONSENT.md 4)."""
    from connectors.transport import open_http
    from publish.authority import ask_due

    with open_http() as http:
        return ask_due(from_environ(), http, now=now)
