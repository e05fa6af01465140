"""What the same server does with the same bytes and no log: one row, one commit, by pgbench, which costs next to nothing itself."""

import re
import subprocess
from pathlib import Path
from typing import Final

from bench.ground import Ground
from db.embedded.places import PORT, SUPERUSER
from db.embedded.programs import Programs

MOST: Final = 180
"""Connections that the server has for it."""
_RATE: Final = re.compile(r"tps = ([0-9.]+)")


class NoRate(RuntimeError):
    """pgbench did not say how much it did."""


def commits_a_second(ground: Ground, database: str, body: bytes, callers: int, seconds: float) -> float:
    """Insert the body as a row and commit, from so many connections; returns commits a second."""
    script = ground.folder / "raw.sql"
    script.write_text(f"INSERT INTO raw_row (body) VALUES ('\\x{body.hex()}');\n")  # noqa: S608 - our own bytes, in hex
    with ground.superuser(database) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS raw_row (id bigserial PRIMARY KEY, body bytea NOT NULL)")
    command = _command(ground, script, min(callers, MOST), seconds)
    told = subprocess.run([*command, database], capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    rate = _RATE.search(told.stdout)
    if rate is None:
        raise NoRate(told.stdout + told.stderr)
    return float(rate[1])


def _command(ground: Ground, script: Path, connections: int, seconds: float) -> list[str]:
    program = Programs.of_wheel().path("pgbench")
    where = ["-h", str(ground.server.places.socket), "-p", str(PORT), "-U", SUPERUSER]
    return [str(program), *where, "-n", "-c", str(connections), "-j", "1", "-T", str(round(seconds)), "-f", str(script)]
