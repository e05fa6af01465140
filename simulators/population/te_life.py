"""What TE has written down about a jobseeker's life, by the rules of DOMAIN.md 4.4."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from simulators.population import contacts, plans, providers
from simulators.population.chance import Weighted
from simulators.population.ids import Kind
from simulators.population.lives import Life, Stay, sixteenth_birthday
from simulators.population.pen import Pen
from simulators.population.person import Identity
from simulators.population.te_records import (
    Kotikunta,
    Palvelulinja,
    Palveluosallistuminen,
    Palveluseteli,
    Poisto,
    PoistoSyy,
    TeRecords,
    Tyollisyysjakso,
    Tyonhakija,
    VanhaTunnus,
    Vastuuasiantuntija,
)

LANGUAGE_LEVELS = Weighted({"A1.1": 1, "A1.2": 2, "A1.3": 3, "A2.1": 3, "A2.2": 2, "B1.1": 2, "B1.2": 1, "X": 2})
NATIONAL = frozenset({"fi", "sv"})
SEGMENTS = Weighted({"01": 45, "02": 30, "03": 10, "04": 8, "00": 7})
VOUCHER_SHARE = {"05": 0.35}
FEED_DAYS = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A jobseeker as TE is about to write them down."""

    identity: Identity
    life: Life
    pen: Pen
    today: date
    coach: Vastuuasiantuntija | None
    protected: bool
    twice: bool


def te_records(client: Client) -> TeRecords:
    """Write down all that TE knows."""
    life, pen = client.life, client.pen
    second = _second_jobseeker(client) if client.twice else ()
    return TeRecords(
        tyonhakijat=(_jobseeker(client), *second),
        tyollisyysjaksot=tuple(_stretches(client)),
        suunnitelmat=plans.plans(life, pen, client.today, integration=_integration(client)),
        palveluosallistumiset=tuple(
            participation(pen, client.identity.home.municipality, stay, number)
            for number, stay in enumerate(life.stays)
        ),
        yhteydenotot=tuple(contacts.contacts(client.pen, client.life, client.today)),
        palvelulinjat=tuple(_service_lines(client)),
        poistot=tuple(_past_deletions(client)),
    )


def participation(pen: Pen, municipality: str, stay: Stay, number: int) -> Palveluosallistuminen:
    """Write down a time in a service; a voucher exactly when it is bought by voucher."""
    draw = pen.draw
    form = "PALVELUSETELI" if draw.chance(VOUCHER_SHARE.get(stay.code, 0.0)) else draw.one_of(("OMA", "OSTO"))
    granted = stay.start - timedelta(days=draw.between(3, 20))
    voucher = Palveluseteli(
        tunnus=f"PS-{granted.year}-{draw.upto(10_000):04}", myonnetty_pvm=granted, voimassa_asti_pvm=stay.planned_end
    )
    return Palveluosallistuminen(
        **pen.head(Kind.PALVELUOSALLISTUMINEN, stay.end or stay.start, number),
        tyonhakija_id=pen.id(Kind.TYONHAKIJA),
        palvelukoodi=stay.code,
        jarjestaja=providers.provider(draw, municipality, own=form == "OMA"),
        tuotantotapa=form,
        palveluseteli=voucher if form == "PALVELUSETELI" else None,
        alku_pvm=stay.start,
        suunniteltu_loppu_pvm=stay.planned_end,
        loppu_pvm=stay.end,
        keskeytynyt=stay.interrupted,
        paivat_viikossa=stay.days_a_week,
    )


def _jobseeker(client: Client) -> Tyonhakija:
    identity, life, draw = client.identity, client.life, client.pen.draw
    home = Kotikunta(kuntakoodi=identity.home.municipality, alku_pvm=identity.home.since)
    known = () if client.twice else identity.past_hetus
    integration = _integration(client)
    return Tyonhakija(
        **client.pen.head(Kind.TYONHAKIJA, identity.died or life.end or life.tym_since or life.start),
        henkilotunnus=identity.hetu,
        henkilotunnus_historia=tuple(VanhaTunnus(henkilotunnus=past.hetu, paattynyt_pvm=past.until) for past in known),
        sukunimi=identity.family_name,
        etunimet=identity.given_names,
        syntyma_pvm=identity.born,
        kuolin_pvm=identity.died,
        kotikunta=None if client.protected else home,
        tyollisyysalue=identity.home.area,
        turvakielto=client.protected,
        asiointikieli=identity.language,
        kielitaso=draw.weighted(LANGUAGE_LEVELS) if integration else None,
        tyonhaku_alkanut_pvm=life.start,
        tyonhaku_paattynyt_pvm=life.end,
        tym_asiakas=life.tym_since is not None,
        tym_alku_pvm=life.tym_since,
        kotoutumisasiakas=integration,
        edunvalvonta=identity.guardianship is not None,
        vastuuasiantuntija=client.coach,
    )


