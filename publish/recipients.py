"""Who may ask: organisations with their purposes, their systems with scopes and keys, and how each stands at a call."""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from audit.events import Actor, ChangeRef, Event, EventType, RetentionClass
from audit.log import record
from db.engine import Read, Transaction
from db.ids import uuid7
from publish.asking import Call
from publish.errors import NotEntitled, Refusal
from publish.queries import reading, registering
from publish.queries.reading import Standing
from publish.queries.registering import Keys
from schemas.vocabulary import Purpose

__all__ = [
    "RECIPIENT",
    "SYSTEM",
    "Keys",
    "Standing",
    "System",
    "admit",
    "admitted",
    "define_recipient",
    "define_system",
    "digest_of",
    "granted",
    "let_in",
    "registered",
    "told",
]


RECIPIENT: Final = "publish.recipient"
SYSTEM: Final = "publish.recipient_system"


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """A system of a recipient: ``jwks`` are public keys with ``kid``; ``algorithms`` those its assertions may be signed with.

    A key may name in ``ends`` the last day it is used (Helsinki, ``YYYY-MM-DD``), so that two live side by side while it is changed.
    ``token_audience``: its assertions may name the token endpoint instead of the issuer (API.md 3).
    """

    system: str
    recipient: str
    scopes: Collection[str]
    purposes: Collection[Purpose]
    jwks: Sequence[Mapping[str, Any]]
    algorithms: Collection[str] = ("ES256",)
    token_audience: bool = False


def define_recipient(
    tx: Transaction, *, recipient: str, name: str, purposes: Collection[Purpose], by: Actor, at: datetime
) -> None:
    """Register an organisation (Y-tunnus) or change its name and purposes; it is active from now on."""
    row = {"recipient": recipient, "name": name, "purposes": sorted(purposes)}
    registering.put_recipient(tx, row)
    _tell(tx, RECIPIENT, recipient, row, by=by, at=at)


def define_system(tx: Transaction, system: System, *, by: Actor, at: datetime) -> None:
    """Register a system, active from ``at``, or change what it is granted and its keys."""
    row = {
        "system": system.system,
        "recipient": system.recipient,
        "scopes": sorted(system.scopes),
        "purposes": sorted(system.purposes),
        "algorithms": list(system.algorithms),
        "jwks": [dict(key) for key in system.jwks],
        "token_audience": system.token_audience,
    }
    registering.put_system(tx, row, at=at)
    _tell(tx, SYSTEM, system.system, row, by=by, at=at)


def told(read: Read) -> Iterator[ChangeRef]:
    """Yield every organisation and system as it is registered, with the digest that the event of its last change carries."""
    for row in registering.recipients(read):
        yield ChangeRef(table=RECIPIENT, id=row["recipient"], digest=digest_of(row))
    for row in registering.systems(read):
        yield ChangeRef(table=SYSTEM, id=row["system"], digest=digest_of(row))


def digest_of(row: Mapping[str, Any]) -> str:
    """Count what an event says of a row, in hex."""
    text = json.dumps(row, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _tell(tx: Transaction, table: str, key: str, row: Mapping[str, Any], *, by: Actor, at: datetime) -> None:
    record(
        tx,
        Event(
            id=uuid7(at),
            at=at,
            type=EventType.CONFIG_CHANGED,
            actor=by,
            retention=RetentionClass.ADMIN,
            change=ChangeRef(table=table, id=key, digest=digest_of(row)),
        ),
    )


def registered(read: Read, *, system: str, at: datetime) -> tuple[Standing, Keys] | None:
    """Give the standing of a system and the keys it proves itself with; None when there is no such system."""
    standing, keys = reading.standing(read, system=system, at=at), registering.keys_of(read, system=system)
    return (standing, keys) if standing and keys else None


def granted(read: Read) -> Mapping[str, frozenset[str]]:
    """Give the purposes for which each active recipient (Y-tunnus) may ask."""
    return {recipient: frozenset(purposes) for recipient, purposes in registering.purposes(read).items()}


def admit(read: Read, call: Call, *, at: datetime) -> Standing:
    """Give the standing of a system that may ask this of somebody; raises NotEntitled as ``admitted`` does."""
    return admitted(reading.standing(read, system=call.system, at=at), call)


def admitted(found: Standing | None, call: Call) -> Standing:
    """Give the standing found of a call's system, if it may ask this of somebody; raises NotEntitled with the first refusal that holds.

    In order: what ``let_in`` refuses, then every category named needed by the purpose.
    """
    standing = _let_in(found, scope=call.scope, token_scopes=call.token_scopes, purpose=call.purpose)
    if not Purpose(call.purpose).needs.issuperset(call.categories):
        raise NotEntitled(Refusal.CATEGORY_NOT_GRANTED, standing.recipient)
    return standing


def let_in(
    read: Read,
    *,
    system: str,
    scope: str,
    token_scopes: Collection[str],
    at: datetime,
    purpose: str | None = None,
) -> Standing:
    """Give the standing of a system that may do something about nobody in particular; raises NotEntitled.

    In order: recipient and system active, the scope granted and in the token, the purpose granted where one is named.
    """
    found = reading.standing(read, system=system, at=at)
    return _let_in(found, scope=scope, token_scopes=token_scopes, purpose=purpose)


def _let_in(found: Standing | None, *, scope: str, token_scopes: Collection[str], purpose: str | None) -> Standing:
    if found is None or not (found.active and found.recipient_active):
        raise NotEntitled(Refusal.RECIPIENT_NOT_ACTIVE, found and found.recipient)
    if scope not in found.scopes.intersection(token_scopes):
        raise NotEntitled(Refusal.SCOPE_MISSING, found.recipient)
    if purpose is not None and purpose not in found.purposes:
        raise NotEntitled(Refusal.PURPOSE_NOT_GRANTED, found.recipient)
    return found
