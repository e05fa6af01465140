"""X-Road identifiers as a consumer writes and compares them: client and service, each part percent-encoded on its own (PR-REST 4.2)."""

from dataclasses import dataclass
from typing import Final, Self
from urllib.parse import quote, unquote

CLIENT_PARTS: Final = (3, 4)
SERVICE_PARTS: Final = (5, 6)
PARTY_PARTS: Final = (1, 2)


class InvalidXRoadId(ValueError):
    """A text that is not an identifier of its kind."""


def _decoded(text: str, allowed: tuple[int, int]) -> tuple[str, ...]:
    try:
        parts = tuple(unquote(part, errors="strict") for part in text.strip().split("/"))
    except UnicodeDecodeError:
        raise InvalidXRoadId("A part of an X-Road identifier is not UTF-8.") from None
    if len(parts) not in allowed or not all(parts):
        raise InvalidXRoadId(f"An X-Road identifier of this kind has {allowed[0]} or {allowed[1]} parts, none empty.")
    return parts


def _encoded(*parts: str | None) -> str:
    return "/".join(quote(part, safe="") for part in parts if part is not None)


@dataclass(frozen=True, slots=True)
class ClientId:
    """A member of X-Road or one of its subsystems: ``FI-TEST/MUN/0166906-4/luukku``."""

    instance: str
    member_class: str
    member_code: str
    subsystem: str | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the path form, each part decoded on its own. Raises InvalidXRoadId."""
        return cls(*_decoded(text, CLIENT_PARTS))

    def __str__(self) -> str:
        return _encoded(self.instance, self.member_class, self.member_code, self.subsystem)


@dataclass(frozen=True, slots=True)
class ServiceId:
    """A service: ``FI-TEST/GOV/2296962-1/asiakastietovaranto/asiakastiedot/v1``; its version is a part of the path in REST."""

    provider: ClientId
    code: str
    version: str | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the path form of five or six parts. Raises InvalidXRoadId."""
        parts = _decoded(text, SERVICE_PARTS)
        return cls(ClientId(*parts[:4]), *parts[4:])

    def is_same(self, other: "ServiceId") -> bool:
        """Compare by meaning: an answer over REST names the service without the version of its path."""
        return (self.provider, self.code) == (other.provider, other.code)

    def __str__(self) -> str:
        return f"{self.provider}/{_encoded(self.code, self.version)}"


@dataclass(frozen=True, slots=True)
class Party:
    """Whom we act for, when not ourselves: ``[CLASS/]MEMBER``; three parts are an error (PR-REST 4.3)."""

    code: str
    member_class: str | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the header's form. Raises InvalidXRoadId."""
        *member_class, code = _decoded(text, PARTY_PARTS)
        return cls(code, *member_class)

    def __str__(self) -> str:
        return _encoded(self.member_class, self.code)