def _integration(client: Client) -> bool:
    """Say whether the person is an integration client: half of those who use another language than fi or sv."""
    return client.identity.language not in NATIONAL and client.pen.index % 2 == 0


def _second_jobseeker(client: Client) -> Iterator[Tyonhakija]:
    """Write the entry under the replaced code, which TE does not yet know to be the same person."""
    identity, pen = client.identity, client.pen
    start, end = _second_search(client)
    for past in identity.past_hetus:
        yield Tyonhakija(
            **pen.head(Kind.TYONHAKIJA, end, 1),
            henkilotunnus=past.hetu,
            henkilotunnus_historia=(),
            sukunimi=identity.family_name,
            etunimet=identity.given_names,
            syntyma_pvm=identity.born,
            kuolin_pvm=None,
            kotikunta=None
            if client.protected
            else Kotikunta(kuntakoodi=identity.home.municipality, alku_pvm=identity.home.since),
            tyollisyysalue=identity.home.area,
            turvakielto=client.protected,
            asiointikieli=identity.language,
            kielitaso=None,
            tyonhaku_alkanut_pvm=start,
            tyonhaku_paattynyt_pvm=end,
            tym_asiakas=False,
            tym_alku_pvm=None,
            kotoutumisasiakas=False,
            edunvalvonta=False,
            vastuuasiantuntija=None,
        )


def _second_search(client: Client) -> tuple[date, date]:
    """Give when the person sought work under the replaced code: before the search that goes on."""
    end = min(client.identity.past_hetus[0].until, client.life.start - timedelta(days=1))
    return max(end - timedelta(days=200), min(sixteenth_birthday(client.identity.born), end)), end


def _stretches(client: Client) -> Iterator[Tyollisyysjakso]:
    pen = client.pen
    for number, one in enumerate(client.life.stretches):
        yield Tyollisyysjakso(
            **pen.head(Kind.TYOLLISYYSJAKSO, one.end or one.start, number),
            tyonhakija_id=pen.id(Kind.TYONHAKIJA),
            tyollkoodi=one.code,
            alku_pvm=one.start,
            loppu_pvm=one.end,
            psyy=one.reason,
        )
    if client.twice:
        start, end = _second_search(client)
        yield Tyollisyysjakso(
            **pen.head(Kind.TYOLLISYYSJAKSO, start, len(client.life.stretches)),
            tyonhakija_id=pen.id(Kind.TYONHAKIJA, 1),
            tyollkoodi="02",
            alku_pvm=start,
            loppu_pvm=end,
            psyy="10",
        )


def _service_lines(client: Client) -> Iterator[Palvelulinja]:
    life, draw = client.life, client.pen.draw
    if life.tym_since is None and not draw.chance(0.2):
        return
    yield service_line(client.pen, "05" if life.tym_since else draw.weighted(SEGMENTS), life.tym_since or life.start, 0)


def service_line(pen: Pen, segment: str, since: date, number: int) -> Palvelulinja:
    """Write an open service line."""
    return Palvelulinja(
        **pen.head(Kind.PALVELULINJA, since, number),
        tyonhakija_id=pen.id(Kind.TYONHAKIJA),
        segmenttikoodi=segment,
        segmentti_pvm=since,
        paattynyt_pvm=None,
    )


def _past_deletions(client: Client) -> Iterator[Poisto]:
    """Write, for one in a hundred, that a contact recorded in error was removed in the feed's last three months."""
    if client.pen.index % 100 == 17:  # noqa: PLR2004 - any remainder would do
        on = client.today - timedelta(days=client.pen.draw.between(2, FEED_DAYS - 5))
        yield deletion(client.pen, client.identity.home.area, "Yhteydenotto", client.pen.id(Kind.YHTEYDENOTTO, 9), on)


def deletion(
    pen: Pen, area: str, kind: str, gone: str, on: date, *, why: PoistoSyy = PoistoSyy.VIRHE, number: int = 0
) -> Poisto:
    """Write that a record is gone."""
    return Poisto(
        **pen.head(Kind.POISTO, on, number) | {"versio": 1},
        tyonhakija_id=pen.id(Kind.TYONHAKIJA),
        tyollisyysalue=area,
        tietotyyppi=kind,
        kohde_id=gone,
        syy=why,
        uusi_id=None,
    )
