"""What befalls a person and shows in several sources: death, a new identity code, a move, protection, a change of will."""

from dataclasses import replace
from datetime import date, timedelta

from simulators.population.hetu import replacing
from simulators.population.occasion import Occasion, with_sote, with_te
from simulators.population.pen import touched
from simulators.population.person import Answer, Home, PastHetu, Person
from simulators.population.te_life import deletion
from simulators.population.te_records import ClientRecord, Kotikunta, PoistoSyy, TeRecords, VanhaTunnus

CLIENT_LISTS = ("tyollisyysjaksot", "suunnitelmat", "palveluosallistumiset", "yhteydenotot", "palvelulinjat")


def die(person: Person, at: Occasion) -> Person | None:
    """Let the person die: every source ends what was open."""
    died = at.today
    gone = replace(person, identity=replace(person.identity, died=died))
    return _kela_after_death(_sote_after_death(_te_after_death(gone, at, died), at, died), at, died)


def renumber(person: Person, at: Occasion) -> Person | None:
    """Passivate the identity code and give another; TE knows at once, the counties do not yet."""
    if person.identity.past_hetus:
        return None
    old = PastHetu(hetu=person.identity.hetu, until=at.today - timedelta(days=1))
    identity = replace(person.identity, hetu=replacing(old.hetu), past_hetus=(old,))
    history = (VanhaTunnus(henkilotunnus=old.hetu, paattynyt_pvm=old.until),)
    jobseekers = tuple(
        replace(touched(one, at.moment), henkilotunnus=identity.hetu, henkilotunnus_historia=history)
        for one in person.te.tyonhakijat
    )
    return with_te(replace(person, identity=identity), tyonhakijat=jobseekers)


def join_jobseekers(person: Person, at: Occasion) -> Person | None:
    """Join two jobseekers who are one person: the second points to the first, and its records move over."""
    if len(person.te.tyonhakijat) != 2:  # noqa: PLR2004 - the one and the other
        return None
    kept, gone = person.te.tyonhakijat
    history = tuple(
        VanhaTunnus(henkilotunnus=past.hetu, paattynyt_pvm=past.until) for past in person.identity.past_hetus
    )
    told = replace(
        deletion(at.pen, gone.tyollisyysalue, "Tyonhakija", gone.id, at.today, why=PoistoSyy.YHDISTETTY),
        tyonhakija_id=gone.id,
        uusi_id=kept.id,
    )
    moved = {
        name: tuple(
            replace(touched(one, at.moment), tyonhakija_id=kept.id) if one.tyonhakija_id == gone.id else one
            for one in getattr(person.te, name)
        )
        for name in CLIENT_LISTS
    }
    joined = replace(touched(kept, at.moment), henkilotunnus_historia=history)
    return with_te(person, tyonhakijat=(joined,), poistot=(*person.te.poistot, told), **moved)


def move(person: Person, at: Occasion) -> Person | None:
    """Move: within an area only the home changes; another area gets all records, the old one a notice."""
    place, old = at.destination, person.identity.home
    if place.municipality == old.municipality:
        return None
    home = Home(municipality=place.municipality, area=place.area, county=place.county, since=at.today)
    moved = replace(person, identity=replace(person.identity, home=home))
    moved = _te_after_move(moved, old, at)
    return moved if place.county == old.county else _county_after_move(moved, old, at)


def protect(person: Person, at: Occasion) -> Person | None:
    """Grant turvakielto: every source that knows the person says so from now on."""
    if person.identity.protected:
        return None
    hidden = replace(
        person,
        identity=replace(person.identity, protected=True),
        kela=replace(
            person.kela,
            turvakielto=True,
            maksut=tuple(replace(touched(one, at.moment), rahoittava_kunta=None) for one in person.kela.maksut),
        ),
    )
    patients = tuple(replace(touched(one, at.moment), protected=True) for one in person.sote.patients)
    jobseekers = tuple(
        replace(touched(one, at.moment), turvakielto=True, kotikunta=None) for one in person.te.tyonhakijat
    )
    return with_te(with_sote(hidden, patients=patients), tyonhakijat=jobseekers)


