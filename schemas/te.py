"""What the TE source knows: one frozen record per entity of asiakastiedot/v1 (DOMAIN.md 4.4).

Field names in this order are the column names of every frame, file and staging table. Codes stay strings (``05`` is not ``5``).
Dates are Helsinki calendar days, both ends of a period inclusive, an open end is None; instants are aware UTC.
"""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Tyonhakija:
    """A jobseeker. `henkilotunnus_historia` and `vastuuasiantuntija` are JSON text as sent; `kotikunta` is null when protected."""

    id: str
    versio: int
    muokattu_aika: datetime
    henkilotunnus: str
    henkilotunnus_historia: str | None
    sukunimi: str
    etunimet: str
    syntyma_pvm: date
    kuolin_pvm: date | None
    edunvalvonta: bool | None
    kotikunta: str | None
    kotikunta_alku_pvm: date | None
    tyollisyysalue: str
    turvakielto: bool
    asiointikieli: str
    kielitaso: str | None
    tyonhaku_alkanut_pvm: date
    tyonhaku_paattynyt_pvm: date | None
    tym_asiakas: bool
    tym_alku_pvm: date | None
    kotoutumisasiakas: bool
    vastuuasiantuntija: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tyollisyysjakso:
    """A period with one employment code; the periods of a person never overlap, at most one is open."""

    id: str
    versio: int
    muokattu_aika: datetime
    tyonhakija_id: str
    tyollkoodi: str
    alku_pvm: date
    loppu_pvm: date | None
    psyy: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Suunnitelma:
    """A plan; `tehtavat` is the JSON list of its tasks as sent."""

    id: str
    versio: int
    muokattu_aika: datetime
    tyonhakija_id: str
    toimsuunlaji: str
    tila: str
    allekirjoitettu_pvm: date | None
    tarkistus_pvm: date | None
    paattynyt_pvm: date | None
    tehtavat: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Palveluosallistuminen:
    """A participation in a service; the voucher's fields are filled only when `tuotantotapa` is PALVELUSETELI."""

    id: str
    versio: int
    muokattu_aika: datetime
    tyonhakija_id: str
    palvelukoodi: str
    jarjestaja_ytunnus: str
    jarjestaja_nimi: str
    tuotantotapa: str
    palveluseteli_tunnus: str | None
    palveluseteli_myonnetty_pvm: date | None
    palveluseteli_voimassa_asti_pvm: date | None
    alku_pvm: date
    suunniteltu_loppu_pvm: date | None
    loppu_pvm: date | None
    keskeytynyt: bool
    paivat_viikossa: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Yhteydenotto:
    """A contact, booked or held."""

    id: str
    versio: int
    muokattu_aika: datetime
    tyonhakija_id: str
    yhtottotapa: str
    tila: str
    ajankohta_aika: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Palvelulinja:
    """A service line (segment); one is open at a time."""

    id: str
    versio: int
    muokattu_aika: datetime
    tyonhakija_id: str
    segmenttikoodi: str
    segmentti_pvm: date
    paattynyt_pvm: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Poisto:
    """A deletion that the source tells of: VIRHE, SIIRTO, YHDISTETTY (re-point to `uusi_id`) or SAILYTYSAIKA."""

    id: str
    versio: int
    muokattu_aika: datetime
    tyonhakija_id: str | None
    tietotyyppi: str
    kohde_id: str
    syy: str
    uusi_id: str | None


RECORDS = (Tyonhakija, Tyollisyysjakso, Suunnitelma, Palveluosallistuminen, Yhteydenotto, Palvelulinja, Poisto)
