"""Where the embedded server lives, and how the others find it."""

import hashlib
import tempfile
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL

from db.server import parsed

SUPERUSER = "luukku_superuser"
DATABASE = "luukku"
PORT = 5432
"""Part of the socket's name only; no port is opened."""
SOCKET_FOLDER_BYTES = 88
"""A socket's path ends at 103 bytes on macOS, 107 on Linux, and PostgreSQL adds 14."""

_URL_FILE = "url"
_PASSABLE = 0o711


@dataclass(frozen=True, slots=True)
class Places:
    """The folders of one server. ``base`` belongs to the starter (lock, address), ``server`` to the account."""

    base: Path
    server: Path

    @property
    def beside(self) -> Path:
        """Where the access files are: the starter writes them, the account reads them."""
        return self.server.parent

    @property
    def data(self) -> Path:
        """PostgreSQL's own folder."""
        return self.server / "data"

    @property
    def logs(self) -> Path:
        """The server's logs, 7 files by weekday."""
        return self.server / "log"

    @property
    def socket(self) -> Path:
        """The folder of the socket, under a short temporary name where the path would be too long."""
        return short_folder(self.server / "socket")

    @property
    def socket_lock(self) -> Path:
        """PostgreSQL's second pid file, beside its socket."""
        return self.socket / f".s.PGSQL.{PORT}.lock"

    def url(self, user: str = SUPERUSER, database: str = DATABASE) -> str:
        """Return the address over the socket."""
        query = {"host": str(self.socket), "port": str(PORT)}
        url = URL.create("postgresql+psycopg", username=user, database=database, query=query)
        return url.render_as_string(hide_password=False)

    def announce(self) -> None:
        """Leave the address for the other processes of this LUUKKU_HOME."""
        (self.base / _URL_FILE).write_text(self.url(), encoding="utf-8")

    def withdraw(self) -> None:
        """Take the address back."""
        (self.base / _URL_FILE).unlink(missing_ok=True)


def make_passable(folder: Path) -> None:
    """Make a folder, and those above it that are missing, so that other accounts may pass through but not look."""
    if folder.exists():
        return
    make_passable(folder.parent)
    folder.mkdir(exist_ok=True)
    folder.chmod(_PASSABLE)


def base_of(home: Path) -> Path:
    """Return the database's folder in a LUUKKU_HOME."""
    return home / "db"


def running_url(home: Path) -> str | None:
    """Return the address that the owner of the embedded server left, None when it is not running."""
    announced = base_of(home) / _URL_FILE
    return announced.read_text(encoding="utf-8") if announced.exists() else None


def is_embedded(url: str) -> bool:
    """Tell whether an address is of an embedded server: no other has our superuser."""
    return parsed(url).username == SUPERUSER


def short_folder(folder: Path) -> Path:
    """Return the folder, or a short temporary one named by its hash when a socket in it would be too long."""
    if len(bytes(folder)) <= SOCKET_FOLDER_BYTES:
        return folder
    return Path(tempfile.gettempdir()) / f"luukku-{short_name(folder)}"


def short_name(folder: Path) -> str:
    """Name a folder by 64 bits of its path's hash."""
    return hashlib.sha256(bytes(folder)).hexdigest()[:16]
