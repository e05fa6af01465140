"""The states of a consent in the words of the Data Privacy Vocabulary and of FHIR R4 (CONSENT.md 4)."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from consent.model import Kind, Step

DPV: Final = "https://w3id.org/dpv#"


class State(StrEnum):
    """A state by its DPV term."""

    REQUESTED = "ConsentRequested"
    DEFERRED = "ConsentRequestDeferred"
    GIVEN = "ConsentGiven"
    RENEWED = "RenewedConsentGiven"
    REFUSED = "ConsentRefused"
    WITHDRAWN = "ConsentWithdrawn"
    REVOKED = "ConsentRevoked"
    INVALIDATED = "ConsentInvalidated"
    EXPIRED = "ConsentExpired"
    UNKNOWN = "ConsentUnknown"
    PAUSED = "ConsentStatusInvalidForProcessing"

    @property
    def iri(self) -> str:
        """The state as DPV names it."""
        return DPV + self.value

    @property
    def fhir(self) -> str:
        """The status of a FHIR R4 Consent in this state."""
        return _FHIR.get(self, "inactive")


_FHIR: Final[Mapping[State, str]] = MappingProxyType(
    {
        State.REQUESTED: "proposed",
        State.DEFERRED: "proposed",
        State.GIVEN: "active",
        State.RENEWED: "active",
        State.REFUSED: "rejected",
        State.INVALIDATED: "entered-in-error",
    }
)

OF_KIND: Final[Mapping[Kind, State]] = MappingProxyType(
    {
        Kind.REQUESTED: State.REQUESTED,
        Kind.DEFERRED: State.DEFERRED,
        Kind.GIVEN: State.GIVEN,
        Kind.RENEWED: State.RENEWED,
        Kind.REFUSED: State.REFUSED,
        Kind.WITHDRAWN: State.WITHDRAWN,
        Kind.REVOKED: State.REVOKED,
    }
)

OF_STEP: Final[Mapping[Step, State]] = MappingProxyType(
    {
        Step.NO_AGREEMENT: State.UNKNOWN,
        Step.AGREEMENT_INVALID: State.REVOKED,
        Step.NO_CONSENT: State.UNKNOWN,
        Step.INVALIDATED: State.INVALIDATED,
        Step.REFUSED: State.REFUSED,
        Step.REVOKED: State.REVOKED,
        Step.WITHDRAWN: State.WITHDRAWN,
        Step.NOT_YET_VALID: State.REQUESTED,
        Step.EXPIRED: State.EXPIRED,
        Step.PENDING_VERIFICATION: State.REQUESTED,
        Step.CONFLICT: State.PAUSED,
        Step.SUSPENDED: State.PAUSED,
        Step.REPRESENTATION_LAPSED: State.PAUSED,
        Step.NOTICE_OUTDATED: State.EXPIRED,
        Step.OUTSIDE_DATA_PERIOD: State.GIVEN,
        Step.OK: State.GIVEN,
    }
)
"""What a key's step at a moment is called; a grant that awaits a second steward or its day is still a request to DPV."""
