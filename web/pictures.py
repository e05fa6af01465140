"""Pictures as data: what is drawn where; pure. The templates write them, with the same data as a table beside (PAGES.md 8)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

MOST_STEPS: Final = 20
WIDTH: Final = 720
"""Units of the drawing, about as many pixels on a desk; it is never shown so small that its text is under 14 px."""
LANE: Final = 84
EDGE: Final = 24
GAP: Final = 32
"""Marks of one lane stand at least so far apart, so that none covers another."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a life: when it was said, what, and in whose lane."""

    at: datetime
    kind: str
    lane: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A step as it is drawn, in its order from 1; ``x`` in units of the drawing."""

    number: int
    step: Step
    x: int

    @property
    def sign(self) -> str:
        """The sign beside the colour."""
        return _SIGNS.get(self.step.kind, ("?", "soon"))[0]

    @property
    def tag(self) -> str:
        """The colour, as a class."""
        return _SIGNS.get(self.step.kind, ("?", "soon"))[1]


@dataclass(frozen=True, slots=True)
class Lane:
    """All marks of one recipient, on a line at ``y``."""

    name: str
    y: int
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class LifeLine:
    """The life line of what somebody has said: a lane for each recipient, time to the right; ``older``: steps left out."""

    lanes: tuple[Lane, ...]
    older: int

    @property
    def marks(self) -> Sequence[Mark]:
        """All marks in the order in which they were said, as the table beside lists them."""
        return sorted((mark for lane in self.lanes for mark in lane.marks), key=lambda mark: mark.number)

    @property
    def height(self) -> int:
        """How high it is, in units of the drawing."""
        return LANE * len(self.lanes)


_SIGNS: Final[Mapping[str, tuple[str, str]]] = {
    "given": ("✓", "good"),
    "renewed": ("✓", "good"),
    "lifted": ("○", "neutral"),
    "refused": ("✕", "no"),
    "withdrawn": ("✕", "no"),
    "revoked": ("✕", "no"),
    "denied": ("✕", "no"),
}


def life_line(steps: Iterable[Step]) -> LifeLine:
    """Draw the last ``MOST_STEPS`` steps, oldest at the left."""
    ordered = sorted(steps, key=lambda step: step.at)
    shown = list(enumerate(ordered[-MOST_STEPS:], start=1))
    names = dict.fromkeys(step.lane for _, step in shown)
    lanes = []
    for place, name in enumerate(names):
        own = [(number, step) for number, step in shown if step.lane == name]
        places = _apart([_scaled(step.at, shown[0][1].at, shown[-1][1].at) for _, step in own])
        marks = tuple(Mark(number, step, x) for (number, step), x in zip(own, places, strict=True))
        lanes.append(Lane(name, place * LANE + LANE // 2 + 4, marks))
    return LifeLine(tuple(lanes), max(0, len(ordered) - MOST_STEPS))


def _scaled(at: datetime, first: datetime, last: datetime) -> int:
    """Place a moment between the edges; where all is one moment, at the left."""
    span = (last - first).total_seconds()
    return EDGE + round((WIDTH - 2 * EDGE) * (at - first).total_seconds() / span) if span else EDGE


def _apart(places: Sequence[int]) -> list[int]:
    """Move marks that would cover one another, to the right, and back again from the edge."""
    moved: list[int] = []
    for x in places:
        moved.append(max(x, moved[-1] + GAP) if moved else x)
    limit = WIDTH - EDGE
    for place in reversed(range(len(moved))):
        moved[place] = min(moved[place], limit)
        limit = moved[place] - GAP
    return moved
