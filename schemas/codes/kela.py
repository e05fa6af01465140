"""Code lists of the Kela source; a benefit's code is judged by the benefit period (DOMAIN.md 5.2, 5.3)."""

from datetime import date
from typing import Final

from schemas.codes.lists import Code, CodeList, closed

GENERAL_SUPPORT_FROM: Final = date(2026, 5, 1)
"""The day yleistuki replaced työmarkkinatuki and peruspäiväraha: no period of the three crosses it."""
LAST_OF_FORMER: Final = date(2026, 4, 30)

BENEFITS: Final = CodeList(
    "etuus",
    (
        Code(code="TYOMARKKINATUKI", name_fi="Työmarkkinatuki", valid_until=LAST_OF_FORMER),
        Code(code="PERUSPAIVARAHA", name_fi="Peruspäiväraha", valid_until=LAST_OF_FORMER),
        Code(code="YLEISTUKI", name_fi="Yleistuki", valid_from=GENERAL_SUPPORT_FROM),
        Code(code="ANSIOPAIVARAHA", name_fi="Ansiopäiväraha", unverified=True),
        Code(code="KUNTOUTUSRAHA", name_fi="Kuntoutusraha"),
        Code(code="SAIRAUSPAIVARAHA", name_fi="Sairauspäiväraha"),
        Code(code="PERUSTOIMEENTULOTUKI", name_fi="Perustoimeentulotuki"),
    ),
)
CLAIM_STATES: Final = closed("vireillaolon_tila", ("VIREILLA", "RATKAISTU", "PERUTTU"))
DECISIONS: Final = closed("ratkaisu", ("MYONTO", "HYLKAYS", "TARKISTUS", "LAKKAUTUS"))
GROUNDS: Final = closed("peruste", ("TYOTTOMYYS", "LOMAUTUS", "PALVELU", "MUU"))
COUNTERS: Final = closed("laji", ("KUNTAOSUUS", "TMT_TYOTTOMYYS", "ENIMMAISAIKA"))
MAXIMUM_DAYS: Final = frozenset({300, 400, 500})
PERSON_FAULTS: Final = closed("henkilovirhe", ("EI_ASIAKAS", "HETU_PASSIVOITU", "LUOVUTUS_ESTETTY"))
