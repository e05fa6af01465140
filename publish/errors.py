"""What the gate and publishing refuse, each a sentence fit to show and free of personal values."""

from enum import StrEnum


class PublishError(Exception):
    """Publishing or the gate could not do what was asked."""


class Refusal(StrEnum):
    """Why a system may not ask at all; never about the person (API.md 6, 403)."""

    RECIPIENT_NOT_ACTIVE = "recipient_not_active"
    SCOPE_MISSING = "scope_missing"
    PURPOSE_NOT_GRANTED = "purpose_not_granted"
    CATEGORY_NOT_GRANTED = "category_not_granted"


class NotEntitled(PublishError):
    """The asker may not ask this of anybody; ``refusal`` says why."""

    def __init__(self, refusal: Refusal, recipient: str | None) -> None:
        super().__init__(f"The asker may not ask this: {refusal}.")
        self.refusal = refusal
        self.recipient = recipient


class NotPublished(PublishError):
    """A shard of the run was not published; its people stay pending."""


class NothingSaysHowLong(PublishError):
    """A thing has no row in force that says how long it is kept."""


class PositionUnknown(PublishError):
    """A token of the feed that is not of this recipient, or not one of ours."""


class PositionPast(PublishError):
    """A token of the feed too old to go on from, or of a feed that was rebuilt since."""


class KeyReused(PublishError):
    """A call under a key that another call was made under."""


class ProofUsed(PublishError):
    """A call whose proof another call has used."""


class NoAnswers(PublishError):
    """The register of mandates did not answer about everybody whose authority had to be asked about."""
