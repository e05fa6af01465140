"""Before anything is written: what becomes of every incoming record, and which stored ones are gone."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from connectors.checked import ELEMENT, OWNER, QUARANTINE, SHARD
from connectors.layout import CUT, ENTERED_IN_ERROR, FORMER, HASH, KEY, PERSON, VERSION, Layout
from connectors.queries import records
from connectors.staging.across import JOBSEEKER, PERIODS, overlapping
from connectors.staging.incoming import PART, PLACE
from connectors.staging.leave import cut_of
from connectors.staging.load import keyed
from connectors.staging.run import JOBSEEKERS, Run
from connectors.staging.sorting import ALLOWED, CONNECTION, FATE, FATES, FAULT, IN_ERROR, Fate, Refusal, sorted_out
from schemas import kela, te
from schemas.vocabulary import Category

_KEPT: Final = (PART, PLACE, SHARD, ELEMENT, KEY, PERSON, CUT, FATE, FAULT)
_WRITTEN: Final = (Fate.NEW.value, Fate.CHANGED.value)
_STORED: Final = pl.DataFrame(schema=records.STORED)
_OF_DECISION: Final = "ratkaisu_id"
_DELETIONS: Final = "poisto"
_SENSITIVE: Final = pl.lit(Category.TE_ARKALUONTEISET.value)


@dataclass(slots=True, kw_only=True)
class Decided:
    """What will be done with one record type.

    `rows` are the incoming ones with their fate; `dropped` the stored keys among those that may not be kept; `gone` what stands stored
    of the connections that gave all they hold and was not among it, with ``stored_connection`` and person.
    """

    layout: Layout
    rows: pl.DataFrame
    dropped: pl.Series
    gone: pl.DataFrame

    @property
    def written(self) -> pl.DataFrame:
        """The rows that are new or changed."""
        return self.rows.filter(pl.col(FATE).is_in(_WRITTEN))

    @property
    def refused(self) -> pl.DataFrame:
        """The rows that go to quarantine."""
        return self.rows.filter(pl.col(FATE) == Fate.REFUSED)

    @property
    def people(self) -> pl.Series:
        """The people of whom something is written or goes, in the same order however often they are asked for."""
        return pl.concat([self.written[PERSON], self.gone["stored_person"].rename(PERSON)]).unique(maintain_order=True)


def decide(run: Run, layouts: Iterable[Layout]) -> Iterator[Decided]:
    """Decide on every record type in turn; a jobseeker's records lean on the jobseekers, a payment on its decision.

    Of tables that hold nothing yet the server is not asked: then a record type may be written while the next is decided on.
    """
    decided: dict[type, Decided] = {}
    for layout in layouts:
        decided[layout.record] = _Type(run, layout, decided).decided()
        yield decided[layout.record]


@dataclass(frozen=True, slots=True)
class _Type:
    """One record type about to be decided; `before` are those decided already."""

    run: Run
    layout: Layout
    before: dict[type, Decided]

    def decided(self) -> Decided:
        light = self._light()
        stored, gone = self._stored(light)
        rows = self._across(sorted_out(light, stored, numbered=self.layout.numbered), gone)
        dropped = rows.filter((pl.col(FATE) == Fate.DROPPED) & pl.col("stored_version").is_not_null())[KEY]
        return Decided(layout=self.layout, rows=rows.select(_KEPT), dropped=dropped, gone=gone)

    def _light(self) -> pl.DataFrame:
        """Read what deciding needs of the rows, with their person, what is cut of them, and what is wrong with them already."""
        read = self.run.incoming.whole(self.layout.table, self._columns())
        rows = self._with_person(self._empty() if read is None else read)
        rows = keyed(self.layout, rows).with_columns(
            self.run.allowed(rows, self.layout.category).alias(ALLOWED),
            self.run.connections.gather(rows[SHARD]).alias(CONNECTION),
            self._in_error(rows).alias(IN_ERROR),
            self._doubt().alias(FAULT),
        )
        sensitive = self.run.allowed(rows, _SENSITIVE if self.layout.cuts else None)
        return rows.with_columns(cut_of(self.layout, rows, sensitive, self.run.protected).alias(CUT))

    def _columns(self) -> list[str]:
        expressions = [self.layout.category] if self.layout.category is not None else []
        roots = {name for each in (*expressions, *self.layout.cuts.values()) for name in each.meta.root_names()}
        rule = PERIODS.get(self.layout.record)
        further = {
            *roots,
            *((rule.start, rule.end) if rule else ()),
            *(each for each in ("status", JOBSEEKER) if each in self.layout.content),
            *((_OF_DECISION,) if self.layout.record is kela.Maksu else ()),
            *((OWNER,) if JOBSEEKER not in self.layout.content else ()),
            *((FORMER,) if self.layout.encrypted else ()),
        }
        return [KEY, VERSION, HASH, SHARD, ELEMENT, *sorted(further)]

    def _empty(self) -> pl.DataFrame:
        kinds = {
            VERSION: pl.Int64,
            HASH: pl.Int64,
            ELEMENT: pl.Binary,
            SHARD: pl.UInt32,
            PART: pl.UInt32,
            PLACE: pl.UInt32,
        }
        dates = {name: pl.Date for name in self._columns() if name.endswith("_pvm")}
        former = {FORMER: pl.List(pl.Int64)} if self.layout.encrypted else {}
        schema = dict.fromkeys(self._columns(), pl.String) | kinds | dates | former | {PERSON: pl.String}
        return pl.DataFrame(schema=schema)

    def _with_person(self, rows: pl.DataFrame) -> pl.DataFrame:
        if JOBSEEKER not in rows.columns:
            return rows
        known = self._jobseekers(rows[JOBSEEKER].unique())
        return rows.drop(PERSON, strict=False).join(known, on=JOBSEEKER, how="left", maintain_order="left")

    def _jobseekers(self, asked: pl.Series) -> pl.DataFrame:
        """Give the person of each jobseeker: as they came, else as they are stored."""
        came = self.before[te.Tyonhakija].rows.filter(pl.col(FATE) != Fate.REFUSED)
        come = came.select(pl.col(KEY).alias(JOBSEEKER), PERSON).unique(subset=JOBSEEKER)
        missing = asked.filter(~asked.is_in(come[JOBSEEKER].implode()))
        if missing.is_empty() or JOBSEEKERS not in self.run.stored:
            return come
        return pl.concat([come, records.jobseekers(self.run.tx, ids=missing)])

    def _doubt(self) -> pl.Expr:
        """Say what is wrong with whose it is: two people claim it, or nobody is known under the jobseeker's id."""
        nobody = Refusal.UNKNOWN_PERSON if JOBSEEKER in self.layout.content else Refusal.IDENTITY_CONFLICT
        in_doubt = pl.col(PERSON).is_null()
        if self.layout.record is te.Tyonhakija:
            in_doubt |= pl.col(KEY).is_in(list(self.run.linked.conflicts))
        return pl.when(in_doubt).then(pl.lit(nobody.value))

    def _in_error(self, rows: pl.DataFrame) -> pl.Series:
        """Tell what FHIR says was never so: it is treated as gone."""
        if "status" not in rows.columns:
            return pl.repeat(value=False, n=rows.height, dtype=pl.Boolean, eager=True)
        return (rows["status"] == ENTERED_IN_ERROR).fill_null(value=False)

    def _stored(self, light: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Give what is stored under the incoming keys, and what is gone from the connections that gave everything."""
        tx, table = self.run.tx, self.layout.table
        if table not in self.run.stored:
            return _STORED, _STORED
        whole = self._whole([each for each in self.run.full_connections if each not in self.run.memory.connections])
        rest = light[KEY].filter(~light[KEY].is_in(whole[KEY].implode())).unique()
        found = pl.concat([whole, *([records.stored_of_keys(tx, table=table, keys=rest)] if len(rest) else [])])
        gone = pl.concat([whole.join(light, on=KEY, how="anti"), self._forgotten(light, found)])
        return found, self._less_quarantined(self._less_given_elsewhere(gone))

    def _whole(self, connections: Sequence[str]) -> pl.DataFrame:
        """Read what is stored of all that was asked for completely: connections, or the people whom a county was asked about anew."""
        tx, table = self.run.tx, self.layout.table
        stored = [_STORED]
        if connections:
            stored.append(records.stored_of_connections(tx, table=table, connection_ids=connections))
        if self.run.asked_anew.height:
            stored.append(records.stored_of_people(tx, table=table, asked=self.run.asked_anew))
        return pl.concat(stored).unique(subset=KEY)

    def _forgotten(self, light: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
        """Find what is gone from connections whose known elements were not read again.

        Gone is what was remembered, did not come, and came in no other form. If what is stored does not add up to what came, something
        was stored that nobody remembers: then all of it is read.
        """
        tx, table, memory = self.run.tx, self.layout.table, self.run.memory
        if not memory.connections:
            return _STORED
        missing = memory.missing(table)
        missing = missing.filter(~missing.is_in(light[KEY].implode())).unique()
        gone = records.stored_of_keys(tx, table=table, keys=missing) if len(missing) else _STORED
        gone = gone.filter(pl.col("stored_connection").is_in(list(memory.connections)))
        came = found.filter(pl.col("stored_connection").is_in(list(memory.connections)))
        again = memory.came(table)
        stored = sum(records.counted(tx, table=table, connection_ids=list(memory.connections)).values())
        if stored == len(again) + came.height + gone.height:
            return gone
        everything = records.stored_of_connections(tx, table=table, connection_ids=list(memory.connections))
        left = everything.join(light, on=KEY, how="anti")
        return left.filter(~pl.col(KEY).is_in(pl.concat([again, memory.left_out(table)]).implode()))

    def _less_given_elsewhere(self, gone: pl.DataFrame) -> pl.DataFrame:
        """Keep what another connection gave again, though it was not read for that, or gave last time and was not asked for now."""
        if gone.is_empty():
            return gone
        table = self.layout.table
        given = pl.concat([self.run.memory.came(table), self.run.given_again(table)])
        gone = gone.filter(~pl.col(KEY).is_in(given.implode()))
        before = pl.col(KEY).is_in(self.run.given_before(table).implode())
        self.run.spared.update(gone.filter(before)["stored_connection"])
        return gone.filter(~before)

    def _less_quarantined(self, gone: pl.DataFrame) -> pl.DataFrame:
        """Keep what came but was refused: a broken row is not a gone one."""
        refused = self.run.incoming.whole(QUARANTINE, ["record", KEY, SHARD]) if gone.height else None
        if refused is None:
            return gone
        return gone.join(refused.filter(pl.col("record") == self.layout.record.__name__), on=KEY, how="anti")

    def _across(self, rows: pl.DataFrame, gone: pl.DataFrame) -> pl.DataFrame:
        """Refuse, of what would be written, the rows that break a rule with the person's other records."""
        written = rows.filter(pl.col(FATE).is_in(_WRITTEN))
        broken = [*self._overlapping(written, gone), *self._without_decision(written)]
        for keys, refusal in broken:
            if len(keys):
                hit = pl.col(KEY).is_in(keys.implode()) & pl.col(FATE).is_in(_WRITTEN)
                rows = rows.with_columns(
                    pl.when(hit).then(pl.lit(refusal.value)).otherwise(FAULT).alias(FAULT),
                    pl.when(hit)
                    .then(pl.lit(Fate.REFUSED.value))
                    .otherwise(pl.col(FATE).cast(pl.String))
                    .cast(FATES)
                    .alias(FATE),
                )
        return rows

    def _overlapping(self, written: pl.DataFrame, gone: pl.DataFrame) -> Iterator[tuple[pl.Series, Refusal]]:
        rule = PERIODS.get(self.layout.record)
        if rule is None or written.is_empty():
            return
        tx, table = self.run.tx, self.layout.table
        stored = written.clear().select(KEY, JOBSEEKER, rule.start, rule.end)
        if table in self.run.stored:
            people = written[PERSON].unique()
            stored = records.periods_of(tx, table=table, start=rule.start, end=rule.end, people=people)
        deleted = pl.concat([gone[KEY], self._deleted()])
        remaining = stored.filter(~pl.col(KEY).is_in(deleted.implode()))
        yield overlapping(rule, written, remaining), Refusal.OVERLAP

    def _deleted(self) -> pl.Series:
        """Give what the source says it has deleted: it makes room for what comes."""
        deletions = self.run.incoming.whole(_DELETIONS, ["kohde_id", SHARD])
        return pl.Series([], dtype=pl.String) if deletions is None else deletions["kohde_id"]

    def _without_decision(self, written: pl.DataFrame) -> Iterator[tuple[pl.Series, Refusal]]:
        """Find payments whose decision neither came nor is stored, or is another person's."""
        if self.layout.record is not kela.Maksu or written.is_empty():
            return
        came = self.before[kela.Etuusratkaisu].rows.filter(pl.col(FATE) != Fate.REFUSED)
        decisions = came.select(pl.col(KEY).alias(_OF_DECISION), pl.col(PERSON).alias("of")).unique()
        left = written.join(decisions, left_on=(_OF_DECISION, PERSON), right_on=(_OF_DECISION, "of"), how="anti")
        if left.height and "etuusratkaisu" in self.run.stored:
            stored = records.stored_of_keys(self.run.tx, table="etuusratkaisu", keys=left[_OF_DECISION].unique())
            named = stored.select(pl.col(KEY).alias(_OF_DECISION), pl.col("stored_person").alias("of"))
            left = left.join(named, left_on=(_OF_DECISION, PERSON), right_on=(_OF_DECISION, "of"), how="anti")
        yield left[KEY], Refusal.REFERENCE
