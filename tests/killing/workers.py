"""Tasks as processes of their own, forked from a worker that has loaded everything; each can be killed at a moment."""

import multiprocessing
import os
import signal
import time
import traceback
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

LONGEST_S = 120


@dataclass(frozen=True, slots=True)
class Told:
    """What a task gave back."""

    value: object


class TaskFailed(AssertionError):
    """A task that nobody killed raised an error."""


def _work(worker: "Worker", name: str, arguments: tuple, named: dict, pipe: Connection):
    from tests.killing import preloaded

    os.setsid()
    os.environ.update(worker.environ)
    preloaded.live(worker.lag)
    try:
        pipe.send(Told(preloaded.TASKS[name](*arguments, **named)))
    except Exception:  # noqa: BLE001 - it is told to whoever waits
        pipe.send(traceback.format_exc())


@dataclass(frozen=True, slots=True)
class Worker:
    """Starts tasks with one home's environment, their clock behind the real one by `lag`."""

    environ: Mapping[str, str]
    lag: timedelta = timedelta(0)

    def done(self, name, *arguments, **named):
        """Run a task to its end and give what it gave. Raises TaskFailed."""
        process, pipe = self.begun(name, *arguments, **named)
        assert pipe.poll(LONGEST_S), f"{name} did not end"
        said = pipe.recv()
        process.join()
        if not isinstance(said, Told):
            raise TaskFailed(f"{name} failed:\n{said}")
        return said.value

    def killed(self, after_s: float, name, *arguments, **named) -> bool:
        """Kill a task and all that it started this long after its fork; tells whether the kill came before it could give anything back."""
        process, pipe = self.begun(name, *arguments, **named)
        time.sleep(after_s)
        ended = pipe.poll(0)
        _kill(process.pid)
        process.join()
        return not ended and process.exitcode == -signal.SIGKILL

    def begun(self, name, *arguments, **named) -> tuple[BaseProcess, Connection]:
        """Fork a task."""
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["tests.killing.preloaded"])
        ours, theirs = context.Pipe(duplex=False)
        process = context.Process(target=_work, args=(self, name, arguments, named, theirs))
        process.start()
        theirs.close()
        return process, ours


def _kill(pid: int) -> None:
    """Kill the task's group, or the task alone where it has not yet made one; nothing where it has ended."""
    for kill in (os.killpg, os.kill):
        with suppress(ProcessLookupError):
            return kill(pid, signal.SIGKILL)
    return None
