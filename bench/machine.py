"""Where and with what a measurement was made: machine, versions, commit."""

import os
import platform
import subprocess
import tempfile
from importlib.metadata import version
from pathlib import Path
from time import perf_counter
from typing import Any, Final

import psutil  # type: ignore[import-untyped] # it ships no types

from bench.ground import Ground

LIBRARIES: Final = (
    "polars",
    "pyarrow",
    "msgspec",
    "lxml",
    "psycopg",
    "sqlalchemy",
    "great-expectations",
    "dlt",
    "pandera",
)
SYNCS: Final = 50
SYNC_BYTES: Final = 8192
_ROOT: Final = Path(__file__).resolve().parent.parent


def described(ground: Ground) -> dict[str, Any]:
    """Describe this machine and what ran on it; bytes, milliseconds, and how busy it was with other things at the start."""
    with ground.superuser("postgres") as connection:
        ((postgresql,),) = connection.execute("SELECT current_setting('server_version')").fetchall()
    return {
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "memory_bytes": psutil.virtual_memory().total,
        "load_at_start": round(os.getloadavg()[0], 2),
        "disk_sync_ms": round(_sync_ms(ground.folder), 3),
        "system": platform.platform(),
        "python": platform.python_version(),
        "postgresql": postgresql,
        "commit": _commit(),
        **{name: version(name) for name in LIBRARIES},
    }


def _cpu() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    return next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.processor()
    )


def _sync_ms(folder: Path) -> float:
    """Measure what one small synced write costs here, on average."""
    with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
        began = perf_counter()
        for _ in range(SYNCS):
            file.write(bytes(SYNC_BYTES))
            os.fsync(file.fileno())
        return (perf_counter() - began) / SYNCS * 1000


def _commit() -> str:
    """Name the commit, with a mark when the checkout differs from it; empty outside a checkout."""
    told = subprocess.run(  # noqa: S603 - fixed words
        ("git", "-C", str(_ROOT), "describe", "--always", "--dirty", "--abbrev=12"),  # noqa: S607 - the developer's own git
        capture_output=True,
        text=True,
        check=False,
    )
    return told.stdout.strip()
