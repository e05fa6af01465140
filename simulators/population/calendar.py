"""The simulated world's days: business dates step one day at a time, instants follow the clock that the host keeps."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

DAY = timedelta(days=1)
CLOSES_AT = time(2, tzinfo=UTC)
OFFICE_OPENS = time(6, tzinfo=UTC)
OFFICE_SECONDS = 8 * 3600
SHORTEST_DAY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Calendar:
    """`closings[n]`: the instant (aware UTC, whole seconds) up to which the data of day n are complete; all stamps lie before it."""

    first: date
    closings: tuple[datetime, ...]

    @classmethod
    def starting(cls, today: date, closing: datetime | None = None) -> "Calendar":
        """Begin on this date; without a closing the data are complete to 02:00 UTC."""
        return cls(today, (_whole(closing or datetime.combine(today, CLOSES_AT)),))

    def next(self, closing: datetime | None = None) -> "Calendar":
        """Let a day pass; without a closing, 24 hours. A closing within a minute of the last one is an error."""
        following = _whole(closing or self.closing + DAY)
        if following - self.closing < SHORTEST_DAY:
            raise ValueError("A simulated day lasts at least a minute.")
        return Calendar(self.first, (*self.closings, following))

    @property
    def day(self) -> int:
        """How many days have passed since the first."""
        return len(self.closings) - 1

    @property
    def today(self) -> date:
        """The business date."""
        return self.on(self.day)

    @property
    def closing(self) -> datetime:
        """The instant up to which today's data are complete."""
        return self.closings[-1]

    def on(self, day: int) -> date:
        """Give the business date of a day."""
        return self.first + timedelta(days=day)

    def office_moment(self, on: date, seconds: int) -> datetime:
        """Give an instant in that date's office hours, or the last ones before the first closing when that is later."""
        last = (self.closings[0] - DAY).date()
        return datetime.combine(min(on, last), OFFICE_OPENS) + timedelta(seconds=seconds % OFFICE_SECONDS)

    def moment(self, day: int, share: int, of: int) -> datetime:
        """Give an instant of a later day, the share `share / of` of the way between its two closings, in whole seconds."""
        start, end = self.closings[day - 1], self.closings[day]
        return start + timedelta(seconds=int((end - start).total_seconds()) * (share % of) // of)


def _whole(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(microsecond=0)
