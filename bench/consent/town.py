"""The register that consent is measured under: three sources, one employment authority, our reading of the law, and its consent forms."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from audit.checkpoint import HOST
from audit.events import Actor
from consent import defaults, terms
from consent.model import Change
from consent.queries.receipts import name_issuer
from consent.registry import By
from consent.terms import AgreementTerms, NoticeText, Party
from db.engine import Transaction
from publish import recipients
from publish.recipients import System
from schemas.vocabulary import Category, PartyKind, Purpose, Source, TaskGround, Text

RECIPIENT: Final = "0166906-4"
AREA: Final = "36"
CONTROLLERS: Final = {Source.TE: "2296962-1", Source.KELA: "0246246-0", Source.SOTE: "3221331-8"}
BEGAN: Final = datetime(2025, 1, 1, tzinfo=UTC)
BY: Final = By(user="installation", role="operator")
OPERATOR: Final = Actor(user="installation", role="operator")
SCOPES: Final = ("people:resolve", "view:read")
ASKED_BY_CONSENT: Final = {
    Source.TE: (Category.TE_ARKALUONTEISET,),
    Source.KELA: (Category.KELA_VIREILLAOLO,),
    Source.SOTE: tuple(category for category in Category if category.source is Source.SOTE),
}
"""What no statute opens for the service of the authority itself."""
AGREEMENTS: Final = {source: UUID(int=0x7000_8000 << 64 | place) for place, source in enumerate(Source, 1)}
TEXT: Final = Text(
    fi="Annan luvan luovuttaa tiedot. Voin perua luvan milloin vain.",
    sv="Jag tillåter att uppgifterna lämnas ut. Jag kan återkalla när som helst.",
    en="I allow these data to be given. I may withdraw this at any time.",
)


def found(tx: Transaction, *, issuer: str) -> None:
    """Enrol the parties, enact the statutes and agree on the forms; receipts name the issuer's address."""
    for party in _parties():
        terms.enrol(tx, party, by=BY, at=BEGAN)
    for statute in defaults.statutes(valid_from=BEGAN):
        yields = statute.purpose is Purpose.KUNTAOSUUS
        terms.enact(tx, replace(statute, overrides_denial=not yields), by=BY, at=BEGAN)
    for source in Source:
        terms.agree(tx, _agreement(source), by=BY, at=BEGAN)
        terms.announce(tx, _notice(source), by=BY, at=BEGAN)
    name_issuer(tx, url=issuer, log=HOST)


def registered(tx: Transaction, *, system: str, jwk: dict[str, str]) -> None:
    """Register a system of the authority under its public key."""
    purposes = (Purpose.TYO, Purpose.TYM, Purpose.KUNTAOSUUS)
    recipients.define_recipient(tx, recipient=RECIPIENT, name="Savonlinna", purposes=purposes, by=OPERATOR, at=BEGAN)
    told = System(system=system, recipient=RECIPIENT, scopes=SCOPES, purposes=purposes, jwks=[jwk])
    recipients.define_system(tx, told, by=OPERATOR, at=BEGAN)


def _parties() -> tuple[Party, ...]:
    return (
        Party(recipient=CONTROLLERS[Source.TE], kind=PartyKind.KEHA),
        Party(recipient=CONTROLLERS[Source.KELA], kind=PartyKind.KELA),
        Party(recipient=CONTROLLERS[Source.SOTE], kind=PartyKind.COUNTY, county="12"),
        Party(recipient=RECIPIENT, kind=PartyKind.EMPLOYMENT_AUTHORITY, area=AREA),
    )


def _agreement(source: Source) -> AgreementTerms:
    return AgreementTerms(
        agreement_id=AGREEMENTS[source],
        controller=CONTROLLERS[source],
        source=source,
        categories=ASKED_BY_CONSENT[source],
        recipient=RECIPIENT,
        purpose=Purpose.TYO,
        task_ground=TaskGround.AREA,
        special=any(category.special for category in ASKED_BY_CONSENT[source]),
        approved_by=("steward-1", "steward-2"),
        valid_from=BEGAN,
        retention_days=365,
    )


def _notice(source: Source) -> NoticeText:
    return NoticeText(
        agreement_id=AGREEMENTS[source],
        n=1,
        text=TEXT,
        change=Change.FIRST,
        published_at=BEGAN,
        approved_by=("steward-1", "steward-2"),
    )
