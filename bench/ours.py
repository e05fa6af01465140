"""Our pipeline as measured tasks: the stages as Airflow calls them, with imports and first calls done before the clock starts."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib import import_module
from typing import Any, Final

from bench.ground import Values
from bench.measure import Work
from connectors import runs, staging
from connectors.frames import HETU, LOCATOR, text_frame
from db.environment import from_environ
from schemas.expectations import suites_of
from schemas.validation import docs
from schemas.validation.judge import Judge
from schemas.validation.rows import check_rows
from schemas.vocabulary import Source

Facts = dict[str, Any]
WRITING: Final = "connectors.queries.binary"
"""What rows are laid out for COPY with; it is loaded where rows are first written."""


def checked(*, values: Values, source: str, group: Facts, at: str) -> Work:
    """Prepare the checking of one group."""
    environment, moment = from_environ(values), datetime.fromisoformat(at)
    _warm(Source(source), moment)
    return lambda: staging.check(environment, group, at=moment)


def merged(*, values: Values, source: str, planned: Sequence[Facts], checked: Sequence[Facts], at: str) -> Work:
    """Prepare the merge of a run."""
    environment, moment = from_environ(values), datetime.fromisoformat(at)
    import_module(WRITING)
    return lambda: staging.merge(environment, source=source, planned=planned, checked=checked, at=moment)


def judged(*, values: Values, source: str, planned: Sequence[Facts], merged: Facts, at: str) -> Work:
    """Prepare the verdict with its Data Docs; it comes after the commit."""
    environment = from_environ(values)
    _warm(Source(source), datetime.fromisoformat(at))
    return lambda: runs.verdict(environment, source=source, planned=planned, merged=merged)


def whole(*, values: Values, source: str, planned: Sequence[Facts], groups: Sequence[Facts], at: str) -> Work:
    """Prepare a source's way from landed bytes to the commit, all in one process."""
    environment, moment = from_environ(values), datetime.fromisoformat(at)
    _warm(Source(source), moment)
    import_module(WRITING)

    def work() -> Mapping[str, Any]:
        done = [staging.check(environment, group, at=moment) for group in groups]
        return staging.merge(environment, source=source, planned=planned, checked=done, at=moment)

    return work


def _warm(source: Source, at: datetime) -> None:
    """Load what judging and rendering import when first called: a worker pays that once, and it is shown apart."""
    record, suite = next(iter(suites_of(source).items()))
    outcome = check_rows(Judge(), suite, text_frame(record, [], (LOCATOR, HETU)), on=at.date())
    docs.page(outcome.result)
