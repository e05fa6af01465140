"""The timetables as Airflow reads them: they load without an error, wake each other by assets, and only a verdict judges a run."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
READ_THEM = """
import json, sys
from airflow.dag_processing.dagbag import DagBag
from connectors import errors
raised = [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, errors.ConnectorError)]
def decided(task, error):
    decision = task.retry_policy.evaluate(error("x"), 1, task.retries)
    return decision.action.value, decision.retry_delay and decision.retry_delay.total_seconds()
bag = DagBag(dag_folder=sys.argv[1], collect_dags=True)
heavy = [name for name in ("polars", "great_expectations", "pyarrow", "lxml") if name in sys.modules]
print(json.dumps({
    "errors": list(bag.import_errors.values()),
    "heavy": heavy,
    "dags": {dag_id: {
        "catchup": dag.catchup,
        "max_active_runs": dag.max_active_runs,
        "doc": dag.doc_md or "",
        "leaves": [task.task_id for task in dag.leaves],
        "rules": {task.task_id: task.trigger_rule.value for task in dag.tasks},
        "retries": {task.task_id: task.retries for task in dag.tasks},
        "decided": {
            error.__name__: decided(task, error) for task in dag.tasks if task.task_id == "land" for error in raised
        },
        "outlets": sorted(asset.name for task in dag.tasks for asset in task.outlets),
        "schedule": type(dag.timetable).__name__,
    } for dag_id, dag in bag.dags.items()},
}))
"""


@pytest.fixture(scope="module")
def read(tmp_path_factory) -> dict:
    home = tmp_path_factory.mktemp("airflow")
    environ = {**os.environ, "AIRFLOW_HOME": str(home), "AIRFLOW__CORE__LOAD_EXAMPLES": "False"}
    command = [sys.executable, "-c", READ_THEM, str(ROOT / "dags")]
    answer = subprocess.run(command, env=environ, check=True, capture_output=True, text=True, cwd=home)
    return json.loads(answer.stdout.strip().splitlines()[-1])


def test_the_folder_loads_without_an_error(read):
    assert read["errors"] == []
    assert set(read["dags"]) == {"pull_te", "pull_kela", "pull_sote", "publish", "keep"}


def test_reading_the_folder_loads_nothing_heavy(read):
    assert read["heavy"] == []


def test_no_timetable_catches_up_or_runs_twice_at_once(read):
    assert {(dag["catchup"], dag["max_active_runs"]) for dag in read["dags"].values()} == {(False, 1)}


def test_only_the_verdict_judges_a_run(read):
    runs = {name: dag for name, dag in read["dags"].items() if name != "keep"}

    assert {tuple(dag["leaves"]) for dag in runs.values()} == {("verdict",)}


def test_a_night_that_could_not_erase_is_red_and_so_is_one_that_could_not_tell_the_lists(read):
    leaves = ["authority", "corrections", "expire", "keep", "lists", "revalidate", "unlink"]
    assert sorted(read["dags"]["keep"]["leaves"]) == leaves


def test_a_red_shard_stops_neither_the_grouping_nor_the_merge_of_the_others(read):
    for source in ("te", "kela", "sote"):
        rules = read["dags"][f"pull_{source}"]["rules"]
        assert (rules["group"], rules["merge"]) == ("all_done", "all_done")


def test_each_merge_wakes_the_publishing(read):
    outlets = [read["dags"][f"pull_{source}"]["outlets"] for source in ("te", "kela", "sote")]

    assert outlets == [["staging/te"], ["staging/kela"], ["staging/sote"]]
    assert read["dags"]["publish"]["schedule"] == "AssetOrTimeSchedule"


def test_only_a_source_that_is_down_is_asked_again_after_five_minutes_and_twice(read):
    for source in ("te", "kela", "sote"):
        dag = read["dags"][f"pull_{source}"]
        again = {error: decision for error, decision in dag["decided"].items() if decision != ["fail", None]}
        assert again == {"SourceDown": ["retry", 300.0]}
        assert dag["retries"]["land"] == 2


def test_airflows_page_tells_the_operator_what_to_do_when_red(read):
    assert all(
        "When red, the last line of the red task's log is a sentence" in dag["doc"] for dag in read["dags"].values()
    )
    for source in ("te", "kela", "sote"):
        doc = " ".join(read["dags"][f"pull_{source}"]["doc"].split())
        for told in ("running again is safe", "SourceDown: ", "AccessRefused: ", "Held: ", "OurBug: ", "Any other: "):
            assert told in doc
