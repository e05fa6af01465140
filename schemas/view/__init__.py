"""The employment-support view: its sections, each declaring its category, and the items a section may hold (DOMAIN.md 6.3, 7).

An item type is a row of the may-show table: what is no field there cannot be shown. Codes are the sources' own, dates are Helsinki days,
both ends inclusive; what is not known is left out of the JSON, never null or "no".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from schemas.view import kela, sote, te
from schemas.view.item import Item
from schemas.vocabulary import Category


@dataclass(frozen=True, slots=True)
class SectionType:
    """A section of the view: its category, what it may hold, and whether that names people (then its text rests encrypted)."""

    category: Category
    items: tuple[type[Item], ...]
    names_people: bool = False

    def item_of(self, kind: object) -> type[Item]:
        """Find the type of an item by its ``kind`` member, which only sections of several types have."""
        return next((item for item in self.items if getattr(item, "KIND", None) == kind), self.items[0])


MAY_SHOW: Final[Mapping[Category, SectionType]] = {
    section.category: section
    for section in (
        SectionType(Category.TE_PERUSTIEDOT, (te.Basics,), names_people=True),
        SectionType(Category.TE_TYOLLISYYS, (te.Employment,)),
        SectionType(Category.TE_SUUNNITELMA, (te.Plan,)),
        SectionType(Category.TE_PALVELUT, (te.Service,)),
        SectionType(Category.TE_YHTEYDENOTOT, (te.Contact,)),
        SectionType(Category.TE_PALVELULINJA, (te.ServiceLine,)),
        SectionType(
            Category.TE_ARKALUONTEISET,
            (te.SensitivePlan, te.SensitiveTask, te.SensitiveService, te.SensitiveServiceLine, te.SensitiveEnd),
        ),
        SectionType(Category.KELA_ETUUSJAKSO, (kela.BenefitDecision, kela.BenefitPayment)),
        SectionType(Category.KELA_VIREILLAOLO, (kela.Claim,)),
        SectionType(Category.KELA_PAIVALASKURI, (kela.DayCounter,)),
        SectionType(Category.SOTE_ASIAKASSUHDE, (sote.ClientRelation,)),
        SectionType(Category.SOTE_PALVELUTARVE, (sote.ServiceNeed,)),
        SectionType(Category.SOTE_SUUNNITELMA, (sote.SotePlan,)),
        SectionType(Category.SOTE_KUNTOUTTAVA, (sote.RehabilitativeWork,)),
        SectionType(Category.SOTE_TERVEYSTARKASTUS, (sote.HealthCheck,)),
        SectionType(Category.SOTE_TYOKYVYN_ARVIO, (sote.AbilityAssessment,)),
        SectionType(Category.SOTE_TYOKYVYN_RAJOITE, (sote.Limitation,)),
        SectionType(Category.SOTE_YHTEYSHENKILO, (sote.ContactPerson,), names_people=True),
    )
}
"""Every section of the view, in the order they are shown."""
