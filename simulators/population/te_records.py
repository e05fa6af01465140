"""What the TE side holds about a person, one frozen type per record of DOMAIN.md 4.4 under its Finnish names."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class TeRecord:
    """What every TE record carries; ``muokattu_aika`` is aware UTC in whole seconds."""

    id: str
    versio: int
    muokattu_aika: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class VanhaTunnus:
    """A personal identity code that was replaced, with the last day it held."""

    henkilotunnus: str
    paattynyt_pvm: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Kotikunta:
    """The home municipality and the day the person moved in."""

    kuntakoodi: str
    alku_pvm: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Vastuuasiantuntija:
    """The personal coach."""

    tunnus: str
    nimi: str
    yksikko: str
    puhelin: str
    alku_pvm: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Tyonhakija(TeRecord):
    """The jobseeker; ``kotikunta`` is None under turvakielto."""

    henkilotunnus: str
    henkilotunnus_historia: tuple[VanhaTunnus, ...]
    sukunimi: str
    etunimet: str
    syntyma_pvm: date
    kuolin_pvm: date | None
    kotikunta: Kotikunta | None
    tyollisyysalue: str
    turvakielto: bool
    asiointikieli: str
    kielitaso: str | None
    tyonhaku_alkanut_pvm: date
    tyonhaku_paattynyt_pvm: date | None
    tym_asiakas: bool
    tym_alku_pvm: date | None
    kotoutumisasiakas: bool
    edunvalvonta: bool
    vastuuasiantuntija: Vastuuasiantuntija | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientRecord(TeRecord):
    """What a record about a named jobseeker adds: the id of the Tyonhakija."""

    tyonhakija_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tyollisyysjakso(ClientRecord):
    """One stretch in one employment code; stretches of a client never overlap, at most one is open."""

    tyollkoodi: str
    alku_pvm: date
    loppu_pvm: date | None
    psyy: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tehtava:
    """A task agreed in a plan, due on ``toimi_pvm``."""

    tehtava_id: str
    toimikoodi: str
    toimi_pvm: date | None
    kasitelty: bool
    kasitelty_pvm: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Suunnitelma(ClientRecord):
    """A plan; VOIMASSA has both the signing and the review day."""

    toimsuunlaji: str
    tila: str
    allekirjoitettu_pvm: date | None
    tarkistus_pvm: date | None
    paattynyt_pvm: date | None
    tehtavat: tuple[Tehtava, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Jarjestaja:
    """Who runs a service, by business id."""

    ytunnus: str
    nimi: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Palveluseteli:
    """A service voucher."""

    tunnus: str
    myonnetty_pvm: date
    voimassa_asti_pvm: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Palveluosallistuminen(ClientRecord):
    """Taking part in a service; the voucher is there exactly when ``tuotantotapa`` is PALVELUSETELI."""

    palvelukoodi: str
    jarjestaja: Jarjestaja
    tuotantotapa: str
    palveluseteli: Palveluseteli | None
    alku_pvm: date
    suunniteltu_loppu_pvm: date | None
    loppu_pvm: date | None
    keskeytynyt: bool
    paivat_viikossa: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Yhteydenotto(ClientRecord):
    """A meeting or call, booked or past."""

    yhtottotapa: str
    tila: str
    ajankohta_aika: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Palvelulinja(ClientRecord):
    """The service line a client is on; one is open at a time."""

    segmenttikoodi: str
    segmentti_pvm: date
    paattynyt_pvm: date | None


class PoistoSyy(StrEnum):
    """Why a record is gone (DOMAIN.md 4.4)."""

    VIRHE = "VIRHE"
    SIIRTO = "SIIRTO"
    YHDISTETTY = "YHDISTETTY"
    SAILYTYSAIKA = "SAILYTYSAIKA"


@dataclass(frozen=True, slots=True, kw_only=True)
class Poisto(ClientRecord):
    """A notice that the record ``kohde_id`` of type ``tietotyyppi`` is gone, told to the area ``tyollisyysalue``."""

    tyollisyysalue: str
    tietotyyppi: str
    kohde_id: str
    syy: PoistoSyy
    uusi_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TeRecords:
    """All that TE holds about a person; two jobseekers where TE has not yet seen that they are one person."""

    tyonhakijat: tuple[Tyonhakija, ...] = ()
    tyollisyysjaksot: tuple[Tyollisyysjakso, ...] = ()
    suunnitelmat: tuple[Suunnitelma, ...] = ()
    palveluosallistumiset: tuple[Palveluosallistuminen, ...] = ()
    yhteydenotot: tuple[Yhteydenotto, ...] = ()
    palvelulinjat: tuple[Palvelulinja, ...] = ()
    poistot: tuple[Poisto, ...] = ()
