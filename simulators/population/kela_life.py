"""What Kela has decided and paid for a person, by the rules of DOMAIN.md 5.2 and 5.3."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from simulators.population.chance import Weighted
from simulators.population.ids import Kind
from simulators.population.kela_records import Etuusratkaisu, KelaRecords, Maksu, Paivalaskuri, Vireillaolo
from simulators.population.lives import Life
from simulators.population.pen import Head, Pen
from simulators.population.person import Identity

YLEISTUKI_FROM = date(2026, 5, 1)
MUNICIPAL_SHARE_FROM = date(2025, 1, 1)
BASIC = frozenset({"TYOMARKKINATUKI", "PERUSPAIVARAHA"})
SHARED_BY_MUNICIPALITY = BASIC | {"ANSIOPAIVARAHA", "YLEISTUKI"}
BENEFITS = Weighted(
    {
        "TYOMARKKINATUKI": 0.48,
        "PERUSPAIVARAHA": 0.11,
        "ANSIOPAIVARAHA": 0.27,
        "PERUSTOIMEENTULOTUKI": 0.05,
        "SAIRAUSPAIVARAHA": 0.03,
        "KUNTOUTUSRAHA": 0.02,
        "": 0.04,
    }
)
GROUNDS = {"02": "TYOTTOMYYS", "03": "LOMAUTUS", "07": "PALVELU"}
CLAIMED = ("SAIRAUSPAIVARAHA", "KUNTOUTUSRAHA", "PERUSTOIMEENTULOTUKI")
MOST_DAYS = (300, 400, 500)
PREFIX = {Kind.VIREILLAOLO: "V", Kind.ETUUSRATKAISU: "R", Kind.MAKSU: "M", Kind.PAIVALASKURI: "L"}
PAID_SHARE = 0.7
WORKDAYS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """A person as Kela is about to write them down."""

    identity: Identity
    life: Life
    pen: Pen
    today: date


def kela_records(customer: Customer) -> KelaRecords:
    """Write down all that Kela knows."""
    benefit = customer.pen.draw.weighted(BENEFITS)
    decisions = tuple(_decisions(customer, benefit)) if benefit else ()
    payments = tuple(_payments(customer, decisions))
    return KelaRecords(
        turvakielto=customer.identity.protected,
        vireillaolot=tuple(_claims(customer, benefit, decided=bool(decisions))),
        etuusratkaisut=decisions,
        maksut=payments,
        paivalaskurit=tuple(_counters(customer, benefit, decisions[0].alku_pvm)) if decisions else (),
    )


def kela_head(pen: Pen, kind: Kind, on: date, number: int = 0) -> Head:
    """Begin a Kela record: its own short ids, else as other records."""
    head = pen.head(kind, on, number)
    head["id"] = kela_id(pen.index, kind, pen.number(number))
    return head


def kela_id(index: int, kind: Kind, number: int) -> str:
    """Give the id that Kela writes: a letter and a number."""
    return f"{PREFIX[kind]}-{1000 + index * 65_536 + number}"


def workdays(start: date, end: date) -> int:
    """Count Mondays to Fridays, both days included."""
    return max(_workdays_to(end) - _workdays_to(start - timedelta(days=1)), 0)


def last_month(today: date) -> tuple[date, date]:
    """Give the first and last day of the month before."""
    end = today.replace(day=1) - timedelta(days=1)
    return end.replace(day=1), end


def payment(pen: Pen, decision: Etuusratkaisu, identity: Identity, today: date, number: int) -> Maksu | None:
    """Pay last month's days under a decision; None when none of them are its own."""
    month_start, month_end = last_month(today)
    start, end = max(month_start, decision.alku_pvm), min(month_end, decision.loppu_pvm or month_end)
    if not workdays(start, end):
        return None
    paid = min(month_end + timedelta(days=pen.draw.between(1, 8)), today - timedelta(days=1))
    financed = decision.etuus in SHARED_BY_MUNICIPALITY and not identity.protected
    return Maksu(
        **kela_head(pen, Kind.MAKSU, paid, number),
        ratkaisu_id=decision.id,
        etuus=decision.etuus,
        kauden_alku_pvm=start,
        kauden_loppu_pvm=end,
        maksettu_pvm=paid,
        etuuspaivat=workdays(start, end),
        rahoittava_kunta=identity.home.municipality if financed else None,
        peruttu=pen.draw.chance(0.01),
    )


def _workdays_to(day: date) -> int:
    weeks, weekday = divmod(day.toordinal(), 7)
    return weeks * WORKDAYS + min(max(weekday, 0), WORKDAYS)


