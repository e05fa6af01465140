"""``./luukku verify log``: the whole log hashed again, in the database against what lies outside it, or in a folder of tiles."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from audit.errors import AuditError
from audit.fence import Fence
from audit.tiles import CHECKPOINT
from audit.verify import Trust, trusting, verify_database
from audit.verify.folder import verify_folder
from cli import house
from cli.settings import Refusal, Settings
from cli.verify.given import Given, keys_of, told, witnesses_of
from db.engine import Login
from db.environment import Environment
from db.keys import Keyring, Use

POOL: Final = 2


def verify_tables(settings: Settings, given: Given, witnessed: Sequence[Path], *, with_details: bool) -> int:
    """Verify the log of this instance against its keys, its fence and what witnesses kept of it."""
    house.refuse_unbegun(settings)
    with unreadable():
        notes = tuple(path.read_text(encoding="utf-8") for path in witnessed)
    with house.reached(settings) as environment, unreadable():
        trust = replace(_trust(environment), witnessed=notes, witnesses=witnesses_of(given))
        return _verified(environment, trust, with_details=with_details)


def _trust(environment: Environment) -> Trust:
    keyring = Keyring.open(environment.keyring_path, {Use.CHECKPOINT})
    return trusting(keyring, Fence(environment.home / "fence"))


def _verified(environment: Environment, trust: Trust, *, with_details: bool) -> int:
    with environment.database(Login.VERIFIER, pool_size=POOL) as database:
        return told(verify_database(database, trust, with_details=with_details))


def verify_files(folder: Path, given: Given) -> int:
    """Verify a folder of tiles, or each year's folder in it, by the keys that were given."""
    with unreadable():
        witnesses = witnesses_of(given)
        return told(line for each in _years(folder) for line in verify_folder(each, keys_of(given, each), witnesses))


def _years(folder: Path) -> list[Path]:
    if (folder / CHECKPOINT).exists():
        return [folder]
    found = sorted(path.parent for path in folder.glob(f"*/{CHECKPOINT}"))
    if not found:
        raise Refusal(f"There is no log in {folder}: neither it nor a folder in it holds a checkpoint.")
    return found


@contextmanager
def unreadable() -> Iterator[None]:
    """Say in one sentence what could not be read."""
    try:
        yield
    except (AuditError, UnicodeDecodeError) as error:
        raise Refusal(str(error)) from None
    except OSError as error:
        raise Refusal(f"{error.filename} cannot be read: {error.strerror}.") from None
