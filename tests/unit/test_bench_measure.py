"""A measured task stands alone: its own process, its own memory, its preparation apart."""

import textwrap

import pytest

from bench import measure
from bench.measure import TaskFailed, measured, side_by_side

TASKS = """
    import os
    import time

    def surrounded():
        return lambda: {"threads": os.environ.get("POLARS_MAX_THREADS")}

    def waits(*, before=0.0, during=0.0, mark=None):
        time.sleep(before)

        def work():
            began = time.monotonic()
            time.sleep(during)
            return {"mark": mark, "began": began}

        return work

    def holds(*, megabytes):
        return lambda: {"bytes": len(bytearray(megabytes << 20))}

    def breaks():
        return lambda: 1 / 0

    def cannot_prepare():
        raise ValueError

    def prints():
        print("a library says hello")
        return lambda: print("and again") or {"done": True}
"""


@pytest.fixture(autouse=True)
def _tasks(tmp_path, monkeypatch):
    (tmp_path / "sample_tasks.py").write_text(textwrap.dedent(TASKS))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))


def test_the_preparation_is_not_counted_as_the_work():
    found = measured("sample_tasks:waits", before=1.0, during=0.05, mark="here")

    assert found.result["mark"] == "here"
    assert found.prepare_seconds >= 1.0
    assert 0.05 <= found.seconds < 1.0


def test_the_peak_is_that_of_the_process_measured():
    large, small = measured("sample_tasks:holds", megabytes=400), measured("sample_tasks:holds", megabytes=1)

    assert large.peak_bytes - small.peak_bytes > 250 << 20


def test_what_libraries_print_does_not_mix_with_the_figures():
    assert measured("sample_tasks:prints").result == {"done": True}


@pytest.mark.parametrize("task", ["breaks", "cannot_prepare", "is_not_there"])
def test_a_task_that_fails_gives_no_figures(task, capfd):
    with pytest.raises(TaskFailed, match=f"sample_tasks:{task}"):
        measured(f"sample_tasks:{task}")

    assert "Traceback" in capfd.readouterr().err


def test_tasks_side_by_side_begin_together_when_the_slowest_is_prepared():
    tasks = [
        ("sample_tasks:waits", {"before": 0.0, "during": 0.1}),
        ("sample_tasks:waits", {"before": 1.0, "during": 0.1}),
    ]

    seconds, found = side_by_side(tasks)

    assert 0.1 <= seconds < 1.0
    assert abs(found[0].result["began"] - found[1].result["began"]) < 0.5


def test_one_of_several_that_fails_ends_the_others(capfd):
    tasks = [("sample_tasks:waits", {"during": 60}), ("sample_tasks:cannot_prepare", {})]

    with pytest.raises(TaskFailed, match="cannot_prepare"):
        side_by_side(tasks)

    assert "ValueError" in capfd.readouterr().err


def test_our_own_stages_run_in_the_surroundings_of_a_worker_and_peers_in_those_of_the_machine(monkeypatch):
    monkeypatch.delenv("POLARS_MAX_THREADS", raising=False)
    peer = measured("sample_tasks:surrounded")
    monkeypatch.setattr(measure, "OURS", "sample_tasks:")

    ours = measured("sample_tasks:surrounded")

    assert (ours.result, peer.result) == ({"threads": "1"}, {"threads": None})
