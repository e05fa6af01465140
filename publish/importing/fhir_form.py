"""The members of a FHIR Consent as values, each refused by its path when it is not as it should be."""

import re
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from consent.exports.fhir_parts import EXTENSION, PURPOSES
from consent.model import Kind
from publish.importing.answers import bad

Node = Mapping[str, Any]

_ID: Final = re.compile(r"[A-Za-z0-9\-.]{1,64}")
"""The form of a resource's id (FHIR R4, 2.24.0.1)."""
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
    """Take a member that has to be a text, in signs that print."""
    value = of.get(name)
    if not isinstance(value, str) or not value or not value.isprintable():
        raise bad(name)
    return value


def id_(of: Node) -> str:
    """Take a resource's id."""
    value = text(of, "id")
    if not _ID.fullmatch(value):
        raise bad("id")
    return value


def nodes(of: Node, name: str) -> list[Node]:
    """Take a member that has to be a list of objects, if it is there."""
    value = of.get(name, [])
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise bad(name)
    return value


def listed(of: Node, name: str) -> list[Node]:
    """Take the objects of a list, if it is one; what else stands there is refused in its turn."""
    value = of.get(name)
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


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
