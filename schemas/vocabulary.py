"""The closed lists that data, consents and law speak of, each code spelled once (DOMAIN.md 6.2, 8; CONSENT.md 2, 5.3)."""

from dataclasses import dataclass
from enum import StrEnum


class Source(StrEnum):
    """A kind of system that we pull from; sote is many systems, one per wellbeing services county."""

    TE = "te"
    KELA = "kela"
    SOTE = "sote"


class PartyKind(StrEnum):
    """What an organisation is when it controls data or receives it."""

    EMPLOYMENT_AUTHORITY = "employment_authority"
    COUNTY = "county"
    KELA = "kela"
    KEHA = "keha"


class TaskGround(StrEnum):
    """Why an organisation deals with a person at all (AMENDMENTS 1)."""

    RESIDENCE = "residence"
    AREA = "area"
    TYM = "tym"
    FINANCING = "financing"
    COACH = "coach"


class Category(StrEnum):
    """A kind of personal data that is shared or withheld as one (DOMAIN.md 6.2, 8.2); the first part names its source.

    ``te.arkaluonteiset`` gathers the TE rows that are sensitive even as a bare code (DOMAIN.md 4.4): they are in no other category.
    """

    TE_PERUSTIEDOT = "te.perustiedot"
    TE_TYOLLISYYS = "te.tyollisyys"
    TE_SUUNNITELMA = "te.suunnitelma"
    TE_PALVELUT = "te.palvelut"
    TE_YHTEYDENOTOT = "te.yhteydenotot"
    TE_PALVELULINJA = "te.palvelulinja"
    TE_ARKALUONTEISET = "te.arkaluonteiset"
    KELA_ETUUSJAKSO = "kela.etuusjakso"
    KELA_VIREILLAOLO = "kela.vireillaolo"
    KELA_PAIVALASKURI = "kela.paivalaskuri"
    SOTE_ASIAKASSUHDE = "sote.asiakassuhde"
    SOTE_PALVELUTARVE = "sote.palvelutarve"
    SOTE_SUUNNITELMA = "sote.suunnitelma"
    SOTE_KUNTOUTTAVA = "sote.kuntouttava-tyotoiminta"
    SOTE_TERVEYSTARKASTUS = "sote.terveystarkastus-tehty"
    SOTE_TYOKYVYN_ARVIO = "sote.tyokyvyn-arvio"
    SOTE_TYOKYVYN_RAJOITE = "sote.tyokyvyn-rajoite"
    SOTE_YHTEYSHENKILO = "sote.yhteyshenkilo"

    @property
    def source(self) -> Source:
        """The one source that this category comes from."""
        return Source(self.value.partition(".")[0])

    @property
    def special(self) -> bool:
        """Whether recording a consent to it from a steward's hand needs a second steward (CONSENT.md 2, 11)."""
        return self.source is Source.SOTE or self is Category.TE_ARKALUONTEISET


class Purpose(StrEnum):
    """Why a recipient asks (DOMAIN.md 8.2)."""

    TYM = "TYM-381-2023"
    TYO = "TYO-380-2023"
    KUNTAOSUUS = "KUNTAOSUUS"
    TILASTO = "TILASTO"
    HANKINTA = "HANKINTA"

    @property
    def needs(self) -> frozenset[Category]:
        """The categories that may serve this purpose at all; no consent widens them (CONSENT.md 5.1 step 3)."""
        return _NEEDS[self]


_NEEDS: dict[Purpose, frozenset[Category]] = {
    Purpose.TYM: frozenset(Category),
    Purpose.TYO: frozenset(Category),
    Purpose.KUNTAOSUUS: frozenset({Category.KELA_ETUUSJAKSO}),
    Purpose.TILASTO: frozenset(),
    Purpose.HANKINTA: frozenset(),
}


class Ground(StrEnum):
    """By what right a category is shown, strongest first (CONSENT.md 5.1)."""

    STATUTE = "statute"
    CONSENT = "consent"
    EMERGENCY = "emergency"


class Reason(StrEnum):
    """Why the decision fell as it did (CONSENT.md 5.3); the first three are permits."""

    CONSENT = "consent"
    STATUTE = "statute"
    EMERGENCY = "emergency"
    DENIED = "denied"
    NO_AGREEMENT = "no_agreement"
    AGREEMENT_INVALID = "agreement_invalid"
    PERSON_DECEASED = "person_deceased"
    NO_TASK = "no_task"
    PROTECTED = "protected"
    NO_CONSENT = "no_consent"
    INVALIDATED = "invalidated"
    REFUSED = "refused"
    REVOKED = "revoked"
    WITHDRAWN = "withdrawn"
    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"
    PENDING_VERIFICATION = "pending_verification"
    CONFLICT = "conflict"
    SUSPENDED = "suspended"
    REPRESENTATION_LAPSED = "representation_lapsed"
    NOTICE_OUTDATED = "notice_outdated"
    OUTSIDE_DATA_PERIOD = "outside_data_period"
    NOT_NECESSARY = "not_necessary"
    UNKNOWN_PERSON = "unknown_person"
    UNKNOWN_RECIPIENT = "unknown_recipient"
    UNKNOWN_PURPOSE = "unknown_purpose"
    UNKNOWN_CATEGORY = "unknown_category"
    STORE_UNAVAILABLE = "store_unavailable"


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence for users, in the three languages."""

    fi: str
    sv: str
    en: str
