"""The members of a FHIR Consent as values, each refused by its path when it is not as it should be."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from consent.exports.fhir import EXTENSION, PURPOSES
from consent.model import Kind
from publish.importing.answers import bad

Node = Mapping[str, Any]

_HELSINKI: Final = ZoneInfo("Europe/Helsinki")
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_FOREIGN: Final = {
    ("active", "permit"): Kind.GIVEN,
    ("rejected", "deny"): Kind.REFUSED,
    ("inactive", "deny"): Kind.WITHDRAWN,
}
"""What a Consent says that does not name our kind."""


def node(of: Node, name: str) -> Node:
    """Take a member that has to be an object."""
    value = of.get(name)
    if not isinstance(value, dict):
        raise bad(name)
    return value


def text(of: Node, name: str) -> str:
    """Take a member that has to be a text."""
    value = of.get(name)
    if not isinstance(value, str) or not value:
        raise bad(name)
    return value


def nodes(of: Node, name: str) -> list[Node]:
    """Take a member that has to be a list of objects, if it is there."""
    value = of.get(name, [])
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise bad(name)
    return value


def extension(of: Node, name: str) -> Any:
    """Take the value of one of our extensions, or its parts; None when it is not there."""
    found = next((each for each in nodes(of, "extension") if each.get("url") == EXTENSION + name), None)
    if found is None:
        return None
    values = [value for key, value in found.items() if key.startswith("value")]
    return values[0] if values else found.get("extension")


def kind(of: Node) -> Kind:
    """Tell what the Consent does: by our extension, else by its status and the type of its rule."""
    named = extension(of, "kind")
    if named is None:
        found = _FOREIGN.get((str(of.get("status")), str(node(of, "provision").get("type"))))
        if found is None:
            raise bad("provision.type")
        return found
    try:
        return Kind(named)
    except ValueError:
        raise bad("extension.kind") from None


def agreement(of: Node) -> UUID:
    """Take the agreement it was said under."""
    try:
        return UUID(str(extension(of, "agreement")).removeprefix("urn:uuid:"))
    except ValueError:
        raise bad("extension.agreement") from None


def notice(of: Node) -> tuple[int, str, bytes]:
    """Take which text was shown: its number, language and SHA-256."""
    parts = extension(of, "notice")
    if not isinstance(parts, list):
        raise bad("extension.notice")
    said = {part.get("url"): part for part in parts if isinstance(part, dict)}
    try:
        sha256 = bytes.fromhex(said["sha256"]["valueString"])
        return int(said["n"]["valueInteger"]), str(said["language"]["valueCode"]), sha256
    except (KeyError, TypeError, ValueError):
        raise bad("extension.notice") from None


def codes(rule: Node, system: str) -> list[str]:
    """List the codes of one system among a rule's classes."""
    return [str(each.get("code")) for each in nodes(rule, "class") if each.get("system") == system]


def only(rule: Node, system: str) -> str | None:
    """Take the one code of a system, None for any."""
    found = codes(rule, system)
    if len(found) > 1:
        raise bad("provision.class")
    return found[0] if found else None


def recipient(rule: Node) -> str | None:
    """Take the one recipient a rule names, None for any."""
    actors = nodes(rule, "actor")
    if not actors:
        return None
    if len(actors) > 1:
        raise bad("provision.actor")
    return text(node(node(actors[0], "reference"), "identifier"), "value")


def purpose(rule: Node) -> str | None:
    """Take the one purpose a rule names, None for any."""
    found = [str(each.get("code")) for each in nodes(rule, "purpose") if each.get("system") == PURPOSES]
    if len(found) > 1:
        raise bad("provision.purpose")
    return found[0] if found else None


def moment(value: object, field: str) -> datetime:
    """Read a moment with its zone; a bare day is its midnight in Helsinki."""
    try:
        if is_day(value):
            return _midnight(date.fromisoformat(str(value)))
        at = datetime.fromisoformat(str(value))
    except ValueError:
        raise bad(field) from None
    if at.tzinfo is None:
        raise bad(field)
    return at.astimezone(UTC)


def moment_or_none(value: object, field: str) -> datetime | None:
    """Read a moment that may be left open."""
    return None if value is None else moment(value, field)


def is_day(value: object) -> bool:
    """Tell whether a value is a bare day."""
    return isinstance(value, str) and _DAY.fullmatch(value) is not None


def midnight_after(value: str, field: str) -> datetime:
    """Give the midnight in Helsinki that ends a day."""
    try:
        return _midnight(date.fromisoformat(value) + timedelta(days=1))
    except ValueError:
        raise bad(field) from None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), _HELSINKI).astimezone(UTC)
