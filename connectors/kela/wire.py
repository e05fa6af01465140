"""Etuustiedot v1 as it stands on the wire: the element of each record and its fields, in the contract's order (DOMAIN.md 5.2)."""

import re
from dataclasses import dataclass, fields
from typing import Final

from schemas import kela

NAMESPACE: Final = "urn:luukku:kela:etuustiedot:1"
RESPONSE: Final = "HaeEtuudetResponse"
CLIENT: Final = "asiakas"
HETU: Final = "henkilotunnus"
PROTECTED: Final = "turvakielto"
PERSON_ERROR: Final = "henkilovirhe"


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """One kind of element below `asiakas`: what it becomes, and its fields with whether each may be absent."""

    name: str
    record: type
    fields: tuple[tuple[str, bool], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Name the fields in order."""
        return tuple(name for name, _ in self.fields)


def qualified(name: str) -> str:
    """Write an element's name as the parser does."""
    return f"{{{NAMESPACE}}}{name}"


def _camel(name: str) -> str:
    return re.sub(r"_([a-z])", lambda found: found.group(1).upper(), name)


def _element(record: type) -> Element:
    named = tuple((_camel(field.name), "None" in str(field.type)) for field in fields(record))
    return Element(name=record.__name__.lower(), record=record, fields=named)


GROUPS: Final = tuple(map(_element, (kela.Vireillaolo, kela.Etuusratkaisu, kela.Maksu, kela.Paivalaskuri)))
GROUP_OF: Final = {qualified(group.name): group for group in GROUPS}
ERROR: Final = _element(kela.Henkilovirhe)
COUNTED: Final = (CLIENT, *(group.name for group in GROUPS), PERSON_ERROR)
