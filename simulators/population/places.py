"""Where the people live: sizes of municipalities, and the runs of places in the population that belong to each."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from simulators.statistics import Municipality

SAVONLINNA = "36"
# The areas that share a county with Savonlinna's people's moves: Mikkelin seutu, Keski-Savo, Pohjois-Karjala.
NEIGHBOURS = ("13", "23", "29")
NEIGHBOUR_SHARE = 0.10
# Up to so many people, all are Savonlinna's and a thin set lives around it; beyond, the whole mainland by its statistics.
REGION_LIMIT = 5_000
# Åland's job service keeps its own register: area 46 is outside the 45 (DOMAIN.md 2.2).
ALAND = "46"
# People a municipality has beyond its TE clients: known to Kela or a wellbeing county only.
OTHERS_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class Place:
    """A municipality with its people: `clients` known to TE first, then those known to other sources only."""

    municipality: str
    area: str
    county: str
    clients: int
    others: int

    @property
    def people(self) -> int:
        """All of them."""
        return self.clients + self.others


class Places:
    """All municipalities in order of area and code; the people of one, and so of an area, are one run of places."""

    def __init__(self, municipalities: Sequence[Municipality], people: int) -> None:
        self.all = _placed(municipalities, people)
        self._ends = list(accumulate(place.people for place in self.all))

    @property
    def people(self) -> int:
        """How many people there are on the first day."""
        return self._ends[-1]

    def of(self, index: int) -> tuple[Place, int]:
        """Give the place of the person at this index, and how many of its people come before."""
        number = bisect_right(self._ends, index)
        return self.all[number], index - (self._ends[number] - self.all[number].people)

    def runs(
        self, *, municipality: str | None = None, area: str | None = None, county: str | None = None
    ) -> list[range]:
        """Give the runs of indexes of the people of a municipality, an area or a county."""
        return [
            range(end - place.people, end)
            for place, end in zip(self.all, self._ends, strict=True)
            if municipality in (None, place.municipality)
            and area in (None, place.area)
            and county in (None, place.county)
        ]


def _placed(municipalities: Sequence[Municipality], people: int) -> tuple[Place, ...]:
    mainland = [one for one in municipalities if one.area != ALAND]
    if people > REGION_LIMIT:
        return _shared(mainland, people)
    own = _shared([one for one in mainland if one.area == SAVONLINNA], people)
    around = _shared([one for one in mainland if one.area in NEIGHBOURS], round(people * NEIGHBOUR_SHARE))
    return tuple(sorted(own + around, key=lambda place: (place.area, place.municipality)))


def _shared(municipalities: Sequence[Municipality], people: int) -> tuple[Place, ...]:
    """Share people out by the number of unemployed, to the last one (largest remainders first)."""
    whole = sum(one.unemployed or 0 for one in municipalities)
    exact = [people * (one.unemployed or 0) / whole for one in municipalities]
    sizes = [int(share) for share in exact]
    by_remainder = sorted(range(len(sizes)), key=lambda number: (sizes[number] - exact[number], number))
    for number in by_remainder[: people - sum(sizes)]:
        sizes[number] += 1
    return tuple(
        Place(one.code, one.area, one.county, size, round(size * OTHERS_SHARE))
        for one, size in zip(municipalities, sizes, strict=True)
    )
