"""The sections of many people, built from what staging holds of them, with a digest that tells whether one changed."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final, TypeVar
from uuid import UUID

from db.engine import Read
from db.keys import Keyring, Use
from publish.assembly import assemble
from publish.assembly.records import KelaRecords, Records, SoteRecords, TeRecords
from publish.errors import PublishError
from publish.queries import publishing, staged
from publish.queries.publishing import SectionKey
from publish.queries.reading import body_context
from publish.queries.staged import Controller, Rows
from schemas.view import MAY_SHOW
from schemas.vocabulary import Category, Source

DIGEST_BYTES: Final = 16
_Records = TypeVar("_Records", TeRecords, KelaRecords, SoteRecords)


@dataclass(frozen=True, slots=True)
class Fresh:
    """A section as staging now has it."""

    key: SectionKey
    text: str
    digest: bytes
    records: tuple[str, ...]

    def row(self, keyring: Keyring, at: datetime) -> tuple[object, ...]:
        """Lay it out for its table; what names people is encrypted for its row alone."""
        body: str | None = self.text
        encrypted = None
        if MAY_SHOW[Category(self.key.category)].names_people:
            body, encrypted = (
                None,
                keyring.encrypt_packed(Use.IDENTITY_ENCRYPTION, self.text.encode(), context=body_context(*self.key)),
            )
        return (*self.key, body, encrypted, self.digest, publishing.array_text(self.records), at)


def build(read: Read, *, people: Sequence[UUID]) -> list[Fresh]:
    """Build every section of these people; who is not in staging has none."""
    held = staged.records(read, people=people)
    protected = staged.protected(read, people=people)
    controllers = _Controllers.of(staged.controllers(read))
    return [
        Fresh(SectionKey(person_id, section.category, section.controller), section.text, digest, section.records)
        for person_id in people
        for section in assemble(_held(held, str(person_id), controllers), protected=person_id in protected)
        for digest in [_digest(read.keyring, section.category, section.text)]
    ]


def _digest(keyring: Keyring, category: Category, text: str) -> bytes:
    """Digest a text; keyed where it names people, for names could be guessed."""
    if MAY_SHOW[category].names_people:
        return keyring.keyed_hash(Use.IDENTITY_HASH, text.encode())[:DIGEST_BYTES]
    return hashlib.blake2b(text.encode(), digest_size=DIGEST_BYTES).digest()


@dataclass(frozen=True, slots=True)
class _Controllers:
    """Who controls what: one organisation for TE, one for Kela, one for each county."""

    national: Mapping[Source, str]
    counties: Mapping[str, str]

    @classmethod
    def of(cls, connections: Sequence[Controller]) -> "_Controllers":
        national: dict[Source, str] = {}
        for each in connections:
            if each.source is not Source.SOTE and national.setdefault(each.source, each.controller) != each.controller:
                raise PublishError(
                    f"The source {each.source} has two controllers; its sections would have no one owner."
                )
        return cls(national, {each.place: each.controller for each in connections if each.source is Source.SOTE})


def _held(held: Mapping[str, Rows], person_id: str, controllers: _Controllers) -> Iterator[tuple[str, Records]]:
    """Give a person's records by who controls them; what no connection brought has no controller and is not shown."""
    national, counties = controllers.national, controllers.counties
    if Source.TE in national:
        yield national[Source.TE], _records(TeRecords, held, person_id)
    if Source.KELA in national:
        yield national[Source.KELA], _records(KelaRecords, held, person_id)
    of_counties = {name: held[name].get(person_id, ()) for name in _SOTE}
    for county in sorted({row.county for rows in of_counties.values() for row in rows} & counties.keys()):
        yield counties[county], SoteRecords(**{name: _of(rows, county) for name, rows in of_counties.items()})


def _records(form: type[_Records], held: Mapping[str, Rows], person_id: str) -> _Records:
    return form(**{field.name: held[field.name].get(person_id, ()) for field in fields(form)})


def _of(rows: Sequence[Any], county: str) -> list[Any]:
    return [row for row in rows if row.county == county]


_SOTE: Final = tuple(field.name for field in fields(SoteRecords))
