"""While the log is down, its key missing or its disk full, no data leaves; when the cause is gone, views come again by themselves."""

import os
import subprocess
import time
from contextlib import contextmanager
from io import FileIO
from pathlib import Path

import pytest

from tests.killing.load import REFUSED_WHILE_DOWN, Load, reading
from tests.killing.service import until

LOOKED_AT_S = 6.5
"""Longer than the patience of a call, so that some have been refused."""
DISK_MIB = 400
BALLAST_BYTES, LEAST_BYTES = 1 << 20, 1 << 12

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(600)]


@pytest.fixture
def load(server_homes):
    with reading(server_homes()) as load:
        yield load


@contextmanager
def small_disk(folder: Path):
    """Put a file system of its own, in memory, at a folder."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MIB}m,mode=0711", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def filled(disk: Path) -> Path:
    """Write until the disk is full, and give the file that fills it."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (BALLAST_BYTES, LEAST_BYTES):
            with pytest.raises(OSError, match="No space left"):
                _write_on(file, size)
    return ballast


def _write_on(file: FileIO, size: int) -> None:
    while file.write(b"\1" * size):
        pass


def views_asked_while_down(load: Load) -> list:
    """Look for a while at a service that cannot seal; give what was disclosed by calls that began meanwhile."""
    began, refused = time.monotonic(), load.refused.total()
    time.sleep(LOOKED_AT_S)
    assert load.refused.total() > refused
    return [each for each in load.answered if each.asked > began]


def assert_views_come_again(load: Load) -> None:
    back = time.monotonic()
    assert until(lambda: load.first_asked_after(back)), load.service.said


def assert_all_was_as_acknowledged(load: Load) -> None:
    load.stop()
    assert load.lost() == []
    assert load.service.findings() == []
    assert (load.leaked, set(load.refused) - REFUSED_WHILE_DOWN) == (0, set())


def test_without_the_log_or_without_its_keys_nothing_leaves_and_all_comes_again_by_itself(load):
    service, keys = load.service, load.service.ground.environment.keyring_path
    service.tended.clear()
    service.kill_sequencers()
    leaked = views_asked_while_down(load)
    service.tended.set()
    assert_views_come_again(load)

    away = keys.rename(keys.with_name("away.json"))
    service.kill_sequencers()
    leaked += views_asked_while_down(load)
    away.rename(keys)
    assert_views_come_again(load)

    assert leaked == []
    assert_all_was_as_acknowledged(load)


@pytest.mark.long
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a disk that is small enough to be filled")
def test_a_full_disk_discloses_nothing_that_is_not_logged_and_views_come_again_once_there_is_room(server_homes):
    with small_disk(server_homes()) as disk, reading(disk) as load:
        ballast = filled(disk)
        assert until(lambda: load.refused[503]), load.service.said
        leaked = views_asked_while_down(load)
        ballast.unlink()
        assert_views_come_again(load)

        assert leaked == []
        assert_all_was_as_acknowledged(load)
