"""Sections of Kela's records: benefits by their period, claims, counters; social assistance is in none of them (DOMAIN.md 5.3, 6.3)."""

from collections.abc import Iterator
from typing import Final

from publish.assembly.records import Built, KelaRecords
from schemas.view.kela import BenefitDecision, BenefitPayment, Claim, DayCounter
from schemas.vocabulary import Category

NOT_SHOWN: Final = "PERUSTOIMEENTULOTUKI"
"""Basic social assistance: no statute gives it to a recipient of the view."""


def items(records: KelaRecords) -> dict[Category, list[Built]]:
    """Sort the records of one person into the items of each section."""
    return {
        Category.KELA_ETUUSJAKSO: [*_decisions(records), *_payments(records)],
        Category.KELA_VIREILLAOLO: list(_claims(records)),
        Category.KELA_PAIVALASKURI: list(_counters(records)),
    }


def _decisions(records: KelaRecords) -> Iterator[Built]:
    for row in records.etuusratkaisu:
        if row.etuus != NOT_SHOWN:
            yield (
                row.ratkaisu_id,
                BenefitDecision(
                    benefit=row.etuus,
                    decision=row.ratkaisu,
                    ground=row.peruste,
                    from_=row.alku_pvm,
                    to=row.loppu_pvm,
                    decided=row.ratkaisu_pvm,
                ),
            )


def _payments(records: KelaRecords) -> Iterator[Built]:
    for row in records.maksu:
        if row.etuus != NOT_SHOWN and not row.peruttu:
            yield (
                row.maksu_id,
                BenefitPayment(
                    benefit=row.etuus,
                    from_=row.kauden_alku_pvm,
                    to=row.kauden_loppu_pvm,
                    paid=row.maksettu_pvm,
                    days=row.etuuspaivat,
                    financing_municipality=row.rahoittava_kunta,
                ),
            )


def _claims(records: KelaRecords) -> Iterator[Built]:
    for row in records.vireillaolo:
        if row.etuus != NOT_SHOWN:
            yield row.vireilla_id, Claim(benefit=row.etuus, received=row.saapunut_pvm, state=row.tila)


def _counters(records: KelaRecords) -> Iterator[Built]:
    for row in records.paivalaskuri:
        yield row.laji, DayCounter(counter=row.laji, days=row.paivat, maximum=row.enimmaispaivat, as_of=row.tilanne_pvm)
