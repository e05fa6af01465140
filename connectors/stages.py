"""The stages of a pull as Airflow runs them: plain values in and out, the environment and the clock taken here.

Imports stand inside the functions: a worker forks for each task, and a DAG file that is only read must load none of them
(PIPELINE.md 2.10). What passes between tasks is paths and counts, never a person.
"""

# ruff: noqa: PLC0415 - see above

from collections.abc import Iterable
from typing import Any, Final

from db.clock import now
from db.environment import clock_runs, from_environ

Facts = dict[str, Any]
WORKER: Final = {"POLARS_MAX_THREADS": "1"}
"""What the processes of the stages are handed: side by side they fill the cores, and threads of each would wait for one another."""
__all__ = ["WORKER", "check", "clock_runs", "group", "land", "merge", "plan", "revalidate", "verdict"]


def plan(source: str, leave: str, *, full: str, run: str) -> list[Facts]:
    """Cut the source into batches of one shard and one window each; ``full`` and ``run``, the run's id, are as Airflow renders them."""
    from connectors import runs

    return runs.plan(
        from_environ(), source=source, at=now(), full=full == "True", leave=leave, by_clock=run.startswith("scheduled")
    )


def land(batch: Facts) -> Facts:
    """Pull one batch to its last page and land it."""
    from connectors import landing

    return landing.land(from_environ(), batch, at=now())


def group(planned: Iterable[Facts], landed: Iterable[Facts]) -> list[Facts]:
    """Pack what was landed into groups that fit into memory; what was not landed is left to the verdict."""
    from connectors import runs

    return runs.group(from_environ(), planned=list(planned), landed=list(landed))


def check(group: Facts) -> Facts:
    """Parse and validate one group."""
    from connectors import staging

    return staging.check(from_environ(), group, at=now())


def merge(source: str, planned: Iterable[Facts], checked: Iterable[Facts]) -> Facts:
    """Link and merge what was checked, in one transaction."""
    from connectors import staging

    return staging.merge(from_environ(), source=source, planned=list(planned), checked=list(checked), at=now())


def verdict(source: str, planned: Iterable[Facts], merged: Facts) -> Facts:
    """Sum up the run; raises NotMerged when a planned batch is not merged."""
    from connectors import runs

    return runs.verdict(from_environ(), source=source, planned=list(planned), merged=merged)


def revalidate() -> dict[str, int]:
    """Judge refused rows again where our rules are newer than those that refused them, and give how many of each source are released."""
    from connectors import staging

    return staging.revalidate_outdated(from_environ(), at=now())
