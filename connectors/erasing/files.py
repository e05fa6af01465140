"""Files of the store whose time has ended: landed copies, checked files, leave lists, memories; with what a kill left behind.

Nothing here is opened: a file's age is that of the id in its name, or what the books say.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from connectors.checked import read_checked
from connectors.errors import LandedAltered
from connectors.ledger import State
from connectors.queries import erasing
from connectors.staging import seen
from connectors.store import ListedStore
from db.engine import Database, Transaction
from db.ids import made_at

LANDED: Final = "landing"
CHECKED: Final = "checked"
LISTS: Final = "leave"
ASKED: Final = "asked"
TOO_OLD: Final = "its time in the store has ended"
_LIST_NAME: Final = "%Y%m%dT%H%M%S%f.parquet"


@dataclass(frozen=True, slots=True)
class Files:
    """The store, beside the books that say what in it is in use."""

    database: Database
    store: ListedStore

    def forget_landed(self, tx: Transaction, *, before: datetime, most: int) -> int:
        """Forget the keys of batches landed before a moment; one that waited for a steward is pulled again. Gives how many."""
        ended = erasing.landed_before(tx, before=before, limit=most)
        for batch in ended:
            erasing.gone(tx, old=batch)
            if batch.state == State.HELD:
                erasing.give_up(tx, batch_id=batch.batch_id, why=TOO_OLD)
        return len(ended)

    def sweep_landed(self, *, before: datetime) -> int:
        """Take away folders that no batch names, of attempts begun before a moment: none of them opens. Gives how many."""
        with self.database.read() as read:
            named = erasing.folders_named(read)
        dead = [path for path in self._attempts() if path not in named and _older(path.rpartition("/")[2], before)]
        return self._removed(dead)

    def _attempts(self) -> Iterator[str]:
        for source in self.store.folders(LANDED):
            for shard in self.store.folders(f"{LANDED}/{source}"):
                for window in self.store.folders(f"{LANDED}/{source}/{shard}"):
                    home = f"{LANDED}/{source}/{shard}/{window}"
                    yield from (f"{home}/{attempt}" for attempt in self.store.folders(home))

    def sweep_checked(self, *, before: datetime) -> int:
        """Take away checked files of batches planned before a moment, and memories that no watermark names. Gives how many."""
        with self.database.read() as read:
            named, at_work = (
                erasing.memories_named(read),
                erasing.under_way(read, planned_before=datetime.max.replace(tzinfo=UTC)),
            )
        groups = [path for path in self._groups() if self._is_checked_before(path, before, at_work=at_work)]
        memories = [
            f"{seen.FOLDER}/{name}"
            for name in self.store.names(seen.FOLDER)
            if name not in named and _older(name.partition("-")[2].removesuffix(".parquet"), before)
        ]
        return self._removed([*groups, *memories])

    def _groups(self) -> Iterator[str]:
        return (f"{CHECKED}/{name}" for name in self.store.folders(CHECKED))

    def _is_checked_before(self, path: str, before: datetime, *, at_work: bool) -> bool:
        """Tell the age of a group by its batches; one without a manifest was cut off, and is dead when nothing is under way."""
        try:
            checked = read_checked(self.store, f"{path}/manifest.json")
        except LandedAltered:
            return not at_work
        return all(made_at(batch.batch_id) < before for batch in checked.batches)

    def sweep_lists(self, *, before: datetime) -> int:
        """Take away leave lists, and files of those asked about by name, that were written before a moment. Gives how many."""
        lists = [
            f"{LISTS}/{source}/{name}"
            for source in self.store.folders(LISTS)
            for name in self.store.names(f"{LISTS}/{source}")
            if _list_written(name) < before
        ]
        asked = [f"{ASKED}/{run}" for run in self.store.folders(ASKED) if _older(run, before)]
        return self._removed([*lists, *asked])

    def _removed(self, paths: list[str]) -> int:
        for path in paths:
            self.store.remove(path)
        return len(paths)


def _older(name: str, before: datetime) -> bool:
    """Tell whether a name is an id made before a moment; what is named otherwise is not ours to judge."""
    with suppress(ValueError):
        return made_at(UUID(name)) < before
    return False


def _list_written(name: str) -> datetime:
    """Read when a list was written from its name; one named otherwise stays."""
    try:
        return datetime.strptime(name, _LIST_NAME).replace(tzinfo=UTC)
    except ValueError:
        return datetime.max.replace(tzinfo=UTC)
