"""Turvakielto as the sources say it: who begins to be protected, who no longer is (DOMAIN.md 2.5)."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

import polars as pl

from connectors.checked import PROTECTION, SHARD
from connectors.layout import PERSON, layouts
from connectors.queries import books, facts
from connectors.queries import protection as stored
from connectors.staging.people import PROTECTED, SAID_BY
from connectors.staging.run import Run
from connectors.staging.write import hide
from schemas.vocabulary import Source

_KEY: Final = (PERSON, SAID_BY)
LOCATED: Final = sorted({layout.source for layout in layouts() if layout.location})
_NOBODY: Final = pl.DataFrame(schema=dict.fromkeys(_KEY, pl.String))


@dataclass(frozen=True, slots=True)
class Protections:
    """What the run changes of who is protected: pairs of person and source that begin and end, and everybody protected after it."""

    begun: pl.DataFrame
    ended: pl.DataFrame
    after: pl.DataFrame

    @property
    def everybody(self) -> pl.Series:
        """The people whom some source says to be protected."""
        return self.after[PERSON].unique()

    @property
    def people(self) -> pl.Series:
        """The people of whom another thing is said than before."""
        return pl.concat([self.begun[PERSON], self.ended[PERSON]]).unique()


def protections(run: Run) -> Protections:
    """Compare what the sources say with what they said; nothing is written yet."""
    said = run.incoming.whole(PROTECTION, None)
    before = stored.said(run.tx)
    if said is None:
        return Protections(_NOBODY, _NOBODY, before)
    told = said.drop_nulls(PERSON).group_by(_KEY).agg(pl.col(PROTECTED).any())
    begun = told.filter(PROTECTED).select(_KEY).join(before, on=_KEY, how="anti")
    ended = told.filter(~pl.col(PROTECTED)).select(_KEY).join(before, on=_KEY, how="semi")
    after = pl.concat([before.join(ended, on=_KEY, how="anti"), begun])
    if run.source is Source.KELA:
        changed = said.join(pl.concat([begun, ended]), on=_KEY, how="semi").unique(subset=_KEY)
        run.count(run.accepted, changed.select(SHARD))
    return Protections(begun, ended, after)


def protect(run: Run, found: Protections) -> None:
    """Write who is protected, and clear where they are from all of staging, whatever source it came from."""
    stored.begin(run.tx, said=found.begun, at=run.at)
    stored.end(run.tx, said=found.ended)
    hide(run, found.begun[PERSON].unique())
    run.wake(found.people)


def tell(run: Run, found: Protections) -> None:
    """Tell those who decide of whom the source says another thing than before, once they know the people.

    Those whom nobody protects any more are asked about by name: where they are was taken out, and only they bring it back.
    """
    by_source = found.after.filter(pl.col(SAID_BY).str.starts_with(run.source.value))[PERSON]
    told = pl.DataFrame({PERSON: found.people})
    facts.learn_protection(
        run.tx,
        source=run.source,
        people=told.with_columns(pl.col(PERSON).is_in(by_source.implode()).alias("protected")),
        at=run.at,
    )
    freed = found.ended[PERSON].filter(~found.ended[PERSON].is_in(found.everybody.implode())).unique()
    for source in LOCATED:
        books.ask_from_the_beginning(run.tx, person_ids=map(UUID, freed), source=source, at=run.at)
