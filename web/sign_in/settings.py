"""What we are told about the identity provider, and how surely it must know whom."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from web.sessions import Role

_STAFF: Final = frozenset({"http://eidas.europa.eu/LoA/substantial", "http://eidas.europa.eu/LoA/high"})
_PEOPLE: Final = frozenset({"http://ftn.ficora.fi/2017/loa2", "http://ftn.ficora.fi/2017/loa3"})
ACR_BY_ROLE: Final[Mapping[Role, frozenset[str]]] = MappingProxyType(
    {Role.PERSON: _PEOPLE, Role.CASE_WORKER: _STAFF, Role.STEWARD: _STAFF, Role.AUDITOR: _STAFF}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInSettings:
    """The provider by its issuer, ourselves as its client, and the address it sends people back to."""

    issuer: str
    client_id: str
    secret: str = field(repr=False)
    redirect_uri: str
    artificial_only: bool = True
    acr: Mapping[Role, frozenset[str]] = field(default_factory=lambda: ACR_BY_ROLE)
