"""What a kill may have left behind in a home: files that nothing names, batches that are neither ended nor given up."""

import json
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from connectors.ledger import State
from connectors.tables import batch, watermark
from db.engine import Login
from tests.killing.ground import Home

ENDS = (State.MERGED, State.HELD)
OF_A_CHECK = {"manifest.json", "results.json"}


def unfinished(home: Home) -> list[tuple[str, str]]:
    """Name the batches that have not come to an end, but those that a plan begun anew gave up."""
    of = batch.c
    with home.environment.database(Login.OWNER) as database, database.read() as read:
        rows = read.execute(select(of.shard, of.state, of.held).where(of.state.not_in(ENDS))).all()
    return [(row.shard, row.state) for row in rows if row.held != ["planned anew"]]


def orphans(home: Home) -> list[str]:
    """Name the landed, checked and remembered files that no batch, manifest or watermark names, and all that was half written.

    What a merged batch remembered and a later one overtook is none: it waits for the nightly job.
    """
    store = home.folder / "store"
    of = batch.c
    with home.environment.database(Login.OWNER) as database, database.read() as read:
        manifests = set(read.execute(select(of.manifest).where(of.manifest.is_not(None))).scalars())
        seen = set(read.execute(select(watermark.c.seen)).scalars())
        merged = set(read.execute(select(of.batch_id).where(of.state == State.MERGED)).scalars())
    named = set(_landed(store, manifests)) | {f"seen/{name.rpartition(':')[0]}" for name in seen if name}
    named |= {f"seen/{path.name}" for path in (store / "seen").glob("*") if _remembered_of(path) in merged}
    there = [path.relative_to(store) for path in store.rglob("*") if path.is_file()]
    return [str(path) for path in there if not _accounted(path, named)]


def _landed(store: Path, manifests: set[str]) -> Iterator[str]:
    for path in manifests:
        told = json.loads((store / path).read_bytes())
        yield path
        yield from (f"{told['folder']}/{part['name']}" for part in told["parts"])


def _remembered_of(path: Path) -> UUID:
    return UUID(path.stem.partition("-")[2])


def _accounted(path: Path, named: set[str]) -> bool:
    if any(part.startswith(".") for part in path.parts):
        return False
    if path.parts[0] in ("landing", "seen"):
        return str(path) in named
    return path.parts[0] != "checked" or path.name in OF_A_CHECK
