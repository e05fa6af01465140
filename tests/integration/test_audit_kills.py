"""Kill -9 of the sequencer under load, in its small form: nothing that was acknowledged is lost, and the log goes on."""

import os
import subprocess
import sys
import threading
import time

import pytest

from audit.errors import LogUnavailable
from audit.fence import Fence
from audit.log import SocketSealer
from audit.verify import Summary, trusting, verify_database
from db.keys import Keyring, new_keyring
from tests.logs import a_disclosure, a_log, entries

CALLERS = 4
KILLS_AFTER_S = (0.31, 0.17, 0.43, 0.08, 0.26)
SERVE = """
import threading
from audit.sequencer import serve
from db.environment import from_environ
serve(from_environ(), threading.Event())
"""


class Process:
    """The sequencer as a process of its own."""

    def __init__(self, database_url, folder):
        self._environ = {
            **os.environ,
            "LUUKKU_HOME": str(folder),
            "LUUKKU_KEYRING": str(folder / "keyring.json"),
            "LUUKKU_DATABASE_URL": database_url,
            "LUUKKU_SEQUENCER": str(folder / "sequencer.sock"),
        }
        self.start()

    def start(self):
        self._process = subprocess.Popen([sys.executable, "-c", SERVE], env=self._environ)

    def kill(self):
        self._process.kill()
        self._process.wait()


class Callers:
    """Threads that seal as fast as they can and remember what was acknowledged, and when."""

    def __init__(self, sealer):
        self._sealer = sealer
        self.acknowledged = []
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._call) for _ in range(CALLERS)]
        for thread in self._threads:
            thread.start()

    def _call(self):
        while not self._stop.is_set():
            disclosure = a_disclosure()
            try:
                self._sealer.seal(disclosure)
            except LogUnavailable:
                continue
            self.acknowledged.append(disclosure.event.id)

    def wait_for_more(self, seconds):
        before = len(self.acknowledged)
        deadline = time.monotonic() + 60
        while len(self.acknowledged) == before and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(seconds)

    def stop(self):
        self._stop.set()
        for thread in self._threads:
            thread.join()


@pytest.fixture
def folder(database_url, keyring):
    with a_log(database_url, keyring) as log:
        new_keyring(log.socket.parent / "keyring.json", development=True)
        yield log.socket.parent


def test_kills_under_load_lose_nothing_that_was_acknowledged(folder, database_url, owner, verifier_login):
    keys = Keyring.open(folder / "keyring.json")
    process, sealer = Process(database_url, folder), SocketSealer(folder / "sequencer.sock", keys)
    callers = Callers(sealer)
    for seconds in KILLS_AFTER_S:
        callers.wait_for_more(seconds)
        process.kill()
        process.start()
    callers.wait_for_more(0.2)
    callers.stop()
    process.kill()
    sealer.close()

    standing = {row.id for row in entries(owner)}
    findings = list(verify_database(verifier_login, trusting(keys, Fence(folder / "fence"))))
    assert set(callers.acknowledged) <= standing
    assert len(callers.acknowledged) > len(KILLS_AFTER_S)
    assert [finding for finding in findings if not isinstance(finding, Summary)] == []


def test_a_fence_that_cannot_be_kept_acknowledges_nothing_and_the_log_goes_on(
    database_url, keyring, owner, monkeypatch
):
    with a_log(database_url, keyring) as log, log.sealer(patience_s=0.5) as sealer:
        log.start()
        log.settle(owner)
        unlucky = a_disclosure()
        monkeypatch.setattr(Fence, "write", _full_disk)
        with pytest.raises(LogUnavailable):
            sealer.seal(unlucky)
        log.join()
        monkeypatch.undo()
        log.start()
        log.settle(owner)

        sealer.seal(a_disclosure())

        rows = entries(owner)
        assert [row.ref for row in rows if row.type == "disclosure.aborted"] == [unlucky.event.id]


def _full_disk(self, note):
    raise OSError(28, "No space left on device")
