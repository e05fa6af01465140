"""A night as the timetables run it: the sources one after the other, the desks after the first views, each stage a task."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from tests.killing.workers import Worker

STAGES = ("leave", "plan", "land", "group", "check", "merge", "verdict", "due", "refresh", "published")
THE_SAME_EACH_TIME = frozenset({"leave", "plan", "group", "verdict", "due", "published"})
"""Tasks that do all their work anew when they are run again; the others find it done, so that a second kill would hit nothing."""
MOST_DRAWS = 8


@dataclass(slots=True)
class Calm:
    """Runs each task to its end, and remembers how long each took, in the order of their running by name."""

    took: dict[str, list[float]] = field(default_factory=dict)

    def run(self, worker: Worker, name, *arguments, **named):
        began = time.monotonic()
        told = worker.done(name, *arguments, **named)
        self.took.setdefault(name, []).append(time.monotonic() - began)
        return told


@dataclass(slots=True)
class Moments:
    """Draws moments at random from the time that each task took in the undisturbed night."""

    took: dict[str, list[float]]
    random: Random
    begun: dict[str, int] = field(default_factory=dict)

    def of_next(self, name: str) -> Callable[[], float]:
        """Give the moments, in seconds from its start, at which the next task of a name may be struck."""
        number = self.begun.get(name, 0)
        self.begun[name] = number + 1
        longest = self.took[name][min(number, len(self.took[name]) - 1)]
        return lambda: self.random.uniform(0, longest)


@dataclass(slots=True)
class Killing:
    """Kills each task at a random moment, so many times in a row, then runs it to its end, as retries would.

    A kill that came too late is no hit.
    """

    moments: Moments
    a_task: int
    hits: dict[str, int] = field(default_factory=lambda: dict.fromkeys(STAGES, 0))

    def run(self, worker: Worker, name, *arguments, **named):
        moment = self.moments.of_next(name)
        for _ in range(self.a_task):
            self.hits[name] += self._struck(worker, moment, name, *arguments, **named)
        return worker.done(name, *arguments, **named)

    def _struck(self, worker: Worker, moment, name, *arguments, **named) -> bool:
        draws = range(MOST_DRAWS if name in THE_SAME_EACH_TIME else 1)
        return any(worker.killed(moment(), name, *arguments, **named) for _ in draws)


@dataclass(slots=True)
class Felling:
    """Has the database server killed under each merge and each refresh, then runs the task again; `felled` counts those still at work."""

    moments: Moments
    fell: Callable[[], None]
    felled: int = 0

    def run(self, worker: Worker, name, *arguments, **named):
        moment = self.moments.of_next(name)
        if name in ("merge", "refresh"):
            process, said = worker.begun(name, *arguments, **named)
            time.sleep(moment())
            self.felled += not said.poll(0)
            self.fell()
            process.join()
        return worker.done(name, *arguments, **named)


def night(worker: Worker, tasks: Calm | Killing | Felling) -> None:
    """Pull TE and Kela, publish, hear the desks, pull sote, publish."""
    pull(worker, tasks, "te")
    pull(worker, tasks, "kela")
    publish(worker, tasks)
    worker.done("hear")
    pull(worker, tasks, "sote")
    publish(worker, tasks)


def night_of_te(worker: Worker, tasks: Calm | Killing | Felling) -> None:
    """Pull TE and publish: each stage once, nobody's consent asked for."""
    pull(worker, tasks, "te")
    publish(worker, tasks)


def pull(worker, tasks, source):
    leave = tasks.run(worker, "leave", source)
    planned = tasks.run(worker, "plan", source, leave, full="False", run="manual")
    landed = [tasks.run(worker, "land", batch) for batch in planned]
    groups = tasks.run(worker, "group", planned, landed)
    checked = [tasks.run(worker, "check", group) for group in groups]
    merged = tasks.run(worker, "merge", source, planned, checked)
    tasks.run(worker, "verdict", source, planned, merged)


def publish(worker, tasks):
    due = tasks.run(worker, "due")
    refreshed = [tasks.run(worker, "refresh", shard) for shard in due]
    tasks.run(worker, "published", due, refreshed)
