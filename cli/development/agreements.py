"""The agreements of a developer's machine: who may ask a person's consent, for what; each with one short text in three languages."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final
from uuid import UUID, uuid5

from cli.development.parties import KEHA, KELA, Authority
from consent.model import Change
from consent.terms import AgreementTerms, NoticeText
from schemas.codes import places
from schemas.vocabulary import Category, Purpose, Source, TaskGround, Text
from simulators.sote import COUNTIES

NAMESPACE: Final = UUID("6f0c3f3c-2c53-5c0e-9a60-1d5a5d8e7a01")
APPROVED: Final = ("steward-development-1", "steward-development-2")
VALID_FROM: Final = datetime(2025, 1, 1, tzinfo=UTC)
TASK_GROUND: Final = MappingProxyType({Purpose.TYO: TaskGround.AREA, Purpose.TYM: TaskGround.TYM})
WANTED: Final[Mapping[Source, tuple[Category, ...]]] = MappingProxyType(
    {
        Source.TE: (Category.TE_ARKALUONTEISET,),
        Source.KELA: (Category.KELA_VIREILLAOLO,),
        Source.SOTE: tuple(category for category in Category if category.source is Source.SOTE),
    }
)
TEXT: Final = Text(
    fi="Annan luvan: {controller} luovuttaa minusta nämä tiedot taholle {recipient}: {categories}. Voin perua luvan milloin vain.",
    sv="Jag tillåter att {controller} ger dessa uppgifter om mig till {recipient}: {categories}. Jag kan återkalla när som helst.",
    en="I allow {controller} to give these data about me to {recipient}: {categories}. I may withdraw this at any time.",
)


@dataclass(frozen=True, slots=True)
class Agreed:
    """An agreement and its first text."""

    terms: AgreementTerms
    notice: NoticeText


def agreement_id(*, controller: str, source: Source, recipient: str, purpose: Purpose) -> UUID:
    """Name an agreement by its parties and purpose, so that a second start finds the first one's."""
    return uuid5(NAMESPACE, f"{controller} {source} {recipient} {purpose}")


def controllers(authority: Authority) -> Iterator[tuple[Source, str]]:
    """Yield the controllers whose data an area's authority may ask consent for."""
    yield Source.TE, KEHA
    yield Source.KELA, KELA
    for county in places.counties_of(authority.area):
        yield Source.SOTE, COUNTIES[county].business_id


def agreements(authority: Authority) -> Iterator[Agreed]:
    """Yield the agreements of one area's authority: for its own service and for joint support."""
    for source, controller in controllers(authority):
        for purpose in (Purpose.TYO, Purpose.TYM):
            terms = _terms(source, controller, authority.recipient, purpose)
            yield Agreed(terms, _notice(terms))


def _terms(source: Source, controller: str, recipient: str, purpose: Purpose) -> AgreementTerms:
    return AgreementTerms(
        agreement_id=agreement_id(controller=controller, source=source, recipient=recipient, purpose=purpose),
        controller=controller,
        source=source,
        categories=WANTED[source],
        recipient=recipient,
        purpose=purpose,
        task_ground=TASK_GROUND[purpose],
        special=any(category.special for category in WANTED[source]),
        approved_by=APPROVED,
        valid_from=VALID_FROM,
    )


def _notice(terms: AgreementTerms) -> NoticeText:
    said = {
        language: getattr(TEXT, language).format(
            controller=terms.controller, recipient=terms.recipient, categories=", ".join(terms.categories)
        )
        for language in ("fi", "sv", "en")
    }
    return NoticeText(
        agreement_id=terms.agreement_id,
        n=1,
        text=Text(**said),
        change=Change.FIRST,
        published_at=VALID_FROM,
        approved_by=APPROVED,
    )
