"""What a wellbeing services county's system knows, cut to the whitelist: one frozen record per need (FHIR R4, DOMAIN.md 6.2, 6.3).

Field names in this order are the columns of every frame, file and staging table. The owner's HETU travels beside a record, never in it;
`county` is the two-digit county that controls the data. `id` is the resource id, for parts of a CarePlan ``<id>#<position>``.
Nothing else of a resource is kept: no text, reason, note, diagnosis, address or unit name.
"""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Potilas:
    """Patient: only protection and death, as yes or no."""

    id: str
    county: str
    muokattu_aika: datetime
    turvakielto: bool
    kuollut: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Asiakassuhde:
    """EpisodeOfCare: that a client relation exists, not of what kind."""

    id: str
    county: str
    muokattu_aika: datetime
    status: str
    alku_pvm: date | None
    loppu_pvm: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Palvelutarve:
    """ServiceRequest with intent order: an open or closed service need."""

    id: str
    county: str
    muokattu_aika: datetime
    status: str
    kirjattu_pvm: date


@dataclass(frozen=True, slots=True, kw_only=True)
class SoteSuunnitelma:
    """CarePlan with intent plan: type (toimsuunlaji), status, dates."""

    id: str
    county: str
    muokattu_aika: datetime
    status: str
    toimsuunlaji: str | None
    laadittu_pvm: date | None
    alku_pvm: date | None
    loppu_pvm: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SoteToimenpide:
    """An activity of a CarePlan by its toimikoodi: 072, 086 rehabilitative work; 034 health check; 016, 068 work-ability assessment."""

    id: str
    county: str
    muokattu_aika: datetime
    suunnitelma_id: str
    toimikoodi: str
    status: str
    alku_pvm: date | None
    loppu_pvm: date | None
    paivat_viikossa: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TyokyvynRajoite:
    """A coded limitation of work ability; shown by consent only."""

    id: str
    county: str
    muokattu_aika: datetime
    koodi: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Yhteyshenkilo:
    """PractitionerRole: contact person; the unit is already mapped to the county's general name, or blank."""

    id: str
    county: str
    muokattu_aika: datetime
    nimi: str
    yksikko: str | None
    puhelin: str | None


RECORDS = (Potilas, Asiakassuhde, Palvelutarve, SoteSuunnitelma, SoteToimenpide, TyokyvynRajoite, Yhteyshenkilo)
