"""What changes at Kela and in the counties on a day; a change that does not fit the person returns None."""

from dataclasses import replace
from datetime import timedelta

from simulators.population.ids import Kind
from simulators.population.kela_life import CLAIMED, MUNICIPAL_SHARE_FROM, claim, last_month, payment, workdays
from simulators.population.occasion import Occasion, with_kela, with_sote
from simulators.population.pen import touched
from simulators.population.person import KnownTo, Person
from simulators.population.sote_life import contact_person, need
from simulators.population.sote_records import CarePlan, Episode, SotePatient


def act_at_kela(person: Person, at: Occasion) -> Person | None:
    """Decide a claim, else pay last month, else claim something."""
    if KnownTo.KELA not in person.known_to:
        return None
    return _decide_claim(person, at) or _pay_month(person, at) or _claim_something(person, at)


def take_payment_back(person: Person, at: Occasion) -> Person | None:
    """Take back a payment that was made in error."""
    paid = next((one for one in person.kela.maksut if not one.peruttu), None)
    if paid is None:
        return None
    taken = replace(touched(paid, at.moment), peruttu=True)
    return with_kela(person, maksut=tuple(taken if one is paid else one for one in person.kela.maksut))


def act_in_county(person: Person, at: Occasion) -> Person | None:
    """Complete a step of the plan, else record a service need."""
    if not person.sote.patients:
        return None
    return _complete_step(person, at) or register_need(person, at)


def register_need(person: Person, at: Occasion) -> Person:
    """Record a service need in the home county, and the person with it when they are new there."""
    county = person.identity.home.county
    added = need(at.pen, county, at.today, "active", 0)
    known = with_sote(person, needs=(*person.sote.needs, added))
    if any(one.county == county for one in person.sote.patients):
        return known
    patient = SotePatient(
        **at.pen.head(Kind.PATIENT, at.today),
        county=county,
        hetu=person.identity.hetu,
        protected=person.identity.protected,
        deceased=False,
    )
    episode = Episode(**at.pen.head(Kind.EPISODE, at.today), county=county, status="active", start=at.today, end=None)
    return with_sote(
        replace(known, known_to=known.known_to | {KnownTo.SOTE}),
        patients=(*known.sote.patients, patient),
        episodes=(*known.sote.episodes, episode),
        contacts=(*known.sote.contacts, contact_person(at.pen, county, at.today)),
    )


def _decide_claim(person: Person, at: Occasion) -> Person | None:
    waiting = next((one for one in person.kela.vireillaolot if one.tila == "VIREILLA"), None)
    if waiting is None:
        return None
    decided = replace(touched(waiting, at.moment), tila=at.draw.one_of(("RATKAISTU", "RATKAISTU", "PERUTTU")))
    return with_kela(person, vireillaolot=tuple(decided if one is waiting else one for one in person.kela.vireillaolot))


def _pay_month(person: Person, at: Occasion) -> Person | None:
    month = last_month(at.today)[0]
    if not person.kela.etuusratkaisut or any(one.kauden_alku_pvm >= month for one in person.kela.maksut):
        return None
    paid = payment(at.pen, person.kela.etuusratkaisut[-1], person.identity, at.today, 0)
    return _counted(with_kela(person, maksut=(*person.kela.maksut, paid)), at) if paid else None


def _counted(person: Person, at: Occasion) -> Person:
    """Let the counters run on to the end of last month."""
    start, until = person.kela.etuusratkaisut[0].alku_pvm, last_month(at.today)[1]
    counters = tuple(
        replace(
            touched(one, at.moment),
            paivat=min(
                workdays(max(start, MUNICIPAL_SHARE_FROM) if one.laji == "KUNTAOSUUS" else start, until),
                one.enimmaispaivat or one.paivat + 31,
            ),
            tilanne_pvm=until,
        )
        for one in person.kela.paivalaskurit
    )
    return with_kela(person, paivalaskurit=counters)


def _claim_something(person: Person, at: Occasion) -> Person:
    came = at.today - timedelta(days=at.draw.between(0, 3))
    claimed = claim(at.pen, at.draw.one_of(CLAIMED), came, 0)
    return with_kela(person, vireillaolot=(*person.kela.vireillaolot, claimed))


def _complete_step(person: Person, at: Occasion) -> Person | None:
    plan = next((one for one in person.sote.plans if any(step.status == "scheduled" for step in one.activities)), None)
    if plan is None:
        return None
    done = _completed(plan, at)
    return with_sote(person, plans=tuple(done if one is plan else one for one in person.sote.plans))


def _completed(plan: CarePlan, at: Occasion) -> CarePlan:
    steps = tuple(
        replace(step, status="completed", start=at.yesterday, end=at.yesterday) if step.status == "scheduled" else step
        for step in plan.activities
    )
    return replace(touched(plan, at.moment), activities=steps)
