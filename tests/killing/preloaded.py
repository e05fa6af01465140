"""What a worker has loaded before it is forked for a task: all the stages, and a clock that stands on the day of the night told.

Only the server of forks imports this (``tests.killing.workers``): it puts another clock behind ``db.clock`` for its process.
"""

import os
import threading
from datetime import UTC, datetime, timedelta

from db import clock

_lag = timedelta(0)


def _told() -> datetime:
    return datetime.now(tz=UTC) - _lag


clock.now = _told

import great_expectations  # noqa: E402, F401 - loaded here so that no task spends its moments on it
import polars as pl  # noqa: E402, F401 - as above

from audit import sequencer  # noqa: E402 - after the clock, like all that follows
from cli import development, settings  # noqa: E402
from cli.house import House  # noqa: E402
from connectors import landing, runs, stages, staging  # noqa: E402, F401
from db.environment import from_environ  # noqa: E402
from publish import refresh  # noqa: E402, F401
from publish import stages as publishing  # noqa: E402
from schemas import expectations  # noqa: E402, F401
from schemas.validation import docs, judge  # noqa: E402, F401


def live(lag: timedelta) -> None:
    """Let this process's clock lag behind the real one."""
    global _lag  # noqa: PLW0603 - one clock a process
    _lag = lag


def _house() -> House:
    environment = from_environ()
    return House(settings.from_environ(values=os.environ), environment.database_url, "", environment)


def _furnish() -> None:
    development.furnish(_house())


def _hear() -> None:
    development.record_wishes(_house())


def _sequence() -> None:
    sequencer.serve(from_environ(), threading.Event())


TASKS = {
    "leave": publishing.leave,
    "plan": stages.plan,
    "land": stages.land,
    "group": stages.group,
    "check": stages.check,
    "merge": stages.merge,
    "verdict": stages.verdict,
    "due": publishing.due,
    "refresh": publishing.refresh,
    "published": publishing.verdict,
    "furnish": _furnish,
    "hear": _hear,
    "sequence": _sequence,
}
