"""Who can sign in: two stewards of one office and one of another, an auditor, a case worker, and people of the cast."""

from dataclasses import dataclass
from typing import Any

HETU_CLAIM = "urn:oid:1.2.246.21"
"""The claim that the Finnish Trust Network gives a personal identity code in."""
ROLES_CLAIM = "luukku_roles"
OFFICE_CLAIM = "luukku_office"
ACR_STAFF = "http://eidas.europa.eu/LoA/substantial"
ACR_PERSON = "http://ftn.ficora.fi/2017/loa2"
SAVONLINNA, MIKKELI = "0166906-4", "9504910-5"
"""Mikkeli's is the artificial one that a developer's machine gives the neighbour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Somebody who can sign in; staff by role and office, people by identity code."""

    name: str
    label: str
    roles: tuple[str, ...] = ()
    office: str | None = None
    hetu: str | None = None

    @property
    def acr(self) -> str:
        """How surely the provider knows them."""
        return ACR_PERSON if self.hetu else ACR_STAFF

    def claims(self) -> dict[str, Any]:
        """Say of them what an ID token carries."""
        said: dict[str, Any] = {"sub": f"idp-{self.name}", "acr": self.acr}
        if self.roles:
            said[ROLES_CLAIM] = list(self.roles)
        if self.office:
            said[OFFICE_CLAIM] = self.office
        if self.hetu:
            said[HETU_CLAIM] = self.hetu
        return said


ACCOUNTS = (
    Account(name="steward-1", label="Data steward, Savonlinna", roles=("steward",), office=SAVONLINNA),
    Account(name="steward-2", label="Second data steward, Savonlinna", roles=("steward",), office=SAVONLINNA),
    Account(name="steward-3", label="Data steward, Mikkeli", roles=("steward",), office=MIKKELI),
    Account(name="auditor-1", label="Auditor", roles=("auditor",)),
    Account(name="case-worker-1", label="Case worker, Savonlinna", roles=("case_worker",), office=SAVONLINNA),
    Account(
        name="both", label="Steward and auditor at once (is refused)", roles=("steward", "auditor"), office=SAVONLINNA
    ),
    Account(name="nobody", label="Somebody without a role (is refused)"),
    Account(name="aino", label="Aino Maria Esimerkki, a person", hetu="120384-9128"),
    Account(name="eero", label="Eero Olavi Kaksonen, a person", hetu="100190-999P"),
    Account(name="stranger", label="A person whom no source knows", hetu="010180-9026"),
)
