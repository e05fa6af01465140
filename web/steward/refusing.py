"""A refusal of the rule as a page shows it: the field by its name, then the sentence as it is written (CONSENT.md 14)."""

from typing import Final

from consent.errors import ConsentError
from web.pages.texts import Texts
from web.pages.visit import Visit
from web.pages.words import Words

FIELDS: Final = "fields"


def said(visit: Visit, refusal: ConsentError, *, at: str) -> list[tuple[str, str]]:
    """Say a refusal as an error of a page; ``at``: the element that the summary leads to."""
    return [(at, f"{field(visit, refusal.field)}: {Words(visit.language).of(refusal.fault.text)}")]


def field(visit: Visit, name: str) -> str:
    """Name a field of the verbs in the visitor's language."""
    return Texts(FIELDS, visit.language)(name)
