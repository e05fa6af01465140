"""The body a reader is sent: the sections' texts joined, nothing parsed; pure (API.md 5.2)."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from publish.cut import HELSINKI
from publish.references import Prefix, spell
from schemas.vocabulary import Category, Ground

FRESH_FOR: Final = timedelta(hours=26)
"""How old a source's last load may be before its sections are marked stale (PIPELINE.md 7)."""
_ETAG_BYTES: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """The ground a section is shown on, as the reader is told it.

    ``law`` and ``unverified`` are of a statute: where our reading of it is not confirmed by an authority, the answer says so
    (AMENDMENTS 23). ``ref`` and ``until`` are of a consent: a reference only this recipient has, and the end of its time.
    """

    kind: Ground
    key: str
    law: str | None = None
    unverified: bool = False
    ref: UUID | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A section that leaves: its text, when its source was last loaded, and why it may."""

    category: Category
    controller: str
    text: str
    as_of: datetime
    fresh: bool
    why: Why


def visible(person_ref: UUID, purpose: str, sections: Sequence[Shown]) -> tuple[str, str]:
    """Return the sections joined, and the ETag of all that the reader sees of the person."""
    text = ",".join(_section(section) for section in sections)
    seen = f"{person_ref}\n{purpose}\n{text}".encode()
    return text, f'"{hashlib.sha256(seen).hexdigest()[: 2 * _ETAG_BYTES]}"'


def view(person_ref: UUID, purpose: str, sections: str, *, decision_id: UUID, at: datetime) -> bytes:
    """Put the joined sections into the answer."""
    head = {
        "person_ref": spell(Prefix.PERSON, person_ref),
        "purpose": purpose,
        "decision_id": spell(Prefix.DECISION, decision_id),
        "decided_at": instant(at),
    }
    return f'{_json(head)[:-1]},"sections":[{sections}]}}'.encode()


def reference(person_ref: UUID) -> bytes:
    """Answer a question for the person's reference."""
    return _json({"person_ref": spell(Prefix.PERSON, person_ref)}).encode()


def _section(section: Shown) -> str:
    head = {
        "category": section.category,
        "source": section.category.source,
        "as_of": instant(section.as_of),
        "fresh": section.fresh,
        "ground": ground(section.why),
    }
    return f'{_json(head)[:-1]},"items":{section.text}}}'


def ground(why: Why) -> dict[str, object]:
    """Say why a section may be shown, as its reader is told."""
    told: dict[str, object] = {"kind": why.kind, "key": why.key}
    if why.law is not None:
        told["law"] = why.law
    if why.unverified:
        told["unverified"] = True
    if why.ref is not None:
        told["ref"] = spell(Prefix.CONSENT, why.ref)
    if why.until is not None:
        told["until"] = last_day(why.until)
    return told


def first_day(start: datetime) -> str:
    """Name the day in Helsinki on which a time begins."""
    return start.astimezone(HELSINKI).date().isoformat()


def last_day(end: datetime) -> str:
    """Name the last day, in Helsinki, on which a half-open time still runs."""
    return (end - timedelta.resolution).astimezone(HELSINKI).date().isoformat()


def instant(at: datetime) -> str:
    """Write a moment, in whole seconds."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
