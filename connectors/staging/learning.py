"""What those who decide are told of the people of a merge, once what is staged of them stands (AMENDMENTS 2, 6)."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, Self

import polars as pl

from connectors.layout import KEY, PERSON
from connectors.queries import facts
from connectors.staging.decide import Decided
from connectors.staging.protecting import Protections, tell
from connectors.staging.removal import jobseekers_deleted, jobseekers_named
from connectors.staging.run import Run, gather
from schemas import kela, sote, te

_TELLS_FACTS: Final = frozenset({te.Tyonhakija, sote.Potilas, kela.Maksu})
"""The record types from which facts and tasks are learnt."""


@dataclass(slots=True)
class Learning:
    """What is learnt of a run's people: `named` are those whom deletions and protections are about, `told` whom it is done with."""

    run: Run
    named: list[pl.Series]
    told: list[pl.Series] = field(default_factory=list)

    @classmethod
    @contextmanager
    def of(cls, run: Run, deciding: Iterable[Decided], found: Protections) -> Iterator[Self]:
        """Lend it, with what was staged of the people kept in mind; on a first load nobody knows yet whom it will be about."""
        named = [jobseekers_named(run), found.people]
        everybody = _telling(deciding) if run.stored else [run.linked.people[PERSON].drop_nulls()]
        touched = _touched(run, [*everybody, *named])
        with facts.touching(run.tx, people=touched if run.source in facts.LOOKING_BACK else touched.clear()):
            yield cls(run, named)

    def written(self, decided: Decided) -> None:
        """Learn, on a first load, as soon as the record type that tells of people is written: only what is deleted may change it.

        The server is at work then while the other record types are made ready.
        """
        if self.run.stored or decided.layout.record not in _TELLS_FACTS:
            return
        going = decided.rows.filter(pl.col(KEY).is_in(jobseekers_deleted(self.run).implode()))[PERSON]
        telling = decided.people
        stays = telling.filter(~telling.is_in(going.drop_nulls().implode()))
        self._learn(stays)
        self.told.append(stays)

    def rest(self, decided: Iterable[Decided], found: Protections) -> None:
        """Learn the rest, from what stands at the end; then who is protected, of people who are known by now."""
        touched = gather([*_telling(decided), *self.named])
        self._learn(touched.filter(~touched.is_in(gather(self.told).implode())))
        tell(self.run, found)

    def _learn(self, people: pl.Series) -> None:
        facts.learn(self.run.tx, source=self.run.source, people=_touched(self.run, [people]), at=self.run.at)


def _telling(decided: Iterable[Decided]) -> list[pl.Series]:
    """Give the people of whom facts and tasks may be learnt."""
    return [each.people for each in decided if each.layout.record in _TELLS_FACTS]


def _touched(run: Run, people: Iterable[pl.Series]) -> pl.DataFrame:
    """Give each person once, and whether nobody knew them."""
    return gather(people).to_frame().with_columns(pl.col(PERSON).is_in(run.linked.fresh.implode()).alias("fresh"))
