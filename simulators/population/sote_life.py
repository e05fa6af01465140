"""What the home county's client system holds about a person (DOMAIN.md 6.2)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from simulators.population.chance import Draw, Weighted
from simulators.population.ids import Kind
from simulators.population.lives import REHABILITATIVE, Life, Stay
from simulators.population.names import worker_name
from simulators.population.pen import Pen
from simulators.population.person import Identity
from simulators.population.plans import ACTIVATION, JOINT
from simulators.population.sote_records import (
    Activity,
    CarePlan,
    ContactPerson,
    Episode,
    Limitation,
    RehabilitativeWork,
    ServiceNeed,
    SotePatient,
    SoteRecords,
)

HEALTH_CHECK, ASSESSMENT, REHABILITATION = "034", ("016", "068"), "086"
NEED_STATUS = Weighted({"active": 70, "completed": 25, "revoked": 5})
# What the county calls its units; some names tell more than may be told.
UNITS = Weighted(
    {
        "Aikuissosiaalityö": 40,
        "Työikäisten palvelut": 25,
        "Kuntouttava työtoiminta": 15,
        "Päihdepoliklinikka": 8,
        "Mielenterveyspalvelut": 8,
        "Lastensuojelu": 4,
    }
)
LIMITATIONS = ("D420", "D430", "D450", "B152", "B455", "D240")


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """A person as the county is about to write them down; `hetu` is the code the county knows."""

    identity: Identity
    hetu: str
    life: Life
    pen: Pen
    today: date

    @property
    def rehabilitation(self) -> Stay | None:
        """Give the time in rehabilitative work, if any."""
        return next((stay for stay in self.life.stays if stay.code == REHABILITATIVE), None)

    @property
    def since(self) -> date:
        """Give when the client relation began."""
        days = (self.today - self.life.start).days
        return self.life.tym_since or self.life.start + timedelta(days=self.pen.index % 97 * days // 200)


def sote_records(patient: Patient) -> SoteRecords:
    """Write down all that the county knows."""
    draw = patient.pen.draw
    joint = patient.life.tym_since is not None
    return SoteRecords(
        patients=(_patient(patient),),
        episodes=tuple(_episodes(patient)),
        needs=tuple(_needs(patient, share=0.9 if joint else 0.5)),
        plans=tuple(_plans(patient, share=0.9 if joint else 0.3)),
        rehabilitative_work=tuple(_rehabilitative_work(patient)),
        limitations=tuple(_limitations(patient)) if draw.chance(0.07) else (),
        contacts=(contact_person(patient.pen, patient.identity.home.county, patient.since),)
        if draw.chance(0.4)
        else (),
    )


def _patient(patient: Patient) -> SotePatient:
    identity = patient.identity
    return SotePatient(
        **patient.pen.head(Kind.PATIENT, identity.died or patient.since),
        county=identity.home.county,
        hetu=patient.hetu,
        protected=identity.protected,
        deceased=identity.died is not None,
    )


def _episodes(patient: Patient) -> Iterator[Episode]:
    if patient.pen.draw.chance(0.85):
        ended = patient.identity.died
        yield Episode(
            **patient.pen.head(Kind.EPISODE, ended or patient.since),
            county=patient.identity.home.county,
            status="finished" if ended else "active",
            start=patient.since,
            end=ended,
        )


def _needs(patient: Patient, *, share: float) -> Iterator[ServiceNeed]:
    draw = patient.pen.draw
    if draw.chance(share):
        yield need(patient.pen, patient.identity.home.county, patient.since, draw.weighted(NEED_STATUS), 0)


def need(pen: Pen, county: str, on: date, status: str, number: int) -> ServiceNeed:
    """Write a service need."""
    return ServiceNeed(**pen.head(Kind.NEED, on, number), county=county, status=status, authored_on=on)


def _plans(patient: Patient, *, share: float) -> Iterator[CarePlan]:
    rehabilitation, pen = patient.rehabilitation, patient.pen
    if rehabilitation is None and not pen.draw.chance(share):
        return
    created = min(patient.since, rehabilitation.start) if rehabilitation else patient.since
    yield CarePlan(
        **pen.head(Kind.PLAN, patient.since),
        county=patient.identity.home.county,
        status="completed" if patient.identity.died else "active",
        category=JOINT if patient.life.tym_since else ACTIVATION,
        created=created,
        start=created,
        end=patient.today + timedelta(days=pen.draw.between(20, 200)),
        activities=tuple(_activities(patient, created)),
    )


def _activities(patient: Patient, created: date) -> Iterator[Activity]:
    draw, rehabilitation = patient.pen.draw, patient.rehabilitation
    if rehabilitation:
        yield Activity(
            code=REHABILITATION,
            status="completed" if rehabilitation.end else "in-progress",
            start=rehabilitation.start,
            end=rehabilitation.end or rehabilitation.planned_end,
            days_a_week=rehabilitation.days_a_week,
        )
    if draw.chance(0.5):
        yield _health_check(draw, created, patient.today)
    if draw.chance(0.25):
        due = created + timedelta(days=draw.between(30, 120))
        status = "completed" if due < patient.today else "scheduled"
        yield Activity(code=draw.one_of(ASSESSMENT), status=status, start=due, end=due, days_a_week=None)


def _health_check(draw: Draw, created: date, today: date) -> Activity:
    on = created + timedelta(days=draw.between(7, 60))
    return Activity(
        code=HEALTH_CHECK, status="completed" if on < today else "scheduled", start=on, end=on, days_a_week=None
    )


def _rehabilitative_work(patient: Patient) -> Iterator[RehabilitativeWork]:
    stay = patient.rehabilitation
    if stay:
        yield RehabilitativeWork(
            **patient.pen.head(Kind.REHABILITATIVE_WORK, stay.end or stay.start),
            county=patient.identity.home.county,
            status="finished" if stay.end else "in-progress",
            start=stay.start,
            end=stay.end,
            days_a_week=stay.days_a_week or 1,
        )


def _limitations(patient: Patient) -> Iterator[Limitation]:
    yield Limitation(
        **patient.pen.head(Kind.LIMITATION, patient.since),
        county=patient.identity.home.county,
        code=patient.pen.draw.one_of(LIMITATIONS),
        recorded_on=patient.since,
    )


def contact_person(pen: Pen, county: str, since: date) -> ContactPerson:
    """Write who at the county answers for the person."""
    return ContactPerson(
        **pen.head(Kind.CONTACT, since),
        county=county,
        name=worker_name(pen.draw),
        unit=pen.draw.weighted(UNITS),
        phone=f"+35844000{pen.draw.upto(10_000):04}",
    )
