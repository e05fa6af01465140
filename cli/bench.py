"""``./luukku bench NAME``: a measurement with its limit and its peers, as a table and as JSON."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from bench import pipeline
from bench.consent import run as consent
from bench.log import run as log
from cli.settings import Refusal

MEASUREMENTS: Final[Mapping[str, Callable[[Sequence[str]], int]]] = {
    "pipeline": pipeline.main,
    "log": log.main,
    "consent": consent.main,
}


def bench(name: str, arguments: Sequence[str]) -> int:
    """Run the measurement of that name and give its exit code; raises Refusal for an unknown one."""
    if name not in MEASUREMENTS:
        raise Refusal(f"There is no measurement of that name; there are {', '.join(MEASUREMENTS)}.")
    return MEASUREMENTS[name](arguments)