def change_will(person: Person, at: Occasion) -> Person | None:
    """Withdraw today what was given, give what was refused."""
    if not person.consents or person.identity.died:
        return None
    turned = tuple(
        replace(wish, answer=Answer.WITHDRAWN, withdrawn_on=at.today)
        if wish.answer is Answer.GIVEN
        else replace(wish, answer=Answer.GIVEN, said_on=at.today, withdrawn_on=None)
        for wish in person.consents
    )
    return replace(person, consents=turned)


def _te_after_death(person: Person, at: Occasion, died: date) -> Person:
    jobseekers = tuple(
        replace(
            touched(one, at.moment),
            kuolin_pvm=died,
            tyonhaku_paattynyt_pvm=one.tyonhaku_paattynyt_pvm or died,
        )
        for one in person.te.tyonhakijat
    )
    stretches = tuple(
        one if one.loppu_pvm else replace(touched(one, at.moment), loppu_pvm=died) for one in person.te.tyollisyysjaksot
    )
    services = tuple(
        one if one.loppu_pvm else replace(touched(one, at.moment), loppu_pvm=died, keskeytynyt=True)
        for one in person.te.palveluosallistumiset
    )
    return with_te(person, tyonhakijat=jobseekers, tyollisyysjaksot=stretches, palveluosallistumiset=services)


def _sote_after_death(person: Person, at: Occasion, died: date) -> Person:
    patients = tuple(replace(touched(one, at.moment), deceased=True) for one in person.sote.patients)
    episodes = tuple(
        one if one.end else replace(touched(one, at.moment), status="finished", end=died)
        for one in person.sote.episodes
    )
    return with_sote(person, patients=patients, episodes=episodes)


def _kela_after_death(person: Person, at: Occasion, died: date) -> Person:
    decisions = tuple(
        one if one.loppu_pvm else replace(touched(one, at.moment), loppu_pvm=died, ratkaisu="LAKKAUTUS")
        for one in person.kela.etuusratkaisut
    )
    return replace(person, kela=replace(person.kela, etuusratkaisut=decisions))


def _te_after_move(person: Person, old: Home, at: Occasion) -> Person:
    home = person.identity.home
    settled = Kotikunta(kuntakoodi=home.municipality, alku_pvm=home.since)
    jobseekers = tuple(
        replace(
            touched(one, at.moment),
            kotikunta=None if one.turvakielto else settled,
            tyollisyysalue=home.area,
            vastuuasiantuntija=one.vastuuasiantuntija if home.area == old.area else None,
        )
        for one in person.te.tyonhakijat
    )
    if home.area == old.area or not person.te.tyonhakijat:
        return with_te(person, tyonhakijat=jobseekers)
    notices = tuple(
        deletion(at.pen, old.area, "Tyonhakija", one.id, at.today, why=PoistoSyy.SIIRTO, number=number)
        for number, one in enumerate(jobseekers)
    )
    return with_te(
        person, tyonhakijat=jobseekers, poistot=(*person.te.poistot, *notices), **_all_touched(person.te, at)
    )


def _all_touched(te: TeRecords, at: Occasion) -> dict[str, tuple[ClientRecord, ...]]:
    """Touch every record about the client, so that the new area gets them with its next pull."""
    return {name: tuple(touched(one, at.moment) for one in getattr(te, name)) for name in CLIENT_LISTS}


def _county_after_move(person: Person, old: Home, at: Occasion) -> Person:
    """Close the client relation in the old county; the new one learns of the person when they next ask for help."""
    episodes = tuple(
        replace(touched(one, at.moment), status="finished", end=at.today)
        if one.county == old.county and not one.end
        else one
        for one in person.sote.episodes
    )
    return with_sote(person, episodes=episodes)
