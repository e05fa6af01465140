"""As whom the server runs: never as root, whoever starts it."""

import os
import pwd
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from db.embedded.places import make_passable
from db.errors import ServerFailed

_ROOT = 0
_CANDIDATES = ("postgres", "nobody")
_UMASK = 0o077
_SHELL = "/bin/sh"


@dataclass(frozen=True, slots=True)
class Account:
    """The account that the server's programs run under; ``dropped`` when the starter is root and gives its rights up."""

    name: str
    uid: int
    gid: int
    dropped: bool

    def process_options(self) -> Mapping[str, Any]:
        """Return what ``subprocess`` needs: this account without extra groups, umask 077, none of the caller's PG*."""
        identity = {"user": self.uid, "group": self.gid, "extra_groups": []} if self.dropped else {}
        return {"umask": _UMASK, "env": {"LC_ALL": "C", "TZ": "UTC", "PATH": os.defpath}, **identity}

    def own(self, folder: Path) -> Path:
        """Make a folder that belongs to this account alone; those above it keep their permissions."""
        make_passable(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
        self._refuse_stranger(folder)
        return folder

    def _refuse_stranger(self, folder: Path) -> None:
        """Hand a folder of ours over; one that is a link or somebody else's is a trap."""
        owner = folder.lstat().st_uid
        if folder.is_symlink() or owner not in {os.getuid(), self.uid}:
            raise ServerFailed(f"The folder {folder} belongs to another user; remove it or choose another LUUKKU_HOME.")
        if owner != self.uid:
            os.chown(folder, self.uid, self.gid, follow_symlinks=False)
        folder.chmod(0o700)

    def can_run(self, program: Path) -> bool:
        """Tell whether this account reaches the program, its libraries included."""
        return self.run([_SHELL, "-c", '"$0" --version', str(program)]).returncode == 0

    def can_write(self, folder: Path) -> bool:
        """Tell whether this account reaches the folder and may write into it."""
        return self.run([_SHELL, "-c", 'test -w "$0"', str(folder)]).returncode == 0

    def run(self, command: Sequence[str]) -> subprocess.CompletedProcess[str]:
        """Run a program to its end as this account, its output kept."""
        options = self.process_options()
        return subprocess.run(  # noqa: S603 - programs of ours, no shell
            command, capture_output=True, text=True, check=False, cwd="/", start_new_session=True, **options
        )


def choose(data: Path, named: str | None) -> Account:
    """Choose the account: the starter, or when that is root ``named``, the data's owner, ``postgres``, ``nobody``."""
    if os.getuid() != _ROOT:
        return _account(pwd.getpwuid(os.getuid()), dropped=False)
    if named is not None:
        return _named(named)
    if data.exists() and data.stat().st_uid != _ROOT:
        return _account(pwd.getpwuid(data.stat().st_uid), dropped=True)
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    for name in _CANDIDATES:
        if name in known:
            return _account(known[name], dropped=True)
    raise ServerFailed("PostgreSQL does not run as root; name an account in LUUKKU_DB_ACCOUNT.")


def _named(name: str) -> Account:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        raise ServerFailed(f"LUUKKU_DB_ACCOUNT names {name}, and there is no such account.") from None
    if entry.pw_uid == _ROOT:
        raise ServerFailed("LUUKKU_DB_ACCOUNT names root, and PostgreSQL does not run as root.")
    return _account(entry, dropped=True)


def _account(entry: pwd.struct_passwd, *, dropped: bool) -> Account:
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, dropped)
