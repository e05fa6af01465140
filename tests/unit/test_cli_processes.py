"""What was started is stopped together, and who is told of the others' ends is stopped after them."""

import sys
import time

from cli.processes import Children

START_S = 20
ENDS_WHEN_INTERRUPTED = """
import pathlib, signal, sys, time
def end(*_):
    time.sleep(float(sys.argv[2]))
    pathlib.Path(sys.argv[1]).write_text(str(time.monotonic()))
    sys.exit(0)
signal.signal(signal.SIGINT, end)
pathlib.Path(sys.argv[1]).touch()
while True:
    time.sleep(0.01)
"""


def test_who_is_told_how_the_others_end_is_interrupted_when_they_have_ended(tmp_path):
    ended = {name: tmp_path / name for name in ("told", "one", "other")}

    with Children(tmp_path / "log") as children:
        for name, file in ended.items():
            command = [sys.executable, "-c", ENDS_WHEN_INTERRUPTED, str(file), "0" if name == "told" else "0.2"]
            children.start(name, command, {}, outlives=name == "told")
        end = time.monotonic() + START_S
        while not all(file.exists() for file in ended.values()) and time.monotonic() < end:
            time.sleep(0.01)

    at = {name: float(file.read_text()) for name, file in ended.items()}
    assert at["told"] > max(at["one"], at["other"])
