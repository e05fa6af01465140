"""What ends by itself is started again, the sooner the longer it had run; what found the database rolled back is not."""

import sys
import time

import pytest

from cli.processes import ROLLED_BACK_CODE, Children
from cli.settings import Refusal
from cli.tending import LONGEST_PAUSE_S, Tending
from db.errors import ServerFailed

END_S = 10


@pytest.fixture
def children(tmp_path):
    with Children(tmp_path / "log") as children:
        yield children


@pytest.fixture
def said():
    return []


@pytest.fixture
def tending(children, said):
    return Tending(children, lambda: False, said.append)


def started(children, program, name="web"):
    return children.start(name, [sys.executable, "-c", program], {"WHO": name})


def once_ended(child):
    assert child.process.wait(END_S) is not None
    return child


def starts(tending, children, moments):
    """Look at these moments, each time once the child has ended; give those at which it was started again."""
    again = []
    for moment in moments:
        (child,) = children._started
        once_ended(child)
        tending.look(at=moment)
        if children._started[0].process.pid != child.process.pid:
            again.append(moment)
    return again


def test_what_was_killed_is_started_again_with_the_same_command_and_values(tending, children, said):
    child = started(children, "import os, time; print(os.environ['WHO'], flush=True); time.sleep(60)")
    child.process.kill()
    once_ended(child)

    tending.look(at=0.0)
    tending.look(at=0.25)

    assert said == ["luukku: web ended by itself with code -9 and is started again."]
    (again,) = children._started
    assert (again.command, again.values, again.ended) == (child.command, child.values, False)


def test_what_keeps_ending_waits_twice_as_long_each_time_and_never_for_longer_than_half_a_minute(tending, children):
    started(children, "")

    again = starts(tending, children, [0, 0.25, 0.25, 0.5, 0.75, 0.75, 1.5, 1.75])
    for _ in range(10):
        tending._pauses["web"].begin(2.0)

    assert again == [0.25, 0.75, 1.75]
    assert tending._pauses["web"].length_s == LONGEST_PAUSE_S


def test_what_has_run_for_a_while_is_started_again_soon(tending, children):
    started(children, "")

    again = starts(tending, children, [0, 0.25, 0.25, 0.75, 100, 100.25])

    assert again == [0.25, 0.75, 100.25]


def test_what_it_left_of_its_session_does_not_outlive_it(tending, children, tmp_path):
    leaves = "import os, time\nif os.fork(): os._exit(1)\nopen('{}', 'w').write(str(os.getpid())); time.sleep(60)"
    once_ended(started(children, leaves.format(tmp_path / "left")))
    end = time.monotonic() + END_S
    while not (tmp_path / "left").exists() and time.monotonic() < end:
        time.sleep(0.01)
    left = (tmp_path / "left").read_text()
    (tmp_path / "left").unlink()

    tending.look(at=0.0)
    tending.look(at=0.25)

    end = time.monotonic() + END_S
    while left in running() and time.monotonic() < end:
        time.sleep(0.01)
    assert left not in running()


def test_nothing_is_started_again_on_a_database_that_was_rolled_back(tending, children):
    once_ended(
        started(children, f"import sys; print('luukku: The log is empty.'); sys.exit({ROLLED_BACK_CODE})", "sequencer")
    )

    with pytest.raises(Refusal, match="The log is empty") as refused:
        tending.look(at=0.0)

    assert refused.value.code == ROLLED_BACK_CODE


def test_a_database_that_does_not_start_is_tried_again_after_a_pause_and_its_children_are_tended_meanwhile(
    children, said
):
    tries = []

    def revive():
        tries.append(len(tries))
        if len(tries) < 3:
            raise ServerFailed("The disk is full.")
        return True

    tending = Tending(children, revive, said.append)
    once_ended(started(children, ""))

    for moment in (0.0, 0.1, 0.25, 0.5, 0.75):
        tending.look(at=moment)

    assert said == [
        "luukku: the database ended by itself and does not start: The disk is full.",
        "luukku: the database ended by itself and does not start: The disk is full.",
        "luukku: web ended by itself with code 0 and is started again.",
        "luukku: the database ended by itself and was started again.",
    ]


def running():
    """Name the processes that run, but those that have ended and that nobody has asked for yet."""
    import psutil  # type: ignore[import-untyped] # it ships no types

    return {str(each.pid) for each in psutil.process_iter(["status"]) if each.info["status"] != psutil.STATUS_ZOMBIE}
