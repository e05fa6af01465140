"""X-Road's own words: identifiers, error codes in both spellings, and the error forms of the REST protocol (PR-REST 1.0.4)."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Self
from urllib.parse import quote, unquote
from uuid import uuid4
from xml.sax.saxutils import escape

from simulators.wire import Answer

CLIENT_PARTS = (3, 4)
SERVICE_PARTS = 5
REPRESENTED_PARTS = (1, 2)
SECURITY_SERVER_PARTS = 4


def new_id() -> str:
    """Make a random id for a message, an attempt or an error."""
    return str(uuid4())


def parts(text: str) -> tuple[str, ...]:
    """Split an identifier at its slashes and decode each part on its own: ``BAR%2FSERVICE`` is one part (PR-REST 4.2)."""
    return tuple(unquote(part, errors="strict") for part in text.split("/"))


@dataclass(frozen=True, slots=True)
class ClientId:
    """A member or one of its subsystems."""

    instance: str
    member_class: str
    member_code: str
    subsystem: str | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``INSTANCE/CLASS/MEMBER[/SUBSYSTEM]``; ValueError when it is not that."""
        found = parts(text.strip())
        if len(found) not in CLIENT_PARTS or not all(found):
            raise ValueError("A client identifier has three or four parts, none empty.")
        return cls(*found)

    def __str__(self) -> str:
        found = (self.instance, self.member_class, self.member_code, self.subsystem)
        return "/".join(quote(part, safe="") for part in found if part is not None)


@dataclass(frozen=True, slots=True)
class ServiceId:
    """A service of a member or subsystem; REST services have no version of their own, it is part of the path."""

    provider: ClientId
    code: str
    version: str | None = None

    @classmethod
    def parse(cls, text: str, *, version: str | None = None) -> Self:
        """Read ``INSTANCE/CLASS/MEMBER/SUBSYSTEM/SERVICE``; ValueError when it is not that."""
        found = parts(text.strip())
        if len(found) != SERVICE_PARTS or not all(found):
            raise ValueError("A service identifier has five parts, none empty.")
        return cls(ClientId(*found[:4]), found[4], version)

    def __str__(self) -> str:
        tail = [self.code] if self.version is None else [self.code, self.version]
        return "/".join([str(self.provider), *(quote(part, safe="") for part in tail)])


class Version(Enum):
    """Which security server this is: the spelling of error codes changed, and so did the status for a client's mistake."""

    UP_TO_7_7 = "7.7"
    FROM_7_8 = "7.8"

    def spelled(self, code: str) -> str:
        """Spell a code the way this version does: up to 7.7 ``Server.ServerProxy.IOError`` for ``server.serverproxy.io_error``."""
        if self is Version.FROM_7_8:
            return code
        return ".".join(_OLD.get(part) or part.title().replace("_", "") for part in code.split("."))

    def status(self, code: str) -> int:
        """Give the HTTP status of an error: the text promises 400 for a client's mistake, 7.8 answers 500 (rest-cases.csv)."""
        return 400 if self is Version.UP_TO_7_7 and code.startswith("client.") else 500


_OLD = {
    "clientproxy": "ClientProxy",
    "serverproxy": "ServerProxy",
    "io_error": "IOError",
    "hsm_non_operational": "HSMNonOperational",
    "global_conf_outdated": "OutdatedGlobalConf",
}


class XRoadError(Exception):
    """An error that arose in X-Road itself: `code` spelled as from 7.8 on, `message` without any personal value."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.detail = new_id()


def rest_error(error: XRoadError, *, accept: Iterable[str], version: Version) -> Answer:
    """Write an error as the security server does for REST: JSON, or XML where ``Accept`` names it; ``X-Road-Error`` says whose it is."""
    code = version.spelled(error.code)
    media = _error_media(accept)
    fields = {"type": code, "message": error.message, "detail": error.detail}
    return Answer(
        status=version.status(error.code),
        media_type=f"{media};charset=utf-8",
        headers=(("x-road-error", code),),
        body=_as_json(fields) if media == "application/json" else _as_xml(fields),
    )


def _error_media(accept: Iterable[str]) -> str:
    named = (part.split(";")[0].strip().lower() for value in accept for part in value.split(","))
    found = next((media for media in named if media in {"text/xml", "application/xml", "text/*"}), "application/json")
    return "text/xml" if found == "text/*" else found


def _as_json(fields: dict[str, str]) -> bytes:
    return json.dumps(fields, ensure_ascii=False).encode()


def _as_xml(fields: dict[str, str]) -> bytes:
    inside = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in fields.items())
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<error>{inside}</error>'.encode()
