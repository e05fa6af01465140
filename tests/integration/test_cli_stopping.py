"""Ctrl-C stops all that was started, also when it is pressed again before all of it has ended."""

import signal
import subprocess
import sys
import time
from pathlib import Path

CHILD = "import signal, time; signal.signal(signal.SIGINT, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
STARTED = """
import sys, time
from pathlib import Path
from cli import processes
from cli.instance import _stopped_undisturbed
processes.STOP_TIMEOUT_S = 1
with processes.Children(Path(sys.argv[1])) as children, _stopped_undisturbed():
    child = children.start("slow", [sys.executable, "-c", sys.argv[2]], {})
    while not child.log.read_text():
        time.sleep(0.01)
    print(child.process.pid, flush=True)
    time.sleep(60)
"""
IMPATIENT_AFTER_S = 0.3


def test_a_second_interrupt_breaks_no_stopping_off(tmp_path):
    command = [sys.executable, "-c", STARTED, str(tmp_path), CHILD]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as started:
        child = Path("/proc") / started.stdout.readline().strip()
        assert child.exists()

        started.send_signal(signal.SIGINT)
        time.sleep(IMPATIENT_AFTER_S)
        started.send_signal(signal.SIGINT)
        started.wait(30)

    assert not child.exists()
