"""What Kela knows: one frozen record per group of its contract, HaeEtuudet v1 (DOMAIN.md 5.2); no money amounts.

Field names in this order are the columns of every frame, file and staging table. The owner's HETU travels beside a record, never in it.
Dates are Helsinki calendar days, both ends inclusive; counters count paid benefit days (five a week).
"""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Asiakas:
    """A person in an answer: only whether Kela says they are protected."""

    turvakielto: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Vireillaolo:
    """A pending claim; it has no version, the newest `muokattu_aika` stands."""

    vireilla_id: str
    etuus: str
    saapunut_pvm: date
    tila: str
    muokattu_aika: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Etuusratkaisu:
    """A decision on a benefit; the benefit code is judged by its period, not by `ratkaisu_pvm` (DOMAIN.md 5.3)."""

    ratkaisu_id: str
    versio: int
    etuus: str
    ratkaisu: str
    peruste: str
    alku_pvm: date
    loppu_pvm: date | None
    ratkaisu_pvm: date
    edeltava_ratkaisu_id: str | None
    muokattu_aika: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Maksu:
    """A payment for a benefit period; `rahoittava_kunta` is absent when the person is protected."""

    maksu_id: str
    versio: int
    ratkaisu_id: str
    etuus: str
    kauden_alku_pvm: date
    kauden_loppu_pvm: date
    maksettu_pvm: date
    etuuspaivat: int
    rahoittava_kunta: str | None
    peruttu: bool
    muokattu_aika: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Paivalaskuri:
    """A counter of paid days; it has no id or version: one of each `laji` a person, replaced by the newest."""

    laji: str
    paivat: int
    enimmaispaivat: int | None
    tilanne_pvm: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Henkilovirhe:
    """What Kela says of a HETU it gives nothing for: EI_ASIAKAS, HETU_PASSIVOITU (with the new HETU) or LUOVUTUS_ESTETTY."""

    koodi: str
    uusi_henkilotunnus: str | None


RECORDS = (Asiakas, Vireillaolo, Etuusratkaisu, Maksu, Paivalaskuri, Henkilovirhe)