def _decisions(customer: Customer, benefit: str) -> Iterator[Etuusratkaisu]:
    """Decide the benefit; one that goes on over 2026-05-01 is two decisions, the later naming the earlier."""
    life, pen = customer.life, customer.pen
    start = life.start + timedelta(days=pen.draw.between(5, 20))
    last = life.stretches[-1]
    end = last.end or (None if last.code in GROUNDS else last.start - timedelta(days=1))
    if start >= customer.today or (end and end < start):
        return
    number = 0
    if benefit in BASIC and start < YLEISTUKI_FROM:
        until = min(end or date.max, YLEISTUKI_FROM - timedelta(days=1))
        yield _decision(customer, benefit, start, until, number)
        start, number = YLEISTUKI_FROM, 1
    if benefit in BASIC and (start >= customer.today or (end and end < start)):
        return
    yield _decision(customer, "YLEISTUKI" if benefit in BASIC else benefit, start, end, number)


def _decision(customer: Customer, benefit: str, start: date, end: date | None, number: int) -> Etuusratkaisu:
    pen = customer.pen
    decided = min(start + timedelta(days=pen.draw.between(3, 25)), customer.today - timedelta(days=1))
    return Etuusratkaisu(
        **kela_head(pen, Kind.ETUUSRATKAISU, decided, number),
        etuus=benefit,
        ratkaisu="MYONTO",
        peruste=_ground(customer.life, benefit),
        alku_pvm=start,
        loppu_pvm=end,
        ratkaisu_pvm=decided,
        edeltava_ratkaisu_id=kela_id(pen.index, Kind.ETUUSRATKAISU, number - 1) if number else None,
    )


def _ground(life: Life, benefit: str) -> str:
    if benefit not in SHARED_BY_MUNICIPALITY:
        return "MUU"
    code = next((one.code for one in reversed(life.stretches) if one.code in GROUNDS), "02")
    return GROUNDS[code]


def _payments(customer: Customer, decisions: tuple[Etuusratkaisu, ...]) -> Iterator[Maksu]:
    if decisions and customer.pen.draw.chance(PAID_SHARE):
        paid = payment(customer.pen, decisions[-1], customer.identity, customer.today, 0)
        if paid:
            yield paid


def _counters(customer: Customer, benefit: str, start: date) -> Iterator[Paivalaskuri]:
    """Count the days paid to the end of last month: the municipality's, the subsidy's on unemployment, the allowance's own."""
    until = last_month(customer.today)[1]
    days = workdays(start, until)
    shared = workdays(max(start, MUNICIPAL_SHARE_FROM), until)
    if benefit in SHARED_BY_MUNICIPALITY and shared:
        yield _counter(customer, "KUNTAOSUUS", shared, until, number=0)
    if benefit == "TYOMARKKINATUKI" and days:
        yield _counter(customer, "TMT_TYOTTOMYYS", days, until, number=1)
    if benefit == "ANSIOPAIVARAHA" and days:
        most = MOST_DAYS[customer.pen.index % 3]
        yield _counter(customer, "ENIMMAISAIKA", min(days, most), until, number=2, most=most)


def _counter(
    customer: Customer, kind: str, days: int, at: date, *, number: int, most: int | None = None
) -> Paivalaskuri:
    head = kela_head(customer.pen, Kind.PAIVALASKURI, at, number)
    return Paivalaskuri(**head, laji=kind, paivat=days, enimmaispaivat=most, tilanne_pvm=at)


def _claims(customer: Customer, benefit: str, *, decided: bool) -> Iterator[Vireillaolo]:
    """Claim: the benefit itself when it was not decided yet, and for one in fifteen something else."""
    pen = customer.pen
    if benefit and not decided and customer.life.end is None:
        came = customer.today - timedelta(days=pen.draw.between(1, 20))
        yield claim(pen, _current(benefit, customer.today), came, 0)
    if pen.draw.chance(1 / 15):
        yield claim(pen, pen.draw.one_of(CLAIMED), customer.today - timedelta(days=pen.draw.between(1, 45)), 1)


def claim(pen: Pen, benefit: str, came: date, number: int) -> Vireillaolo:
    """Write a pending claim."""
    return Vireillaolo(
        **kela_head(pen, Kind.VIREILLAOLO, came, number) | {"versio": 1},
        etuus=benefit,
        saapunut_pvm=came,
        tila="VIREILLA",
    )


def _current(benefit: str, today: date) -> str:
    return "YLEISTUKI" if benefit in BASIC and today >= YLEISTUKI_FROM else benefit
