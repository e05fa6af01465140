"""``./luukku restore DIR``: a copy put where nothing is, all of it checked before; what it lacks is told, and closes sharing by consent."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from audit import restoring
from audit.errors import AuditError
from audit.events import Actor
from audit.fence import Fence
from audit.restoring import Evidence, Lost
from audit.witnessing import Outcome, ask_all
from cli import house
from cli.backup.files import copy_new, folder_of
from cli.backup.making import AIRFLOW, DATABASE, FENCE, STORE
from cli.backup.manifest import Manifest
from cli.processes import ROLLED_BACK_CODE
from cli.settings import Refusal, Settings
from cli.steward import name
from cli.witness.asking import policy_of, posted
from consent import closing
from db import dumping
from db.beside import SUFFIX, airflow_url
from db.clock import now
from db.engine import Login
from db.environment import Environment
from db.keys import Use, destroy, list_keys, supplement
from db.migrate import migrate
from db.provision import provide_roles
from db.server import connected

WRONG_KEYS_CODE: Final = 3
FENCE_SLOTS: Final = 2
"""Both are written, so that nothing of a log that is gone stays in the fence."""


@dataclass(frozen=True, slots=True)
class Given:
    """Files from outside the copy that tell what was announced: the fence of the lost instance, checkpoints that others kept."""

    fence: Path | None = None
    checkpoints: Sequence[Path] = ()


def restore(settings: Settings, folder: Path, given: Given) -> str:
    """Put a copy in place; says what is lost, and what has to be done about it. Raises Refusal, before anything is written if it can."""
    manifest = Manifest.checked(folder)
    environment = settings.environment("")
    store = folder_of(environment.store)
    _refuse_other_keys(manifest, environment.keyring_path)
    if store.exists() and any(store.iterdir()):
        raise Refusal(f"There are files in {store} already; a copy is never put over data.")
    evidence = _evidence(settings, given)
    with house.refusals(), house.ground(settings) as (url, secrets, _):
        if not dumping.is_empty(url):
            raise Refusal("There is data in the database already; a copy is never put over data.")
        environment = settings.environment(url)
        environment.keyring(Login.OWNER)
        copy_new(folder / STORE, store)
        _load(url, secrets, folder, manifest)
        house.refuse_other_keys(environment)
        missing = _taken_up(environment, evidence)
    return _told(manifest, missing)


_SUPERSEDED: Final = (Use.FEED_TOKEN, Use.LOG_PSEUDONYM)
"""Keys that others take the place of: tokens of a feed begin anew, and of names in the log those of ended years are destroyed."""


def _refuse_other_keys(manifest: Manifest, path: Path) -> None:
    """Ask that the keyring holds every key that the copy was written with; it may hold newer ones."""
    with house.refusals():
        held = {key.id for key in list_keys(path)}
    needed = (id_ for use, ids in manifest.keys.items() if use not in _SUPERSEDED for id_ in ids)
    lacking = sorted(id_ for id_ in needed if id_ not in held)
    if lacking:
        raise Refusal(
            f"The keyring at {path} lacks the key {lacking[0]}, which this copy was written with; put back the keyring of its day "
            "or a later one.",
            code=WRONG_KEYS_CODE,
        )


def _load(url: str, secrets: Path | None, folder: Path, manifest: Manifest) -> None:
    """Make the roles, read the databases back, and bring ours to this release's form."""
    with connected(url) as connection:
        provide_roles(connection, secrets)
    dumping.load(url, folder / DATABASE)
    migrate(url, secrets=secrets)
    airflow_url(url, secrets)
    if AIRFLOW in manifest.files:
        dumping.load(dumping.beside(url, SUFFIX) or "", folder / AIRFLOW)


def _evidence(settings: Settings, given: Given) -> Evidence:
    """Read what tells of the lost instance: its fence, given or still in its place, and checkpoints that were kept elsewhere."""
    fence = given.fence or settings.home / FENCE
    if given.fence is not None and not fence.is_file():
        raise Refusal(f"{fence} is not there.")
    missing = [path for path in given.checkpoints if not path.is_file()]
    if missing:
        raise Refusal(f"{missing[0]} is not there.")
    return Evidence(Fence(fence).read(), [note for path in given.checkpoints for note in Fence(path).read()])


def _taken_up(environment: Environment, evidence: Evidence) -> Lost | None:
    """Close sharing by consent where anything is lost, then begin a new log, then write the fence: killed between, nothing starts."""
    at = now()
    evidence = replace(evidence, witnessed=_witnessed(environment))
    try:
        with environment.database(Login.SEQUENCER, pool_size=1) as sequencer:
            with sequencer.transaction() as tx:
                missing, note = restoring.lost(tx, evidence, at), restoring.left_off(tx)
            if missing is not None:
                _close(environment, missing, at)
                _begin_feeds_anew(environment.keyring_path)
                with sequencer.transaction() as tx:
                    actor = Actor(system="luukku", user=name(), role="operator")
                    note = restoring.begin_anew(tx, missing, actor=actor, at=at).note
    except AuditError as error:
        raise Refusal(f"This is no copy of the log that was announced: {error}", code=ROLLED_BACK_CODE) from None
    fence = Fence(environment.home / FENCE)
    for _ in range(FENCE_SLOTS):
        fence.write(note or "")
    return missing


def _close(environment: Environment, missing: Lost, at: datetime) -> None:
    with environment.database(Login.OWNER, pool_size=1) as owner, owner.transaction() as tx:
        closing.close(tx, log=missing.log, first=missing.first, last=missing.last, at=at)


def _begin_feeds_anew(path: Path) -> None:
    """Let no token of a feed hold any more: one from after the copy would pass over what the feed tells next under the same numbers."""
    for key in list_keys(path):
        if key.use is Use.FEED_TOKEN:
            destroy(path, key.id)
    supplement(path)


def _witnessed(environment: Environment) -> int:
    """Ask our witnesses how large they saw the log; nought where none saw more than the copy holds."""
    policy = policy_of(environment.home)
    with environment.database(Login.SEQUENCER, pool_size=1) as database:
        asked = ask_all(database, policy, posted, now())
    return max((each.size for each in asked if each.outcome is Outcome.ROLLED_BACK), default=0)


def _told(manifest: Manifest, missing: Lost | None) -> str:
    if missing is None:
        return f"The copy of {manifest.made_at} is in place, and nothing that was announced is lost.\n"
    return (
        f"The copy of {manifest.made_at} is in place. Lost: {missing}.\n"
        "The log goes on under a new number and says so. Nothing is shared by consent until a steward of each office has dealt with the "
        "acts that are lost: it stands among their tasks; what the law gives is shared as before.\n"
    )
