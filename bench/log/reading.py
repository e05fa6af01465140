"""Reading measured: the whole log verified in the database, and a person's newest events out of a long log."""

from collections.abc import Mapping
from pathlib import Path
from time import perf_counter
from typing import Any, Final

from audit import tiles
from audit.fence import Fence
from audit.queries import verification
from audit.queries.persons import newest_of
from audit.tiles import TilesCopy
from audit.verify import Summary, trusting, verify_database
from audit.verify.database import DatabaseCopy
from audit.verify.folder import verify_folder
from bench.measure import Work
from db.engine import Database, Login
from db.environment import from_environ
from db.keys import Keyring, Use

LIST: Final = 50
ASKS: Final = 2_000
PERCENTILE: Final = 0.99


class Refuted(RuntimeError):
    """The log of the measurement does not verify."""


def verified(values: Mapping[str, str]) -> Work:
    """Verify the log of a home, with its keys and without a fence; every check but the details'."""
    environment = from_environ(values)
    keyring = Keyring.open(environment.keyring_path, {Use.CHECKPOINT})

    def work() -> dict[str, Any]:
        with environment.database(Login.VERIFIER) as database:
            *findings, summary = verify_database(database, trusting(keyring, Fence(Path("/nowhere"))))
        if findings or not isinstance(summary, Summary):
            raise Refuted(str(findings[:1]))
        return {"events": sum(summary.sizes.values()), "checkpoints": summary.checkpoints}

    return work


def written(values: Mapping[str, str], folder: str) -> Work:
    """Write the log of a home as tiles."""
    environment = from_environ(values)

    def work() -> dict[str, Any]:
        with environment.database(Login.VERIFIER) as database, database.read(snapshot=True) as read:
            (year,) = verification.logs(read)
            entries = (entry for _, entry in DatabaseCopy(read, year).entries())
            return {"events": tiles.write(Path(folder), entries, verification.last_note(read, year))}

    return work


def verified_files(values: Mapping[str, str], folder: str) -> Work:
    """Verify the same from the files alone."""
    keyring = Keyring.open(from_environ(values).keyring_path, {Use.CHECKPOINT})
    keys = trusting(keyring, None).keys(TilesCopy.of(Path(folder)).year)

    def work() -> dict[str, Any]:
        *findings, summary = verify_folder(Path(folder), keys)
        if findings or not isinstance(summary, Summary):
            raise Refuted(str(findings[:1]))
        return {"events": sum(summary.sizes.values())}

    return work


def listed(values: Mapping[str, str], persons: int) -> Work:
    """Read the newest events of persons, spread over all of them; every answer is a statement of its own."""
    environment = from_environ(values)

    def work() -> dict[str, Any]:
        with environment.database(Login.VERIFIER, pool_size=1) as database:
            times = [_taken_s(database, n * 7_919 % persons) for n in range(ASKS)]
        ordered = sorted(times)
        return {"median_ms": ordered[ASKS // 2] * 1000, "p99_ms": ordered[int(ASKS * PERCENTILE)] * 1000}

    return work


def _taken_s(database: Database, number: int) -> float:
    began = perf_counter()
    with database.read() as read:
        found = newest_of(read, [f"{number:032x}"], LIST)
    if not found:
        raise Refuted("A person of the measurement has no events.")
    return perf_counter() - began
