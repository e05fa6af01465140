"""Seeded chance: the same key draws the same numbers on every machine and Python."""

from bisect import bisect
from collections.abc import Mapping, Sequence
from itertools import accumulate
from math import gcd, log
from typing import Generic, TypeVar

T = TypeVar("T")
_MASK = (1 << 64) - 1
_STEP = 0x9E3779B97F4A7C15
_UNIT = 2.0**-53


def mixed(*key: int) -> int:
    """Fold a key of integers into 64 evenly spread bits (splitmix64)."""
    value = 0
    for part in key:
        value = _scattered((value ^ part) + _STEP & _MASK)
    return value


def _scattered(value: int) -> int:
    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9 & _MASK
    value = (value ^ value >> 27) * 0x94D049BB133111EB & _MASK
    return value ^ value >> 31


class Weighted(Generic[T]):
    """A closed list with weights; the weights need no common sum."""

    __slots__ = ("_bounds", "_items", "_sum")

    def __init__(self, weights: Mapping[T, float]) -> None:
        self._items = tuple(weights)
        self._bounds = list(accumulate(weights.values()))
        self._sum = self._bounds[-1]

    def at(self, share: float) -> T:
        """Give the item at a share in [0, 1) of the whole weight."""
        return self._items[min(bisect(self._bounds, share * self._sum), len(self._items) - 1)]


class Draw:
    """A row of random numbers (splitmix64) that its key alone decides."""

    __slots__ = ("_state",)

    def __init__(self, *key: int) -> None:
        self._state = mixed(*key)

    def _next(self) -> float:
        """Give the next number in [0, 1)."""
        value = self._state = self._state + _STEP & _MASK
        # As _scattered, written out: half of all time goes by here.
        value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9 & _MASK
        value = (value ^ value >> 27) * 0x94D049BB133111EB & _MASK
        return ((value ^ value >> 31) >> 11) * _UNIT

    def chance(self, share: float) -> bool:
        """Say yes with this probability."""
        return self._next() < share

    def upto(self, bound: int) -> int:
        """Give a whole number in [0, bound)."""
        return int(self._next() * bound)

    def between(self, low: int, high: int) -> int:
        """Give a whole number from low to high, both included; low when high is below it."""
        return low + int(self._next() * max(high - low + 1, 1))

    def one_of(self, items: Sequence[T]) -> T:
        """Give one of the items, each as likely."""
        return items[int(self._next() * len(items))]

    def weighted(self, table: Weighted[T]) -> T:
        """Give one of a weighted list."""
        return table.at(self._next())

    def waiting(self, mean: float) -> int:
        """Give a waiting time of this mean, exponentially spread, in whole units."""
        return int(-log(1.0 - self._next()) * mean)


class Shuffle:
    """A shuffle of 0 .. size-1 that is computed, never stored: i -> (step * i + start) mod size, and back."""

    __slots__ = ("_back", "_start", "_step", "size")

    def __init__(self, size: int, *key: int) -> None:
        self.size = max(size, 1)
        self._start = mixed(*key, 1) % self.size
        self._step = _coprime(self.size, mixed(*key, 2))
        self._back = pow(self._step, -1, self.size)

    def rank(self, item: int) -> int:
        """Give the place of an item in the shuffled order."""
        return (self._step * item + self._start) % self.size

    def item(self, rank: int) -> int:
        """Give the item at a place of the shuffled order."""
        return (rank - self._start) * self._back % self.size

    def chosen(self, item: int, share: float) -> bool:
        """Say whether the item is in the first `share` of the order: exactly so many are, rounded."""
        return self.rank(item) < round(share * self.size)


def _coprime(size: int, wish: int) -> int:
    """Give a multiplier near a random place in the middle half of the range that has no common divisor with the size."""
    step = size // 4 + wish % (size // 2 + 1)
    while gcd(step, size) != 1:
        step += 1
    return step
