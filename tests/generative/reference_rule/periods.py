"""Time as a set of cells: a period asked is cut at every moment that matters, and each cell is in or out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Self

from consent.model import Period


@dataclass(frozen=True)
class Cells:
    """Disjoint half-open cells, none of which is cut by a moment that matters."""

    cells: frozenset[tuple[datetime, datetime]]

    @classmethod
    def of(cls, start: datetime, end: datetime, cuts: Iterable[datetime]) -> Self:
        moments = sorted({start, end, *(cut for cut in cuts if start < cut < end)})
        return cls(frozenset(pairwise(moments)))

    def within(self, start: datetime, end: datetime) -> "Cells":
        return Cells(frozenset(cell for cell in self.cells if start <= cell[0] < end))

    def without(self, other: "Cells") -> "Cells":
        return Cells(self.cells - other.cells)

    def __or__(self, other: "Cells") -> "Cells":
        return Cells(self.cells | other.cells)

    def __bool__(self) -> bool:
        return bool(self.cells)

    def periods(self) -> tuple[Period, ...]:
        """The same time in the fewest periods, in order: each starts where no cell ends, and ends where none starts."""
        starts, ends = {cell[0] for cell in self.cells}, {cell[1] for cell in self.cells}
        return tuple(Period(*pair) for pair in zip(sorted(starts - ends), sorted(ends - starts), strict=True))
