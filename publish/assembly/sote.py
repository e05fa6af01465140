"""Sections of one county's records: what is done and when, never why or with what result (DOMAIN.md 6.2, 6.3).

States are FHIR R4's. What was entered in error, is a draft or of unknown state is not shown.
"""

from collections.abc import Iterator
from datetime import date
from typing import Final

from publish.assembly.records import Built, SoteRecords
from schemas.sote import SoteToimenpide
from schemas.view.sote import (
    AbilityAssessment,
    ClientRelation,
    ContactPerson,
    HealthCheck,
    Limitation,
    RehabilitativeWork,
    ServiceNeed,
    SotePlan,
)
from schemas.vocabulary import Category

REHABILITATIVE_WORK: Final = frozenset({"072", "086"})
HEALTH_CHECK: Final = "034"
ABILITY_ASSESSMENT: Final = frozenset({"016", "068"})
IN_ERROR: Final = "entered-in-error"
OPEN_NEED: Final = {"active": True, "on-hold": True, "completed": False, "revoked": False}
ASSESSMENT: Final = {
    "not-started": "pending",
    "scheduled": "pending",
    "in-progress": "pending",
    "on-hold": "pending",
    "completed": "done",
}


def items(records: SoteRecords) -> dict[Category, list[Built]]:
    """Sort the records of one person in one county into the items of each section."""
    return {
        Category.SOTE_ASIAKASSUHDE: list(_relations(records)),
        Category.SOTE_PALVELUTARVE: list(_needs(records)),
        Category.SOTE_SUUNNITELMA: list(_plans(records)),
        Category.SOTE_KUNTOUTTAVA: list(_rehabilitative_work(records)),
        Category.SOTE_TERVEYSTARKASTUS: list(_health_checks(records)),
        Category.SOTE_TYOKYVYN_ARVIO: list(_assessments(records)),
        Category.SOTE_TYOKYVYN_RAJOITE: [(row.id, Limitation(code=row.koodi)) for row in records.tyokyvyn_rajoite],
        Category.SOTE_YHTEYSHENKILO: list(_contact_people(records)),
    }


def _relations(records: SoteRecords) -> Iterator[Built]:
    for row in records.asiakassuhde:
        if row.status != IN_ERROR:
            yield row.id, ClientRelation(status=row.status, from_=row.alku_pvm, to=row.loppu_pvm, county=row.county)


def _needs(records: SoteRecords) -> Iterator[Built]:
    for row in records.palvelutarve:
        if row.status in OPEN_NEED:
            yield row.id, ServiceNeed(open=OPEN_NEED[row.status], recorded=row.kirjattu_pvm, county=row.county)


def _plans(records: SoteRecords) -> Iterator[Built]:
    for row in records.sote_suunnitelma:
        if row.status not in (IN_ERROR, "draft", "unknown"):
            yield (
                row.id,
                SotePlan(
                    plan_type=row.toimsuunlaji,
                    status=row.status,
                    signed=row.laadittu_pvm,
                    from_=row.alku_pvm,
                    to=row.loppu_pvm,
                    county=row.county,
                ),
            )


def _rehabilitative_work(records: SoteRecords) -> Iterator[Built]:
    for row in records.sote_toimenpide:
        if row.toimikoodi in REHABILITATIVE_WORK and row.status not in (IN_ERROR, "unknown"):
            yield (
                row.id,
                RehabilitativeWork(
                    status=row.status, from_=row.alku_pvm, to=row.loppu_pvm, days_a_week=row.paivat_viikossa
                ),
            )


def _health_checks(records: SoteRecords) -> Iterator[Built]:
    for row in records.sote_toimenpide:
        if row.toimikoodi == HEALTH_CHECK and row.status == "completed":
            yield row.id, HealthCheck(done=row.loppu_pvm or row.alku_pvm)


def _assessments(records: SoteRecords) -> Iterator[Built]:
    for row in records.sote_toimenpide:
        if row.toimikoodi in ABILITY_ASSESSMENT and row.status in ASSESSMENT:
            yield row.id, AbilityAssessment(state=ASSESSMENT[row.status], date_=_day(row))


def _day(row: SoteToimenpide) -> date | None:
    return (row.loppu_pvm if row.status == "completed" else None) or row.alku_pvm


def _contact_people(records: SoteRecords) -> Iterator[Built]:
    for row in records.yhteyshenkilo:
        yield row.id, ContactPerson(name=row.nimi, unit=row.yksikko, phone=row.puhelin)
