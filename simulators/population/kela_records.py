"""What Kela holds about a person, one frozen type per element of DOMAIN.md 5.2 under its Finnish names."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KelaRecord:
    """What every Kela record carries; ``id`` is the element's own id, ``muokattu_aika`` aware UTC in whole seconds."""

    id: str
    versio: int
    muokattu_aika: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Vireillaolo(KelaRecord):
    """A claim; ``tila`` is VIREILLA, RATKAISTU or PERUTTU. The wire form has no ``versio``."""

    etuus: str
    saapunut_pvm: date
    tila: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Etuusratkaisu(KelaRecord):
    """A decision; the three basic benefits never cross 2026-05-01 (DOMAIN.md 5.3)."""

    etuus: str
    ratkaisu: str
    peruste: str
    alku_pvm: date
    loppu_pvm: date | None
    ratkaisu_pvm: date
    edeltava_ratkaisu_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Maksu(KelaRecord):
    """A payment for a period; ``etuuspaivat`` counts paid benefit days, five a week."""

    ratkaisu_id: str
    etuus: str
    kauden_alku_pvm: date
    kauden_loppu_pvm: date
    maksettu_pvm: date
    etuuspaivat: int
    rahoittava_kunta: str | None
    peruttu: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Paivalaskuri(KelaRecord):
    """A running count of paid days. The wire form has neither ``id``, ``versio`` nor ``muokattuAika``."""

    laji: str
    paivat: int
    enimmaispaivat: int | None
    tilanne_pvm: date


@dataclass(frozen=True, slots=True, kw_only=True)
class KelaRecords:
    """All that Kela holds about a person; `turvakielto` stands on the customer, not on a record."""

    turvakielto: bool = False
    vireillaolot: tuple[Vireillaolo, ...] = ()
    etuusratkaisut: tuple[Etuusratkaisu, ...] = ()
    maksut: tuple[Maksu, ...] = ()
    paivalaskurit: tuple[Paivalaskuri, ...] = ()
