"""The synthetic people of one home: drawn on its first start, and a day older with every day since."""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final, Self
from zoneinfo import ZoneInfo

from cli.settings import Refusal, Settings
from simulators.population import Population

HELSINKI: Final = ZoneInfo("Europe/Helsinki")
MOST_DAYS: Final = 60


@dataclass(frozen=True, slots=True)
class Drawn:
    """What the people of this home were drawn from; the same three give the same people."""

    people: int
    seed: int
    first_day: date

    @classmethod
    def of(cls, settings: Settings, *, at: datetime) -> Self:
        """Find what the home was begun with, or begin it today; raises Refusal when another number is asked for now."""
        path = settings.home / "people.json"
        if not path.exists():
            drawn = cls(settings.people, settings.seed, at.astimezone(HELSINKI).date())
            drawn._write(path)
            return drawn
        known = json.loads(path.read_text())
        if (known["people"], known["seed"]) != (settings.people, settings.seed):
            raise Refusal(
                f"This home was begun with {known['people']} people; choose another LUUKKU_HOME for another number or seed."
            )
        return cls(known["people"], known["seed"], date.fromisoformat(known["first_day"]))

    def population(self, *, at: datetime) -> Population:
        """Make the people as of today: each day since the first has brought its changes."""
        population = Population.make(seed=self.seed, people=self.people, today=self.first_day)
        for _ in range(min((at.astimezone(HELSINKI).date() - self.first_day) // timedelta(days=1), MOST_DAYS)):
            population = population.advance()
        return population

    def _write(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"people": self.people, "seed": self.seed, "first_day": self.first_day.isoformat()}))
