"""One day with everything real: PostgreSQL, the stand-ins on sockets, Airflow, the sequencer, the machine API, a withdrawal, the log."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from cli import settings
from cli.development.agreements import agreements
from cli.development.desk import _online, _shown
from cli.development.parties import NEIGHBOUR_AREA, SAVONLINNA_AREA, authority
from cli.development.systems import SYSTEM_OF_AREA, key_of
from cli.settings import Settings
from connectors.tables import batch
from consent.registry import By, Consent, Given
from db.clock import now
from db.embedded import running_url
from db.engine import Login
from publish import changes_of_will
from publish.people import person_of
from schemas.identifiers import Hetu
from schemas.vocabulary import Purpose, Source
from simulators.municipality import Municipality
from tests.instances import an_environ, up

ROOT = Path(__file__).resolve().parents[2]
PEOPLE = 400
EXAMPLE = "120384-9128"
SENSITIVE = "te.arkaluonteiset"

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def environ(tmp_path_factory) -> dict[str, str]:
    return an_environ(tmp_path_factory.mktemp("home"), people=PEOPLE)


@pytest.fixture(scope="module")
def instance(environ) -> Settings:
    return settings.from_environ(values=environ)


@pytest.fixture(scope="module")
def told(environ, instance) -> Iterator[str]:
    """Keep ``./luukku up`` running for the tests of this file, and give what it printed."""
    with up(instance, environ) as started:
        started.wait_for(lambda: "resolves a person" in started.text)
        yield started.text


def view(instance: Settings, area: str, purpose: Purpose):
    """Read the example's view as the system of an area's authority."""
    system = SYSTEM_OF_AREA[area]
    with Municipality.at(instance.web_url, client_id=system, key=key_of(instance, system), user="worker-1") as desk:
        return desk.view_of(EXAMPLE, purpose=purpose, case="TYM-2026-000123")


def categories(instance: Settings, purpose: Purpose) -> set[str]:
    answer = view(instance, SAVONLINNA_AREA, purpose)
    return {section["category"] for section in answer.json().get("sections", ())}


def test_up_tells_where_to_look_and_what_was_done(told):
    assert "Airflow's pages" in told
    assert "red:" not in told
    counts = {
        source: [int(number) for number in re.findall(r"\d+", line)]
        for source, line in re.findall(r"^(te|kela|sote): (.*held)$", told, re.MULTILINE)
    }
    assert set(counts) == {"te", "kela", "sote"}
    assert all(pulled == sum(parts) for pulled, *parts in counts.values())


def test_every_source_brought_records_in_this_refresh_or_in_a_run_that_the_clock_began_beside_it(told, instance):
    merged = select(batch.c.source, batch.c.counts).where(batch.c.state == "merged")

    with (
        instance.environment(running_url(instance.home)).database(Login.CONNECTOR, pool_size=1) as database,
        database.read() as read,
    ):
        brought = {source for source, counts in read.execute(merged) if counts["pulled"]}

    assert brought == {"te", "kela", "sote"}


def test_a_municipal_system_reads_a_view_with_source_time_and_ground(told, instance):
    answer = view(instance, SAVONLINNA_AREA, Purpose.TYM)

    assert answer.status_code == 200
    sections = {section["category"]: section for section in answer.json()["sections"]}
    assert {Source(name.partition(".")[0]) for name in sections} == set(Source)
    assert all(section["as_of"] and section["ground"]["kind"] for section in sections.values())
    assert EXAMPLE not in answer.text


def test_a_municipality_reaches_its_own_people_only(told, instance):
    answer = view(instance, NEIGHBOUR_AREA, Purpose.TYM)

    assert answer.status_code == 404
    assert answer.json()["type"].endswith("/person_not_available")


def test_a_withdrawal_holds_at_the_next_read(told, instance):
    environment = instance.environment(running_url(instance.home))
    agreed = next(
        each
        for each in agreements(authority(SAVONLINNA_AREA))
        if each.terms.purpose == Purpose.TYO and SENSITIVE in each.terms.categories
    )
    common = {
        "agreement_id": agreed.terms.agreement_id,
        "expressed": _online(None),
        "by": By(user="person", role="person"),
    }
    with environment.database(Login.WEB, pool_size=1) as database:
        with database.transaction() as tx:
            person_id = person_of(tx, Hetu.parse(EXAMPLE))
            consent = Consent(items=[Given(category=SENSITIVE)], notice=_shown(agreed))
            changes_of_will.grant(tx, person_id=person_id, consent=consent, at=now(), **common)
        granted = categories(instance, Purpose.TYO)
        with database.transaction() as tx:
            changes_of_will.withdraw(tx, person_id=person_id, categories=[SENSITIVE], at=now(), **common)
        withdrawn = categories(instance, Purpose.TYO)

    assert SENSITIVE in granted
    assert SENSITIVE not in withdrawn


def test_the_log_verifies_beside_the_running_instance(told, environ):
    verified = subprocess.run(
        [sys.executable, "-m", "cli", "verify"], cwd=ROOT, env=environ, check=False, capture_output=True, text=True
    )

    assert verified.returncode == 0, verified.stdout
    assert json.loads(verified.stdout.splitlines()[-1])["events"] > PEOPLE


def test_no_hetu_is_in_any_log_of_the_processes(told, instance):
    written = b"".join(path.read_bytes() for path in (instance.home / "log").glob("*.log"))
    written += b"".join(path.read_bytes() for path in (instance.home / "airflow" / "logs").rglob("*.log"))

    assert re.findall(rb"\b\d{6}[-+A-FU-Y]9\d{2}[0-9A-Y]\b", written) == []
