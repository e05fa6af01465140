"""One red source in real Airflow, seen in its own pages: Kela's shape is broken, the others are green, what is good is published."""

import json
import re
import urllib.request
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from cli import airflow, settings
from cli.airflow import FINAL_STATES, Airflow
from cli.refresh import PUBLISH, PULLS
from cli.settings import ROOT, Settings
from tests.instances import an_environ, up

PEOPLE = 120
PICTURES = ROOT / "test-output"
PAGE_MS = 60_000
BROKEN_SHAPE = {"name": "changed-shape", "source": "kela", "detail": "etuus", "times": None}

# an Airflow of its own: minutes where others run beside it; without Airflow the same is told by the tests of faults
pytestmark = [pytest.mark.loopback, pytest.mark.long, pytest.mark.timeout(1200)]


@pytest.fixture(scope="module")
def environ(tmp_path_factory) -> dict[str, str]:
    return an_environ(tmp_path_factory.mktemp("home"), people=PEOPLE)


@pytest.fixture(scope="module")
def instance(environ) -> Settings:
    return settings.from_environ(values=environ)


@pytest.fixture(scope="module")
def told(environ, instance) -> Iterator[str]:
    """Keep ``./luukku up`` running, Kela's shape broken from the first moment, and give what it printed of its refresh."""
    with up(instance, environ) as started:
        started.wait_for(lambda: planned(instance, BROKEN_SHAPE))
        started.wait_for(lambda: "Airflow's pages" in started.text)
        yield started.text


@pytest.fixture(scope="module")
def page(told, instance, chromium):
    """Airflow's own pages in a real Chromium, signed in as the operator."""
    with chromium.new_context(viewport={"width": 1400, "height": 900}, locale="en-GB") as context:
        page = context.new_page()
        page.set_default_timeout(PAGE_MS)
        page.goto(instance.airflow_url)
        page.locator("input[name=username]").fill(airflow.OPERATOR)
        page.locator("input[name=password]").fill(airflow.password(instance))
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "login" not in url)
        yield page


def planned(instance: Settings, *faults: dict) -> bool:
    """Plan faults in the place of those planned before; whether the stand-ins answer yet."""
    try:
        asked(instance, "DELETE")
        for fault in faults:
            asked(instance, "POST", fault)
    except OSError:
        return False
    return True


def asked(instance: Settings, method: str, body: dict | None = None) -> None:
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"}
    url = f"{instance.simulators_url}/control/faults"
    with urllib.request.urlopen(urllib.request.Request(url, data=data, headers=headers, method=method), timeout=10):
        pass


def newest(session: Airflow, dag: str) -> dict:
    """Give the run that failed, if any did: the clock's next run asks nothing more that night, and is green."""
    ended = [run for run in session.runs(dag) if run["state"] in FINAL_STATES]
    return next((run for run in ended if run["state"] == "failed"), ended[0])


def log_of(instance: Settings, dag: str, task: str) -> str:
    """Read what a task's tries wrote, over all runs of its timetable."""
    folder = instance.home / "airflow" / "logs" / f"dag_id={dag}"
    return "".join(path.read_text() for path in sorted(folder.rglob("*.log")) if f"task_id={task}" in str(path))


def test_the_source_of_a_broken_shape_is_red_with_a_sentence_and_the_others_are_green(told, instance):
    session = Airflow.sign_in(instance)

    assert "red: pull_kela; see Airflow's page" in told
    assert re.search(r"^kela: .* [1-9]\d* held$", told, re.MULTILINE)
    states = {dag: newest(session, dag)["state"] for dag in (*PULLS, PUBLISH)}
    assert states == {"pull_te": "success", "pull_kela": "failed", "pull_sote": "success", "publish": "success"}
    judged = {
        task["task_id"]: task["state"]
        for task in session.tasks("pull_kela", newest(session, "pull_kela")["dag_run_id"])
    }
    assert (judged["merge"], judged["verdict"]) == ("success", "failed")
    assert "held: The shape of the answer changed at asiakas/" in log_of(instance, "pull_kela", "verdict")
    assert "uusiEtuus" in log_of(instance, "pull_kela", "verdict")


def test_what_is_good_was_published(told):
    published = next(line for line in told.splitlines() if line.startswith("views: "))

    assert int(published.split()[1]) > 0


def test_the_operator_sees_the_four_timetables_and_which_is_red(page, instance):
    page.goto(f"{instance.airflow_url}/dags")
    for dag in (*PULLS, PUBLISH):
        page.get_by_text(dag, exact=True).first.wait_for()
    page.wait_for_load_state("networkidle")
    picture(page, "airflow-dags")

    run = newest(Airflow.sign_in(instance), "pull_kela")["dag_run_id"]
    page.goto(f"{instance.airflow_url}/dags/pull_kela/runs/{quote(run, safe='')}")
    page.get_by_text("verdict", exact=True).first.wait_for()
    page.get_by_text("Failed", exact=True).first.wait_for()
    picture(page, "airflow-pull-kela-red")


def test_the_page_of_a_timetable_tells_the_operator_what_to_do_when_red(page, instance):
    page.goto(f"{instance.airflow_url}/dags/pull_kela")
    page.get_by_role("button", name="Dag Docs").click()
    page.get_by_text("When red, the last line of the red task's log is a sentence").wait_for()

    picture(page, "airflow-what-to-do")


def picture(page, name: str) -> None:
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png")
