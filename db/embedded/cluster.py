"""The data folder: made whole or not at all, and only opened by its own major version."""

import shutil

from db.embedded.account import Account
from db.embedded.places import SUPERUSER, Places
from db.embedded.programs import Programs
from db.errors import ServerFailed, UnsupportedServer

_SHOWN_LINES = 20


def make(places: Places, programs: Programs, account: Account) -> None:
    """Make the data folder beside its place and rename it when done; nothing happens when it is there."""
    if places.data.exists():
        return
    beside = places.server / "data.new"
    shutil.rmtree(beside, ignore_errors=True)
    made = account.run(
        [
            str(programs.path("initdb")),
            f"--pgdata={beside}",
            f"--username={SUPERUSER}",
            "--data-checksums",
            "--encoding=UTF8",
            "--no-locale",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--auth-local=peer",
            "--auth-host=scram-sha-256",
        ]
    )
    if made.returncode:
        shutil.rmtree(beside, ignore_errors=True)
        last = "\n".join(made.stderr.splitlines()[-_SHOWN_LINES:])
        raise ServerFailed(f"PostgreSQL could not make its data folder:\n{last}")
    beside.rename(places.data)


def refuse_other_major(places: Places, programs: Programs) -> None:
    """Refuse data of another major version before anything touches it."""
    version = places.data / "PG_VERSION"
    if not version.exists():
        return
    held, ours = int(version.read_text(encoding="ascii")), programs.major()
    if held != ours:
        raise UnsupportedServer(
            f"The data in {places.data} is of PostgreSQL {held} and this release brings {ours}: "
            "dump it with the release that wrote it (`./luukku backup`) and restore it with this one."
        )
