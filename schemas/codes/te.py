"""Code lists of the TE source, less the code that is no longer in use (DOMAIN.md 4.4)."""

from dataclasses import replace
from datetime import date
from typing import Final

from schemas.codes.lists import Code, CodeList, closed
from schemas.codes.reading import rows


def _ura(name: str) -> CodeList:
    return CodeList(
        name,
        tuple(Code(code=row["code"], name_fi=row["name_fi"]) for row in rows("ura.csv") if row["codelist"] == name),
    )


def _without(codes: CodeList, *gone: str) -> CodeList:
    return CodeList(codes.name, tuple(code for code in codes.codes if code.code not in gone))


NOT_IN_USE: Final = "06"
EMPLOYMENT: Final = _without(_ura("tyollkoodi"), NOT_IN_USE)
PLAN_TYPES: Final = _ura("toimsuunlaji")
PLAN_TASKS: Final = _ura("toimikoodi")
SEGMENTS: Final = _ura("segmenttikoodi")
CONTACTS: Final = _ura("yhtottotapa")
LANGUAGE_LEVELS: Final = _ura("kieliyleinentaso")
ONE_DIGIT_UNTIL: Final = date(2011, 12, 31)
"""Reasons of ending had one digit until 2011; a later one has lost its zero."""
END_REASONS: Final = CodeList(
    "psyy",
    (
        *_ura("psyy").codes,
        *(
            replace(code, code=code.code[1], valid_until=ONE_DIGIT_UNTIL)
            for code in _ura("psyy").codes
            if code.code[0] == "0"
        ),
    ),
)
SERVICES: Final = CodeList(
    "palvelukoodi", tuple(Code(code=row["code"], name_fi=row["name_fi"]) for row in rows("services.csv"))
)
PLAN_STATES: Final = closed("suunnitelman_tila", ("LUONNOS", "VOIMASSA", "PAATTYNYT"))
CONTACT_STATES: Final = closed("yhteydenoton_tila", ("VARATTU", "TOTEUTUNUT", "PERUTTU", "EI_SAAPUNUT"))
PROVISION: Final = closed("tuotantotapa", ("OMA", "OSTO", "PALVELUSETELI"))
DELETION_CAUSES: Final = closed("poiston_syy", ("VIRHE", "SIIRTO", "YHDISTETTY", "SAILYTYSAIKA"))
DELETABLE: Final = closed(
    "tietotyyppi",
    ("Tyonhakija", "Tyollisyysjakso", "Suunnitelma", "Palveluosallistuminen", "Yhteydenotto", "Palvelulinja"),
)
