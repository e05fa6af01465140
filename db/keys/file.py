"""The keyring file: JSON readable by its owner only, changed as a whole or not at all."""

import base64
import json
import os
import stat
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from fcntl import LOCK_EX, flock
from pathlib import Path

from db.clock import now
from db.errors import KeyMissing, KeyringUnusable
from db.keys.held import Held
from db.keys.model import SECRET_BYTES, Key, State, Use

_FORM = 1
_ID_BYTES = 4
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_OWNER_ONLY = 0o600


@dataclass(frozen=True, slots=True)
class Contents:
    """What a keyring file holds."""

    development: bool
    keys: tuple[Key, ...]

    def held(self, uses: Collection[Use] = frozenset(Use)) -> Held:
        """Return the keys of these uses as a process holds them."""
        return Held((key for key in self.keys if key.use in uses), development=self.development)


def new_keyring(path: Path, *, development: bool) -> None:
    """Make a keyring with one key per use; an existing file is never overwritten."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.exists():
        raise KeyringUnusable(f"There is a keyring at {path} already; use `keys rotate` to change a key.")
    _write(path, Contents(development, tuple(_made(use) for use in Use)))


def supplement(path: Path) -> None:
    """Add a key for each use that a newer release brought; nothing rests under it yet, and a use that has a key keeps it."""
    if not _lacking(read(path)):
        return
    with _alone(path):
        contents = read(path)
        _write(path, replace(contents, keys=(*contents.keys, *map(_made, _lacking(contents)))))


def _lacking(contents: Contents) -> list[Use]:
    return sorted(set(Use) - {key.use for key in contents.keys})


def list_keys(path: Path) -> tuple[Key, ...]:
    """Return the keys; their secrets are not part of how they print."""
    return read(path).keys


def rotate(path: Path, use: Use) -> Key:
    """Add a new key, which takes over when it has settled; the one it replaces works until then, and opens ever after."""
    key = _made(use)
    with _alone(path):
        contents = read(path)
        replaced = contents.held().current(use, now())
        older = (_demoted(old) if _is_older(old, replaced) else old for old in contents.keys)
        _write(path, replace(contents, keys=(*older, key)))
    return key


def rotating(path: Path, use: Use) -> Key | None:
    """Return the key that takes over, while the one it replaces may still have closed something; None when no rotation is under way."""
    current = [key for key in read(path).keys if key.use is use and key.state is State.CURRENT]
    return max(current, key=lambda key: key.made_at) if len(current) > 1 else None


def complete(path: Path, use: Use) -> None:
    """End a rotation: all but the key that makes new things are former ones; refused before the new key has settled."""
    with _alone(path):
        contents = read(path)
        made_with = contents.held().current(use, now())
        if any(key.use is use and key.made_at > made_with.made_at for key in contents.keys):
            raise KeyringUnusable(f"The new key of {use} has not settled yet; wait a minute.")
        older = (_demoted(key) if _is_older(key, made_with) else key for key in contents.keys)
        _write(path, replace(contents, keys=tuple(older)))


def add(path: Path, use: Use, key_id: str) -> Key:
    """Add a key under an id of the caller's choice, as a former one, so that it serves only where it is named."""
    key = replace(_made(use), id=key_id, state=State.FORMER)
    with _alone(path):
        contents = read(path)
        if any(old.id == key_id for old in contents.keys):
            raise KeyringUnusable(f"The keyring has a key {key_id} already.")
        _write(path, replace(contents, keys=(*contents.keys, key)))
    return key


def retire(path: Path, key_id: str) -> None:
    """Take out a former key when nothing is left that it opens; the one that makes new things stays."""
    contents = read(path)
    key = next((key for key in contents.keys if key.id == key_id), None)
    if key is not None and contents.held().current(key.use, now()) == key:
        raise KeyringUnusable(f"The key {key_id} is in use; rotate it, and wait a minute.")
    destroy(path, key_id)


def destroy(path: Path, key_id: str) -> None:
    """Take a key out whatever it still opens: what it closed is lost for ever, which is the point of erasure."""
    with _alone(path):
        contents = read(path)
        kept = tuple(key for key in contents.keys if key.id != key_id)
        if len(kept) == len(contents.keys):
            raise KeyMissing(key_id)
        _write(path, replace(contents, keys=kept))


def supersede(path: Path, use: Use, *, kept: Collection[str], made: Mapping[str, bytes]) -> None:
    """Let keys counted from those of a use, by id, take the place of all but the kept ones: what is gone is counted no more."""
    new = tuple(Key(key_id, use, State.CURRENT, now(), secret) for key_id, secret in sorted(made.items()))
    with _alone(path):
        contents = read(path)
        stay = tuple(key for key in contents.keys if key.use is not use or key.id in kept)
        _write(path, replace(contents, keys=(*stay, *new)))


def read(path: Path) -> Contents:
    """Read the file; refused when missing, readable by others, or damaged."""
    try:
        _refuse_open_door(path)
        document = json.loads(path.read_bytes())
        if document["form"] != _FORM:
            raise KeyringUnusable(f"The keyring at {path} is of a form this release does not know.")
        return Contents(bool(document["development"]), tuple(map(_from_json, document["keys"])))
    except FileNotFoundError:
        raise KeyringUnusable(f"There is no keyring at {path}; make one with `./luukku keys new`.") from None
    except PermissionError:
        raise KeyringUnusable(f"The keyring at {path} belongs to another user.") from None
    except (ValueError, KeyError, TypeError):
        raise KeyringUnusable(f"The keyring at {path} is damaged.") from None


def _refuse_open_door(path: Path) -> None:
    if path.stat().st_mode & _OTHERS:
        raise KeyringUnusable(f"The keyring at {path} can be read by others; run `chmod 600 {path}`.")


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Let one change at a time read and write the file: a key lost between two is lost with all it closed."""
    with path.with_name(f"{path.name}.lock").open("w") as lock:
        flock(lock, LOCK_EX)
        yield


def _write(path: Path, contents: Contents) -> None:
    """Write beside, sync, and put in place: a crash leaves the old file or the new one."""
    document = {"form": _FORM, "development": contents.development, "keys": [_to_json(key) for key in contents.keys]}
    beside = path.with_name(f"{path.name}.new")
    beside.unlink(missing_ok=True)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
    with open(descriptor, "w", encoding="utf-8") as stream:  # noqa: PTH123 - a descriptor, made 0600 from its first moment
        json.dump(document, stream, indent=1)
        stream.flush()
        os.fsync(stream.fileno())
    beside.replace(path)


def _made(use: Use) -> Key:
    key_id = f"{use.value}-{os.urandom(_ID_BYTES).hex()}"
    return Key(key_id, use, State.CURRENT, now(), os.urandom(SECRET_BYTES))


def _is_older(key: Key, replaced: Key) -> bool:
    return key.use is replaced.use and key.made_at < replaced.made_at


def _demoted(key: Key) -> Key:
    return replace(key, state=State.FORMER)


def _to_json(key: Key) -> dict[str, str]:
    secret = base64.b64encode(key.secret).decode()
    return {"id": key.id, "use": key.use, "state": key.state, "made_at": key.made_at.isoformat(), "secret": secret}


def _from_json(entry: dict[str, str]) -> Key:
    secret = base64.b64decode(entry["secret"], validate=True)
    if len(secret) != SECRET_BYTES:
        raise ValueError("a secret of the wrong length")
    made_at = datetime.fromisoformat(entry["made_at"])
    return Key(entry["id"], Use(entry["use"]), State(entry["state"]), made_at, secret)
