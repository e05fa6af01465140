"""Sections of TE's records; what is sensitive even as a bare code moves to its own section (DOMAIN.md 4.4)."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, TypeVar

from publish.assembly.records import Built, Jobseeker, TeRecords
from schemas.te import Palveluosallistuminen, Suunnitelma
from schemas.view import sensitive
from schemas.view.te import (
    Basics,
    Contact,
    Employment,
    Plan,
    PlanTask,
    SensitiveEnd,
    SensitivePlan,
    SensitiveService,
    SensitiveServiceLine,
    SensitiveTask,
    Service,
    ServiceLine,
)
from schemas.vocabulary import Category

_Plan = TypeVar("_Plan", bound=Plan)
_Task = TypeVar("_Task", bound=PlanTask)
_Service = TypeVar("_Service", bound=Service)


def items(records: TeRecords) -> dict[Category, list[Built]]:
    """Sort the records of one person into the items of each section."""
    return {
        Category.TE_PERUSTIEDOT: [(row.id, _basics(row)) for row in records.tyonhakija],
        Category.TE_TYOLLISYYS: list(_employment(records)),
        Category.TE_SUUNNITELMA: list(_plans(records)),
        Category.TE_PALVELUT: list(_services(records)),
        Category.TE_YHTEYDENOTOT: list(_contacts(records)),
        Category.TE_PALVELULINJA: list(_service_lines(records)),
        Category.TE_ARKALUONTEISET: list(_sensitive(records)),
    }


def _basics(row: Jobseeker) -> Basics:
    coach: Mapping[str, Any] = json.loads(row.vastuuasiantuntija) if row.vastuuasiantuntija else {}
    since = coach.get("alkuPvm")
    return Basics(
        family_name=row.sukunimi,
        given_names=row.etunimet,
        birth_date=row.syntyma_pvm,
        language=row.asiointikieli,
        municipality=row.kotikunta,
        municipality_since=row.kotikunta_alku_pvm,
        employment_area=row.tyollisyysalue,
        jobseeker_since=row.tyonhaku_alkanut_pvm,
        jobseeker_until=row.tyonhaku_paattynyt_pvm,
        coach=coach.get("nimi"),
        coach_unit=coach.get("yksikko"),
        coach_phone=coach.get("puhelin"),
        coach_since=date.fromisoformat(since) if since else None,
    )


def _employment(records: TeRecords) -> Iterator[Built]:
    for row in records.tyollisyysjakso:
        end_reason = None if row.psyy in sensitive.END_REASONS else row.psyy
        yield row.id, Employment(code=row.tyollkoodi, from_=row.alku_pvm, to=row.loppu_pvm, end_reason=end_reason)


def _plans(records: TeRecords) -> Iterator[Built]:
    for row in records.suunnitelma:
        if row.toimsuunlaji not in sensitive.PLAN_TYPES:
            tasks = tuple(task for task in _tasks(row, PlanTask) if task.code not in sensitive.TASKS)
            yield row.id, _plan(row, Plan, tasks)


def _plan(row: Suunnitelma, form: type[_Plan], tasks: tuple[PlanTask, ...]) -> _Plan:
    return form(
        plan_type=row.toimsuunlaji,
        state=row.tila,
        signed=row.allekirjoitettu_pvm,
        review=row.tarkistus_pvm,
        ended=row.paattynyt_pvm,
        tasks=tasks or None,
    )


def _tasks(row: Suunnitelma, form: type[_Task]) -> Iterator[_Task]:
    for task in json.loads(row.tehtavat) if row.tehtavat else ():
        yield form(
            code=task["toimikoodi"],
            due=_day(task.get("toimiPvm")),
            handled=task["kasitelty"],
            handled_on=_day(task.get("kasiteltyPvm")),
        )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _services(records: TeRecords) -> Iterator[Built]:
    for row in records.palveluosallistuminen:
        if row.palvelukoodi not in sensitive.SERVICES:
            yield row.id, _service(row, Service)


def _service(row: Palveluosallistuminen, form: type[_Service]) -> _Service:
    return form(
        service=row.palvelukoodi,
        organiser=row.jarjestaja_ytunnus,
        organiser_name=row.jarjestaja_nimi,
        production=row.tuotantotapa,
        voucher_granted=row.palveluseteli_myonnetty_pvm,
        voucher_until=row.palveluseteli_voimassa_asti_pvm,
        from_=row.alku_pvm,
        planned_to=row.suunniteltu_loppu_pvm,
        to=row.loppu_pvm,
        interrupted=row.keskeytynyt,
        days_a_week=row.paivat_viikossa,
    )


def _contacts(records: TeRecords) -> Iterator[Built]:
    for row in records.yhteydenotto:
        yield row.id, Contact(contact=row.yhtottotapa, state=row.tila, at=row.ajankohta_aika)


def _service_lines(records: TeRecords) -> Iterator[Built]:
    for row in records.palvelulinja:
        if row.segmenttikoodi not in sensitive.SEGMENTS:
            yield row.id, ServiceLine(segment=row.segmenttikoodi, from_=row.segmentti_pvm, to=row.paattynyt_pvm)


def _sensitive(records: TeRecords) -> Iterator[Built]:
    yield from _sensitive_plans(records.suunnitelma)
    for service in records.palveluosallistuminen:
        if service.palvelukoodi in sensitive.SERVICES:
            yield service.id, _service(service, SensitiveService)
    for line in records.palvelulinja:
        if line.segmenttikoodi in sensitive.SEGMENTS:
            shown = SensitiveServiceLine(segment=line.segmenttikoodi, from_=line.segmentti_pvm, to=line.paattynyt_pvm)
            yield line.id, shown
    for period in records.tyollisyysjakso:
        if period.psyy in sensitive.END_REASONS and period.loppu_pvm:
            yield period.id, SensitiveEnd(to=period.loppu_pvm, end_reason=period.psyy)


def _sensitive_plans(plans: Iterable[Suunnitelma]) -> Iterator[Built]:
    for row in plans:
        if row.toimsuunlaji in sensitive.PLAN_TYPES:
            yield row.id, _plan(row, SensitivePlan, tuple(_tasks(row, PlanTask)))
        else:
            yield from ((row.id, task) for task in _tasks(row, SensitiveTask) if task.code in sensitive.TASKS)
