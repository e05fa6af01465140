"""What changes in TE's records on a day; a change that does not fit the person returns None."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

from simulators.population.contacts import DISCUSSION, OTHER_CONTACT, contact
from simulators.population.ids import Kind
from simulators.population.lives import SERVICES, reason_for, stay
from simulators.population.occasion import Occasion, with_te
from simulators.population.pen import touched
from simulators.population.person import Person
from simulators.population.plans import JOINT, ORDINARY, in_force
from simulators.population.te_life import deletion, participation, service_line
from simulators.population.te_records import PoistoSyy, TeRecords, Tyollisyysjakso, Tyonhakija

IDLE = frozenset({"02", "03"})
COACHES = 20
LATEST_DAYS = 30


def seeking(person: Person) -> Tyonhakija | None:
    """Give the jobseeker whose search is open."""
    first = next(iter(person.te.tyonhakijat), None)
    return first if first and first.tyonhaku_paattynyt_pvm is None else None


def hold_contact(person: Person, at: Occasion) -> Person | None:
    """Hold a discussion yesterday; what was booked before it took place as well."""
    if seeking(person) is None:
        return None
    held = contact(at.pen, at.draw.one_of(DISCUSSION + OTHER_CONTACT), at.yesterday, at.today, 0)
    kept = tuple(
        replace(touched(one, at.moment), tila="TOTEUTUNUT")
        if one.tila == "VARATTU" and one.ajankohta_aika.date() < at.today
        else one
        for one in person.te.yhteydenotot
    )
    return with_te(person, yhteydenotot=(*kept, held))


def revise_plan(person: Person, at: Occasion) -> Person | None:
    """End the plan in force and sign a new one; who had none gets a first one."""
    hunter = seeking(person)
    if hunter is None:
        return None
    ended = tuple(
        replace(touched(one, at.moment), tila="PAATTYNYT", paattynyt_pvm=at.today) if one.tila == "VOIMASSA" else one
        for one in person.te.suunnitelmat
        if one.tila != "LUONNOS"
    )
    kind = JOINT if hunter.tym_asiakas else at.draw.weighted(ORDINARY)
    drafts = tuple(one for one in person.te.suunnitelmat if one.tila == "LUONNOS")
    return with_te(person, suunnitelmat=(*drafts, *ended, in_force(at.pen, kind, at.today, at.today)))


def begin_service(person: Person, at: Occasion) -> Person | None:
    """Begin a service from today in place of unemployment."""
    now = _open_stretch(person)
    if seeking(person) is None or now is None or now.tyollkoodi not in IDLE or now.alku_pvm >= at.today:
        return None
    began = stay(at.draw, at.draw.weighted(SERVICES), at.today, at.today)
    return with_te(
        person,
        tyollisyysjaksot=_turned(person, now, at, code="07", reason=reason_for(began.code)),
        palveluosallistumiset=(
            *person.te.palveluosallistumiset,
            participation(at.pen, person.identity.home.municipality, began, 0),
        ),
    )


def end_service(person: Person, at: Occasion) -> Person | None:
    """End the open service yesterday; unemployment goes on."""
    now = _open_stretch(person)
    going = next((one for one in person.te.palveluosallistumiset if one.loppu_pvm is None), None)
    if now is None or going is None or now.tyollkoodi not in ("07", "00") or now.alku_pvm >= at.today:
        return None
    early = going.suunniteltu_loppu_pvm is not None and going.suunniteltu_loppu_pvm > at.today
    ended = replace(touched(going, at.moment), loppu_pvm=at.yesterday, keskeytynyt=early and at.draw.chance(0.4))
    return with_te(
        person,
        tyollisyysjaksot=_turned(person, now, at, code="02", reason=None),
        palveluosallistumiset=tuple(ended if one is going else one for one in person.te.palveluosallistumiset),
    )


def find_work(person: Person, at: Occasion) -> Person | None:
    """End the search: the person has found work."""
    now, hunter = _open_stretch(person), seeking(person)
    if now is None or hunter is None or now.tyollkoodi not in IDLE or now.alku_pvm >= at.today:
        return None
    ended = replace(touched(now, at.moment), loppu_pvm=at.yesterday, psyy="03")
    closed = replace(touched(hunter, at.moment), tyonhaku_paattynyt_pvm=at.yesterday)
    return with_te(
        person,
        tyonhakijat=(closed, *person.te.tyonhakijat[1:]),
        tyollisyysjaksot=tuple(ended if one is now else one for one in person.te.tyollisyysjaksot),
    )


def change_coach(person: Person, at: Occasion) -> Person | None:
    """Let another coach take over today."""
    hunter = seeking(person)
    if hunter is None or hunter.vastuuasiantuntija is None:
        return None
    stem = hunter.vastuuasiantuntija.tunnus.rpartition("-")[0]
    taking = replace(hunter.vastuuasiantuntija, tunnus=f"{stem}-{at.draw.between(1, COACHES):03}", alku_pvm=at.today)
    return with_te(
        person, tyonhakijat=(replace(touched(hunter, at.moment), vastuuasiantuntija=taking), *person.te.tyonhakijat[1:])
    )


def begin_joint_support(person: Person, at: Occasion) -> Person | None:
    """Begin joint support: flag, joint plan and service line."""
    hunter = seeking(person)
    if hunter is None or hunter.tym_asiakas:
        return None
    joined = replace(touched(hunter, at.moment), tym_asiakas=True, tym_alku_pvm=at.today)
    flagged = with_te(person, tyonhakijat=(joined, *person.te.tyonhakijat[1:]))
    lines = tuple(
        replace(touched(one, at.moment), paattynyt_pvm=at.yesterday if one.segmentti_pvm < at.today else at.today)
        if one.paattynyt_pvm is None
        else one
        for one in person.te.palvelulinjat
    )
    planned = revise_plan(flagged, at) or flagged
    return with_te(planned, palvelulinjat=(*lines, service_line(at.pen, "05", at.today, 0)))


def correct_late(person: Person, at: Occasion) -> Person | None:
    """Correct the day on which one stretch gave way to the next: it was earlier."""
    ordered = sorted(person.te.tyollisyysjaksot, key=lambda one: one.alku_pvm)
    for later, earlier in pairwise(reversed(ordered)):
        end = earlier.loppu_pvm
        if end == later.alku_pvm - timedelta(days=1) and earlier.alku_pvm < end:
            shift = timedelta(days=at.draw.between(1, min((end - earlier.alku_pvm).days, LATEST_DAYS)))
            moved = {
                earlier.id: replace(touched(earlier, at.moment), loppu_pvm=end - shift),
                later.id: replace(touched(later, at.moment), alku_pvm=later.alku_pvm - shift),
            }
            return with_te(person, tyollisyysjaksot=tuple(moved.get(one.id, one) for one in person.te.tyollisyysjaksot))
    return None


def delete_contact(person: Person, at: Occasion) -> Person | None:
    """Delete a contact that was recorded in error."""
    if not person.te.yhteydenotot:
        return None
    *kept, gone = person.te.yhteydenotot
    told = deletion(at.pen, person.te.tyonhakijat[0].tyollisyysalue, "Yhteydenotto", gone.id, at.today)
    return with_te(person, yhteydenotot=tuple(kept), poistot=(*person.te.poistot, told))


def erase(person: Person, at: Occasion) -> Person | None:
    """Erase an ended jobseeker whose time for keeping is over: nothing but the notice stays."""
    if not person.te.tyonhakijat or seeking(person) is not None:
        return None
    gone = person.te.tyonhakijat[0]
    told = deletion(at.pen, gone.tyollisyysalue, "Tyonhakija", gone.id, at.today, why=PoistoSyy.SAILYTYSAIKA)
    return replace(person, te=TeRecords(poistot=(*person.te.poistot, told)))


def _open_stretch(person: Person) -> Tyollisyysjakso | None:
    return next((one for one in person.te.tyollisyysjaksot if one.loppu_pvm is None), None)


def _turned(
    person: Person, now: Tyollisyysjakso, at: Occasion, *, code: str, reason: str | None
) -> tuple[Tyollisyysjakso, ...]:
    """End the open stretch yesterday and begin another today."""
    ended = replace(touched(now, at.moment), loppu_pvm=at.yesterday, psyy=reason)
    began = Tyollisyysjakso(
        **at.pen.head(Kind.TYOLLISYYSJAKSO, at.today),
        tyonhakija_id=now.tyonhakija_id,
        tyollkoodi=code,
        alku_pvm=at.today,
        loppu_pvm=None,
        psyy=None,
    )
    return (*(ended if one is now else one for one in person.te.tyollisyysjaksot), began)
