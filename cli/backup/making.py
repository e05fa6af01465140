"""``./luukku backup DIR``: beside a running instance, the fence first, the databases each of one moment, the store around them."""

from importlib.metadata import version
from pathlib import Path
from typing import Final

from audit.events import Actor, Event, EventType, Result, RetentionClass
from audit.fence import Fence
from audit.log import record
from cli import house
from cli.backup.files import copy_new, folder_of
from cli.backup.manifest import OWNER_ONLY, Manifest, digest_of, listed, synced
from cli.settings import Refusal, Settings
from cli.steward import name
from db import dumping
from db.beside import SUFFIX
from db.clock import now
from db.engine import Login
from db.environment import Environment
from db.ids import uuid7
from db.keys import Use, list_keys

DATABASE: Final = "database.dump"
AIRFLOW: Final = "airflow.dump"
FENCE: Final = "fence"
STORE: Final = "store"


def backup(settings: Settings, folder: Path) -> str:
    """Make a copy in a folder that is empty or not there, and say what else has to be kept."""
    if folder.exists() and any(folder.iterdir()):
        raise Refusal(f"{folder} is not empty; a copy is made in a folder of its own.")
    house.refuse_unbegun(settings)
    with house.reached(settings) as environment, house.refusals():
        store = folder_of(environment.store)
        if folder.resolve().is_relative_to(store.resolve()):
            raise Refusal(f"{folder} lies in the store itself; make the copy elsewhere, best on another disk.")
        folder.mkdir(mode=OWNER_ONLY, parents=True, exist_ok=True)
        _record(environment)
        _copy(environment, store, folder)
        keys = list_keys(environment.keyring_path)
    ids = {use.value: sorted(key.id for key in keys if key.use is use) for use in Use}
    files = {name: digest_of(path) for name, path in listed(folder)}
    synced(folder)
    Manifest(made_at=now().isoformat(), release=version("luukku"), keys=ids, files=files).write(folder)
    return _told(settings, environment, folder, len(files))


def _copy(environment: Environment, store: Path, folder: Path) -> None:
    """Take the fence before the database, which is then never behind it, and the store before and after, which then lacks nothing.

    A file that is erased meanwhile may stay in the copy; the keeper sweeps what no row names.
    """
    _keep_fence(Fence(environment.home / "fence").read(), folder / FENCE)
    copy_new(store, folder / STORE)
    airflow = dumping.beside(environment.database_url, SUFFIX)
    if airflow is not None:
        dumping.dump(airflow, folder / AIRFLOW)
    dumping.dump(environment.database_url, folder / DATABASE)
    copy_new(store, folder / STORE)


def _keep_fence(notes: list[str], path: Path) -> None:
    """Write the notes as a fence; none where nothing was announced yet."""
    fence = Fence(path)
    for note in notes:
        fence.write(note)


def _record(environment: Environment) -> None:
    """Tell the log that all it guards was copied, and by which account."""
    at = now()
    event = Event(
        id=uuid7(at),
        at=at,
        type=EventType.LOG_EXPORTED,
        actor=Actor(system="luukku", user=name(), role="operator"),
        retention=RetentionClass.ADMIN,
        result=Result(counts={"backup": 1}),
    )
    with environment.database(Login.KEEPER, pool_size=1) as database, database.transaction() as tx:
        record(tx, event)


def _told(settings: Settings, environment: Environment, folder: Path, files: int) -> str:
    secrets = settings.home / house.LOGIN_SECRETS
    apart = [environment.keyring_path, *([secrets] if secrets.exists() else [])]
    named = " and ".join(str(path) for path in apart)
    return (
        f"The copy is whole: {files} files in {folder}.\n"
        f"The keys are not among them: keep {named} apart from it, where whoever reads the copy does not get.\n"
    )
