"""A task measured in a process of its own: seconds, processor seconds and peak memory, with imports and preparation apart."""

import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from time import perf_counter
from typing import IO, Any, Final, Self

import psutil  # type: ignore[import-untyped] # it ships no types

from connectors import stages

KIB: Final = 1024
PEAK_UNIT_BYTES: Final = 1 if sys.platform == "darwin" else KIB
OURS: Final = "bench.ours:"
"""What tasks of ours are named by: they run in the surroundings of Airflow's workers, all others in those of whoever measures."""

Work = Callable[[], Mapping[str, Any]]
"""What is measured. A task prepares (imports, opens, reads) when it is called, and gives this; what it returns is small."""

Ready = Callable[[], object]
"""Returns when the machine is as it has to be."""


class TaskFailed(RuntimeError):
    """A measured process ended without a result; what it said stands on the error stream."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One task: wall and processor seconds of the work (children included), of the preparation before it, and the peak in bytes.

    `peak_bytes` is the largest resident set of the process or of one of its children, preparation included. `stolen_seconds` are the
    processor seconds that a virtual machine's host gave to others meanwhile, of all processors; whoever measures there has to know.
    """

    seconds: float
    cpu_seconds: float
    prepare_seconds: float
    peak_bytes: int
    stolen_seconds: float
    result: Mapping[str, Any] = field(default_factory=dict)

    @property
    def stolen_percent(self) -> float:
        """Say how much of this machine was taken away meanwhile."""
        return 100 * self.stolen_seconds / (self.seconds * (os.cpu_count() or 1))


def measured(task: str, **arguments: Any) -> Measured:
    """Run ``module:function`` in a process of its own and measure the work that it gives. Raises TaskFailed."""
    return measured_after(_nothing, task, **arguments)


def measured_after(ready: Ready, task: str, /, **arguments: Any) -> Measured:
    """Measure as ``measured`` does; `ready` is called when the task is prepared, and the clock does not run yet."""
    with Running.started(task, arguments) as running:
        return running.finished(ready)


def _nothing() -> None:
    """Be ready at once."""


def side_by_side(
    tasks: Sequence[tuple[str, Mapping[str, Any]]], ready: Ready = _nothing
) -> tuple[float, list[Measured]]:
    """Run tasks at once, all prepared before the first begins; the seconds are from then until the last has ended.

    `ready` is called when all are prepared and the clock does not run yet.
    """
    with _all_started(tasks) as running:
        for each in running:
            each.wait_until_prepared()
        ready()
        began = perf_counter()
        for each in running:
            each.go()
        results = [each.result() for each in running]
        return perf_counter() - began, results


@dataclass(slots=True)
class Running:
    """A measured process: it prepares, says so, begins when told, and hands its figures over as its last line."""

    task: str
    process: "subprocess.Popen[str]"
    ended: bool = False

    @classmethod
    def started(cls, task: str, arguments: Mapping[str, Any]) -> Self:
        """Start the process."""
        command = [sys.executable, "-m", __name__, task, json.dumps(arguments)]
        surroundings = {**os.environ, **(stages.WORKER if task.startswith(OURS) else {})}  # noqa: TID251 - handed on, not read
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=surroundings)  # noqa: S603 - our own module
        return cls(task, process)

    def finished(self, ready: Ready) -> Measured:
        """Let it run to its end; `ready` is called once it is prepared."""
        self.wait_until_prepared()
        ready()
        self.go()
        return self.result()

    def wait_until_prepared(self) -> None:
        """Wait for the first line."""
        if not _of(self.process.stdout).readline():
            raise TaskFailed(f"{self.task} failed before it began.")

    def go(self) -> None:
        """Let the work begin."""
        _of(self.process.stdin).write("go\n")
        _of(self.process.stdin).flush()

    def result(self) -> Measured:
        """Wait for the figures."""
        line = _of(self.process.stdout).readline()
        if not line:
            raise TaskFailed(f"{self.task} failed.")
        self.ended = True
        return Measured(**json.loads(line))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Let it end by itself after its result; one that is still at work is ended."""
        _of(self.process.stdin).close()
        if not self.ended:
            self.process.terminate()
        self.process.wait()
        _of(self.process.stdout).close()


@contextmanager
def _all_started(tasks: Sequence[tuple[str, Mapping[str, Any]]]) -> Iterator[list[Running]]:
    running: list[Running] = []
    try:
        for task, arguments in tasks:
            running.append(Running.started(task, arguments))
        yield running
    finally:
        for each in running:
            each.__exit__()


def _of(stream: IO[str] | None) -> IO[str]:
    if stream is None:
        raise TypeError("The process was started without its pipes.")
    return stream


def _main(task: str, arguments: str) -> None:
    """Be the measured process; whatever libraries print goes to the error stream."""
    told = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    began = perf_counter()
    module, _, name = task.partition(":")
    work: Work = getattr(import_module(module), name)(**json.loads(arguments))
    prepared = perf_counter() - began
    print("prepared", file=told, flush=True)
    if sys.stdin.readline():
        print(json.dumps(_figures(work, prepared)), file=told, flush=True)


def _figures(work: Work, prepared: float) -> dict[str, Any]:
    cpu, stolen, began = _cpu_seconds(), _stolen_seconds(), perf_counter()
    result = work()
    return {
        "seconds": perf_counter() - began,
        "stolen_seconds": _stolen_seconds() - stolen,
        "cpu_seconds": _cpu_seconds() - cpu,
        "prepare_seconds": prepared,
        "peak_bytes": max(_own_peak_bytes(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * PEAK_UNIT_BYTES),
        "result": dict(result),
    }


def _own_peak_bytes() -> int:
    """Give this process's peak. Where Linux tells it, by the memory it has had since it began: rusage also counts its parent's."""
    status = Path("/proc/self/status")
    lines = status.read_text("ascii").splitlines() if status.exists() else []
    told = next((line.split()[1] for line in lines if line.startswith("VmHWM:")), None)
    if told is not None:
        return int(told) * KIB
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * PEAK_UNIT_BYTES


def _cpu_seconds() -> float:
    return sum(usage.ru_utime + usage.ru_stime for usage in _usages())


def _stolen_seconds() -> float:
    """Read what the host took so far, which Linux alone tells."""
    return float(getattr(psutil.cpu_times(), "steal", 0.0))


def _usages() -> tuple["resource.struct_rusage", "resource.struct_rusage"]:
    return resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)


if __name__ == "__main__":
    _main(*sys.argv[1:])
