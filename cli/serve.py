"""The child processes in the foreground: each opens what it needs under its own login, and serves until it is interrupted."""

import signal
import threading
from collections.abc import Callable
from typing import Final

from cli.settings import HOST, Refusal, Settings
from db.environment import from_environ

BODY_TIMEOUT_S: Final = 5


def serve(process: str, settings: Settings) -> None:
    """Run the process of that name; raises Refusal for an unknown one."""
    processes: dict[str, Callable[[Settings], None]] = {"web": _web, "sequencer": _sequencer, "simulators": _simulators}
    if process not in processes:
        raise Refusal(f"There is no process of that name; there are {', '.join(processes)}.")
    processes[process](settings)
