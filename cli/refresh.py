"""One full refresh driven through Airflow: trigger the pulls, wait for the publishing they wake, and sum up."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from cli.airflow import FINAL_STATES, Airflow
from cli.settings import Refusal

PULLS: Final = ("pull_te", "pull_kela", "pull_sote")
PUBLISH: Final = "publish"
POLL_S: Final = 0.3
REFRESH_TIMEOUT_S: Final = 3_600
Tell = Callable[[Sequence[Mapping[str, Any]]], Mapping[str, Any]]
"""Gives the sums and sentences of the batches that a run planned: one that is red hands nothing on."""
Progress = Callable[[Callable[[], str]], None]
"""Where somebody looks on, it asks how things stand: asking Airflow for it three times a second is a twentieth of all the work."""


@dataclass(slots=True)
class Summary:
    """What one refresh did, as DESIGN.md section 6 and AMENDMENTS 14 name it; seconds are wall time per stage."""

    sources: dict[str, dict[str, int]] = field(default_factory=dict)
    decisions: dict[str, int] = field(default_factory=dict)
    views: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("published", "unchanged", "removed"), 0))
    seconds: dict[str, float] = field(default_factory=dict)
    sentences: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """Give the one object that ``./luukku run --json`` prints."""
        return {
            "sources": self.sources,
            "decisions": self.decisions,
            "views": self.views,
            "seconds": {stage: round(seconds, 2) for stage, seconds in self.seconds.items()},
            "sentences": self.sentences,
            "failed": self.failed,
        }


def refresh(airflow: Airflow, *, after_clients: Callable[[], None], tell: Tell, progress: Progress) -> Summary:
    """Pull TE and Kela side by side, let `after_clients` act (in development: the desks record consents), pull sote, wait for the views.

    One red source stops neither the others nor the publishing of what is good; it is named in `failed`, and `tell` gives its sums.
    """
    summary = Summary()
    before = {run["dag_run_id"] for run in airflow.runs(PUBLISH)}
    _pull(airflow, ("pull_te", "pull_kela"), summary, tell, progress)
    with _timed(summary, "consents"):
        after_clients()
    _pull(airflow, ("pull_sote",), summary, tell, progress)
    _await_publishing(airflow, before, summary, progress)
    return summary


def _pull(airflow: Airflow, dags: Sequence[str], summary: Summary, tell: Tell, progress: Progress) -> None:
    started = {dag: airflow.trigger(dag, {}) for dag in dags}
    for dag, run_id in started.items():
        run = _finished(airflow, dag, run_id, progress)
        _tell(airflow, dag, run, summary, tell)


def _finished(airflow: Airflow, dag: str, run_id: str, progress: Progress) -> dict[str, Any]:
    end = time.monotonic() + REFRESH_TIMEOUT_S
    while (run := airflow.run(dag, run_id))["state"] not in FINAL_STATES:
        progress(lambda: f"{dag}: {_standing(airflow.tasks(dag, run_id))}")
        if time.monotonic() > end:
            raise Refusal(f"{dag} was not done within an hour; see Airflow's page.", code=3)
        time.sleep(POLL_S)
    return run


def _standing(tasks: Sequence[Mapping[str, Any]]) -> str:
    done = sum(task["state"] in FINAL_STATES for task in tasks)
    running = sorted({task["task_id"] for task in tasks if task["state"] == "running"})
    return f"{done} of {len(tasks)} tasks done" + (f", now {', '.join(running)}" if running else "")


def _tell(airflow: Airflow, dag: str, run: Mapping[str, Any], summary: Summary, tell: Tell) -> None:
    verdict = airflow.result(dag, run["dag_run_id"], "verdict")
    if verdict is None:
        verdict = tell(airflow.result(dag, run["dag_run_id"], "plan") or [])
    source = dag.removeprefix("pull_")
    if counts := {
        name: verdict[name] for name in ("pulled", "accepted", "quarantined", "unchanged", "held") if name in verdict
    }:
        summary.sources[source] = counts
    summary.sentences += verdict.get("sentences", [])
    _add_seconds(airflow, dag, run, summary)
    if run["state"] != "success":
        summary.failed.append(dag)


def _await_publishing(airflow: Airflow, before: set[str], summary: Summary, progress: Progress) -> None:
    """Wait until no publishing is under way or owed: a merge's asset event becomes a run within a heartbeat or two."""
    quiet_since: float | None = None
    while quiet_since is None or time.monotonic() - quiet_since < HEARTBEATS_S:
        busy = [run for run in airflow.runs(PUBLISH) if run["state"] not in FINAL_STATES]
        progress(partial(_publishing, under_way=bool(busy)))
        quiet_since = None if busy else (quiet_since or time.monotonic())
        time.sleep(POLL_S)
    for run in airflow.runs(PUBLISH):
        if run["dag_run_id"] not in before:
            _tell_published(airflow, run, summary)


def _publishing(*, under_way: bool) -> str:
    return f"{PUBLISH}: {'under way' if under_way else 'done'}"


HEARTBEATS_S: Final = 3


def _tell_published(airflow: Airflow, run: Mapping[str, Any], summary: Summary) -> None:
    verdict = airflow.result(PUBLISH, run["dag_run_id"], "verdict") or {}
    for name in summary.views:
        summary.views[name] += verdict.get(name, 0)
    for outcome, count in verdict.get("decisions", {}).items():
        summary.decisions[outcome] = summary.decisions.get(outcome, 0) + count
    _add_seconds(airflow, PUBLISH, run, summary)
    if run["state"] != "success":
        summary.failed.append(PUBLISH)


def _add_seconds(airflow: Airflow, dag: str, run: Mapping[str, Any], summary: Summary) -> None:
    for task in airflow.tasks(dag, run["dag_run_id"]):
        stage = f"{dag}.{task['task_id']}"
        summary.seconds[stage] = summary.seconds.get(stage, 0.0) + (task["duration"] or 0.0)


class _timed:  # noqa: N801 - reads as a word in a with statement
    """Add the wall time of a block to a stage."""

    def __init__(self, summary: Summary, stage: str) -> None:
        self._summary = summary
        self._stage = stage

    def __enter__(self) -> None:
        self._start = time.monotonic()

    def __exit__(self, *_: object) -> None:
        self._summary.seconds[self._stage] = time.monotonic() - self._start
