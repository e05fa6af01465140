"""The synthetic people of one home: drawn on its first start, and a day older with every day since."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Self
from zoneinfo import ZoneInfo

from cli.settings import Refusal, Settings
from simulators.population import Population

HELSINKI: Final = ZoneInfo("Europe/Helsinki")
HELD_BEHIND: Final = timedelta(minutes=2)
MOST_DAYS: Final = 60
FILE: Final = "people.json"


@dataclass(frozen=True, slots=True)
class Drawn:
    """What the people of this home were drawn from; the same three give the same people.

    `closing` is the instant to which the first day's data are complete: a while before the first start, as at a real source.
    """

    people: int
    seed: int
    closing: datetime

    @classmethod
    def of(cls, settings: Settings, *, at: datetime) -> Self:
        """Find what the home was begun with, or begin it today; raises Refusal when another number is asked for now."""
        drawn = cls.begun(settings)
        if drawn is None:
            drawn = cls(settings.people, settings.seed, at.replace(microsecond=0) - HELD_BEHIND)
            drawn._write(settings.home / FILE)
        return drawn

    @classmethod
    def begun(cls, settings: Settings) -> Self | None:
        """Find what the home was begun with, None where it was not; raises Refusal when another number is asked for now."""
        path = settings.home / FILE
        if not path.exists():
            return None
        known = json.loads(path.read_text())
        if (known["people"], known["seed"]) != (settings.people, settings.seed):
            raise Refusal(
                f"This home was begun with {known['people']} people; choose another LUUKKU_HOME for another number or seed."
            )
        return cls(known["people"], known["seed"], datetime.fromisoformat(known["closing"]))

    def population(self, *, at: datetime) -> Population:
        """Make the people as of today: each day since the first has brought its changes."""
        today = self.closing.astimezone(HELSINKI).date()
        population = Population.make(seed=self.seed, people=self.people, today=today, closing=self.closing)
        for _ in range(min((at - HELD_BEHIND - self.closing) // timedelta(days=1), MOST_DAYS)):
            population = population.advance()
        return population

    def _write(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"people": self.people, "seed": self.seed, "closing": self.closing.isoformat()}))
