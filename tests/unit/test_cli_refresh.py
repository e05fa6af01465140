"""What one refresh tells: every source with its sums, a red one too, and an exit code that scripts can go by."""

import json

import pytest
from typer.testing import CliRunner

from cli import run as running
from cli.main import app
from cli.refresh import PUBLISH, Summary, refresh

GREEN = {"pulled": 3, "accepted": 2, "quarantined": 1, "unchanged": 0, "held": 0, "sentences": ["36: 3 rows"]}
HELD = {"pulled": 4, "accepted": 0, "quarantined": 0, "unchanged": 0, "held": 4, "sentences": ["kela 36: held: why"]}
PLANNED = [{"batch": "b-1"}]


class FakeAirflow:
    """An Airflow whose runs have ended already; that of one timetable is red and its verdict gave nothing."""

    def __init__(self, red):
        self.red = red

    def trigger(self, dag, conf):
        return f"{dag}-1"

    def run(self, dag, run_id):
        return {"dag_run_id": run_id, "state": "failed" if dag == self.red else "success"}

    def runs(self, dag):
        return [{"dag_run_id": "published", "state": "success"}]

    def tasks(self, dag, run_id):
        return [{"task_id": "verdict", "state": "success", "duration": 1.5}]

    def result(self, dag, run_id, task):
        if task == "plan":
            return PLANNED
        return None if dag == self.red else GREEN


@pytest.fixture(autouse=True)
def _at_once(monkeypatch):
    monkeypatch.setattr("cli.refresh.HEARTBEATS_S", 0)
    monkeypatch.setattr("cli.refresh.POLL_S", 0)


def refreshed(red):
    asked = []

    def tell(planned):
        asked.extend(planned)
        return HELD

    airflow = FakeAirflow(red)
    return refresh(airflow, after_clients=lambda: None, tell=tell, progress=lambda _: None), asked


def test_a_red_source_has_its_sums_and_sentences_from_the_books():
    summary, asked = refreshed("pull_kela")

    told = summary.as_dict()
    assert (told["failed"], asked) == (["pull_kela"], PLANNED)
    assert set(told) == {"sources", "decisions", "views", "seconds", "sentences", "failed"}
    assert {name: counts["held"] for name, counts in told["sources"].items()} == {"te": 0, "kela": 4, "sote": 0}
    assert all(
        counts["pulled"] == counts["accepted"] + counts["quarantined"] + counts["unchanged"] + counts["held"]
        for counts in told["sources"].values()
    )
    assert HELD["sentences"][0] in told["sentences"]


def test_what_went_well_asks_no_books():
    summary, asked = refreshed(PUBLISH)

    assert asked == []
    assert summary.sources["kela"]["held"] == 0


@pytest.mark.parametrize(("failed", "code"), [([], 0), (["pull_kela"], 1)])
def test_a_run_with_a_red_timetable_prints_its_object_and_ends_with_1(monkeypatch, failed, code):
    monkeypatch.setattr(running, "run", lambda _settings, _console: Summary(failed=failed))

    done = CliRunner().invoke(app, ["run", "--json"])

    assert done.exit_code == code
    assert json.loads(done.stdout)["failed"] == failed
