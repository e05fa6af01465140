"""Withheld held against empty: what somebody who may see nothing is told, and how soon, whether or not there is anything to see."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from itertools import cycle
from statistics import median
from typing import Any, Final

import httpx

from bench.consent.calling import A_TOKEN, WARM_UP, Timed, desks_of, read_view
from bench.consent.granting import ASIDE
from bench.measure import Work
from simulators.municipality import Municipality

OWN_TO_THE_CALL: Final = ("date", "x-request-id", "ratelimit", "ratelimit-policy")
"""Headers that tell the time, the call and the caller's own rate, nothing of the person."""
REQUEST_ID: Final = {"X-Request-Id": "bench-withheld"}
"""The refusal repeats it; so it is the same for every call."""


def compared(base: str, keys: Mapping[str, Mapping[str, str]], people: int, pairs: int) -> Work:
    """Read in turn of somebody who withholds and of their like of whom nothing is held, which of them first changing with each pair."""

    def work() -> dict[str, Any]:
        http = Timed.to(base, REQUEST_ID)
        with closing(http.line):
            desks = desks_of(base, keys, http)
            _told(desks, people, WARM_UP // 2)
            http.taken.clear()
            told = _told(desks, people, pairs)
        withheld, empty = _parted(http.taken)
        return {
            "pairs": pairs,
            "differing_bytes": sum(map(differing, told[::2], told[1::2])),
            "median_withheld_ms": median(withheld) * 1000,
            "median_empty_ms": median(empty) * 1000,
            "medians_apart_percent": abs(median(withheld) / median(empty) - 1) * 100,
        }

    return work


def _told(desks: Sequence[Municipality], people: int, pairs: int) -> list[bytes]:
    """Give the answers of every pair, the withheld one first in every second."""
    answers: list[bytes] = []
    for number, desk in zip(range(pairs), cycle(desks), strict=False):
        if number % (len(desks) * A_TOKEN // 2) < len(desks):
            desk.forget_token()
        withheld = number * ASIDE % people
        both = _in_turn(number, withheld, withheld + people)
        answers += [spelled(read_view(desk, person, case=number)) for person in both]
    return answers


def _in_turn(number: int, withheld: int, empty: int) -> tuple[int, int]:
    return (empty, withheld) if number % 2 else (withheld, empty)


def _parted(taken: Sequence[float]) -> tuple[list[float], list[float]]:
    """Part the times of the withheld from those of the empty."""
    parted: tuple[list[float], list[float]] = ([], [])
    for place, seconds in enumerate(taken):
        parted[(place + place // 2) % 2].append(seconds)
    return parted


def spelled(answer: httpx.Response) -> bytes:
    """Write an answer as its caller gets it: status, headers, body, but for what is the call's own."""
    headers = [f"{name}: {value}" for name, value in answer.headers.items() if name.lower() not in OWN_TO_THE_CALL]
    return "\n".join((str(answer.status_code), *headers, "")).encode() + answer.content


def differing(one: bytes, other: bytes) -> int:
    """Count the bytes in which two answers differ, what one has more among them."""
    return sum(a != b for a, b in zip(one, other, strict=False)) + abs(len(one) - len(other))
