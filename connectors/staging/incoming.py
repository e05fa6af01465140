"""What a run's checked files hold, read as far as each step needs it: first the keys of everything, then the rows that change something."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

import polars as pl

from connectors.checked import LINKS, OWNER, PEOPLE, QUARANTINE, SHARD, Checked, CheckedBatch, File, frame_of, opened
from connectors.frames import HETU
from connectors.layout import PERSON
from connectors.persons import Link, Linked
from connectors.store import Store
from db.keys import Keyring

PART: Final = "part"
PLACE: Final = "place"
OPEN_BYTES: Final = 32_000_000
"""How much of what was opened is kept, the latest file in any case."""
_EMPTY_PEOPLE: Final = {HETU: pl.String}
_OWNED: Final = {OWNER: pl.UInt32, SHARD: pl.UInt32}


@dataclass(frozen=True, slots=True)
class Part:
    """A slice of a checked group; `numbers` gives the run's number of each batch that is merged by its number in the group.

    `whole` where every batch of the group is merged.
    """

    folder: str
    files: Mapping[str, File]
    numbers: Mapping[int, int]
    whole: bool


@dataclass(slots=True)
class Incoming:
    """All slices of a run. A row is known by its part and its place in the part's file; `batches` are numbered through the run.

    `open` holds files that were opened lately, by path; several threads read.
    """

    store: Store
    keyring: Keyring
    batches: Sequence[CheckedBatch]
    parts: Sequence[Part]
    owners: list[pl.Series] = field(default_factory=list)
    open: dict[str, bytes] = field(default_factory=dict, repr=False)
    opening: Lock = field(default_factory=Lock, repr=False)

    def hetus(self) -> pl.Series:
        """Give each HETU of the batches that are merged once."""
        return pl.concat([self._merged(part) for part in self.parts] or [pl.DataFrame(schema=_EMPTY_PEOPLE)])[
            HETU
        ].unique()

    def links(self) -> list[Link]:
        """Give what the run tells of replaced HETUs."""
        found = self.whole(LINKS)
        if found is None:
            return []
        rows = (
            found.select("current", "former", "until_on", "told_by").unique(maintain_order=True).iter_rows(named=True)
        )
        return [Link(**row) for row in rows]

    def know(self, linked: Linked) -> None:
        """Remember whom the owners of each part are."""
        self.owners = [
            self._people(part).join(linked.people, on=HETU, how="left", maintain_order="left")[PERSON]
            for part in self.parts
        ]

    def whole(self, kind: str, columns: Sequence[str] | None = None) -> pl.DataFrame | None:
        """Read a kind of file over all parts, its batches numbered through the run, with `part` and `place`; None where there is none.

        Rows of batches that are not merged are left out. A column ``person_id`` stands for the owner's number.
        """
        frames = [
            self._read(number, part, kind, columns) for number, part in enumerate(self.parts) if kind in part.files
        ]
        return pl.concat(frames) if frames else None

    def rows(self, kind: str, wanted: pl.DataFrame) -> Iterator[pl.DataFrame]:
        """Read rows by part and place, part by part, with the columns of `wanted` beside them."""
        for (number,), rows in wanted.partition_by(PART, as_dict=True).items():
            yield self._wanted(int(str(number)), kind, rows).drop(OWNER, strict=False)

    def rows_with_hetu(self, kind: str, wanted: pl.DataFrame) -> Iterator[pl.DataFrame]:
        """Read rows as `rows` does, with the owner's HETU beside them: for the quarantine, which keeps what was sent."""
        for (number,), rows in wanted.partition_by(PART, as_dict=True).items():
            found = self._wanted(int(str(number)), kind, rows)
            if OWNER in found.columns:
                hetus = self._people(self.parts[int(str(number))])[HETU]
                found = found.with_columns(hetus.gather(found[OWNER]).alias(HETU)).drop(OWNER)
            yield found

    def _wanted(self, number: int, kind: str, rows: pl.DataFrame) -> pl.DataFrame:
        frame = self._frame(self.parts[number], kind, None)
        if rows.height < frame.height:
            frame = frame[rows[PLACE]]
        return frame.drop(rows.columns, strict=False).hstack(rows)

    def quarantined(self) -> pl.DataFrame | None:
        """Read what the suites refused."""
        return self.whole(QUARANTINE)

    def _people(self, part: Part) -> pl.DataFrame:
        if PEOPLE not in part.files:
            return pl.DataFrame(schema=_EMPTY_PEOPLE)
        return self._frame(part, PEOPLE, None)

    def _merged(self, part: Part) -> pl.DataFrame:
        """Give the people of a part less those whom only a batch that is not merged names: nobody becomes known by one that is held."""
        everyone = self._people(part)
        if part.whole or everyone.is_empty():
            return everyone
        frames = (self._frame(part, kind, None) for kind in part.files)
        owned = [frame.select(OWNER, SHARD) for frame in frames if OWNER in frame.columns]
        named = pl.concat([pl.DataFrame(schema=_OWNED), *owned]).filter(pl.col(SHARD).is_in(list(part.numbers)))
        return everyone[named[OWNER].drop_nulls().unique()]

    def _frame(self, part: Part, kind: str, columns: Sequence[str] | None) -> pl.DataFrame:
        return frame_of(self._opened(part.folder, part.files[kind]), list(columns) if columns else None)

    def _opened(self, folder: str, file: File) -> bytes:
        """Open a file, and keep it for a while: what is decided on is written next, of one slice from the same files."""
        path = f"{folder}/{file.name}"
        with self.opening:
            body = self.open.pop(path, None) or opened(self.store, self.keyring, folder=folder, file=file)
            self.open[path] = body
            while sum(map(len, self.open.values())) > OPEN_BYTES and len(self.open) > 1:
                self.open.pop(next(iter(self.open)))
        return body

    def _read(self, number: int, part: Part, kind: str, columns: Sequence[str] | None) -> pl.DataFrame:
        frame = self._frame(part, kind, columns).with_row_index(PLACE)
        merged = frame.filter(pl.col(SHARD).is_in(list(part.numbers)))
        numbered = merged.with_columns(
            pl.lit(number, dtype=pl.UInt32).alias(PART),
            pl.col(SHARD).replace_strict(part.numbers, return_dtype=pl.UInt32),
        )
        if OWNER not in numbered.columns:
            return numbered
        return numbered.with_columns(self.owners[number].gather(numbered[OWNER]).alias(PERSON))


def gathered(store: Store, keyring: Keyring, checked: Sequence[Checked], merged: Mapping[str, int]) -> Incoming:
    """Put the groups of a run together; `merged` numbers the batches that are to be merged, by id as text."""
    by_id = {str(batch.batch_id): batch for group in checked for batch in group.batches}
    parts = [
        Part(group.folder, files, numbers, whole=len(numbers) == len(group.batches))
        for group in checked
        for files in group.slices
        if (numbers := _numbers(group, merged))
    ]
    return Incoming(store, keyring, [by_id[batch_id] for batch_id in merged], parts)


def _numbers(group: Checked, merged: Mapping[str, int]) -> dict[int, int]:
    numbered = ((number, merged.get(str(batch.batch_id))) for number, batch in enumerate(group.batches))
    return {number: of_run for number, of_run in numbered if of_run is not None}
