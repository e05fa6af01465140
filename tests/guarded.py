"""The folder of the servers that tests start, and its guard: however the tests end, no server is left and no file of one."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

MEMORY_NEEDED_BYTES = 4 << 30
STOP_AT_END_OF_INPUT = """
cat >/dev/null
pid_files() { find "$0" -name postmaster.pid 2>/dev/null; }
pid_files | while read -r file; do kill -INT "$(head -n 1 "$file")"; done
tries=200
while [ -n "$(pid_files)" ] && [ "$tries" -gt 0 ]; do tries=$((tries - 1)); sleep 0.05; done
rm -rf "$0"
"""


def made_in_memory() -> Path:
    """Make the folder, in memory where there is room."""
    folder = Path(tempfile.mkdtemp(prefix="lk-", dir=_roomy_memory()))
    folder.chmod(0o711)
    return folder


def write_into(folder: Path) -> None:
    """Let this process, and all that it starts, make temporary files in the folder: what is synced there waits for no disk."""
    temporary = folder / "tmp"
    temporary.mkdir(mode=0o1777)
    temporary.chmod(0o1777)
    os.environ["TMPDIR"] = tempfile.tempdir = str(temporary)


def guarded(folder: Path) -> "subprocess.Popen[bytes]":
    """Start the guard: at the end of its input it stops all servers in the folder and removes it."""
    return subprocess.Popen(
        ["/bin/sh", "-c", STOP_AT_END_OF_INPUT, str(folder)],
        stdin=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _roomy_memory() -> str | None:
    """A database is copied ten times as fast in memory as on a disk (9 ms, 106 ms); None where there is no room for it."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > MEMORY_NEEDED_BYTES
    return str(memory) if roomy else None
