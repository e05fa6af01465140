"""Resources cut to lines in the stream: what is landed is this and nothing else of what a county answered (DOMAIN.md 6.1)."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from typing import Any, Final

import msgspec

from connectors.json_page import path_of
from connectors.limits import ELEMENT_BYTES
from connectors.sote import wire
from connectors.sote.whitelist import Kept, kept
from schemas.vocabulary import Category

PATIENT: Final = "Patient/"


class Line(msgspec.Struct, omit_defaults=True, gc=False):
    """A line as landed: a record with its owner's HETU, or what could not be read and why, or the digest of the page as it came."""

    record: str = ""
    hetu: str = ""
    row: tuple[str | None, ...] = ()
    malformed: str = ""
    reason: str = ""
    page_sha256: str = ""


class _Named(msgspec.Struct, rename="camel"):
    resource_type: str


@dataclass(slots=True, kw_only=True)
class Cutter:
    """Cuts what a county answers about the persons asked; `people` are their HETUs, `allowed` the categories that may be kept of them.

    It learns from each Patient whose address other resources may name.
    """

    county: str
    people: Collection[str]
    allowed: Collection[Category]
    known: dict[str, str] = field(default_factory=dict)

    def lines(self, page: bytes, resources: Iterable[bytes]) -> bytes:
        """Give the page as lines: its digest, then a line for each record; empty when it holds no resource of ours."""
        cut = [line for resource in resources for line in self._cut(resource)]
        lines = [Line(page_sha256=sha256(page).hexdigest()), *cut] if cut else []
        return b"".join(msgspec.json.encode(line) + b"\n" for line in lines)

    def _cut(self, resource: bytes) -> Iterator[Line]:
        kind = _kind(resource)
        if kind is None:
            yield Line(malformed="Resource", reason="not a resource")
        elif kind in wire.RESOURCES:
            yield from self._records(kind, resource)

    def _records(self, kind: str, resource: bytes) -> Iterator[Line]:
        if len(resource) > ELEMENT_BYTES:
            yield Line(malformed=kind, reason="larger than 1 MiB")
            return
        try:
            read = _decoder(kind).decode(resource)
        except msgspec.ValidationError as error:
            yield Line(malformed=kind, reason=f"not as its type says at {path_of(str(error))}")
            return
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            yield Line(malformed=kind, reason="holds broken text")
            return
        yield from self._owned(kind, read)

    def _owned(self, kind: str, resource: wire.Resource) -> Iterator[Line]:
        hetu = self._hetu(resource.owner)
        if hetu is None:
            yield Line(malformed=kind, reason="names no person by identity code")
        elif hetu not in self.people:
            yield Line(malformed=kind, reason="is about a person who was not asked about")
        else:
            self._learn(resource, hetu)
            yield from (self._line(resource, one, hetu) for one in kept(resource) if self._may(one))

    def _hetu(self, owner: wire.Reference | None) -> str | None:
        if owner is None:
            return None
        if owner.identifier is not None and owner.identifier.system == wire.HETU:
            return owner.identifier.value
        return self.known.get((owner.reference or "").removeprefix(PATIENT))

    def _learn(self, resource: wire.Resource, hetu: str) -> None:
        if isinstance(resource, wire.Patient):
            self.known[resource.id] = hetu

    def _may(self, one: Kept) -> bool:
        return one.category is None or one.category in self.allowed

    def _line(self, resource: wire.Resource, one: Kept, hetu: str) -> Line:
        row = (resource.id + one.part, self.county, resource.meta.last_updated, *one.values)
        return Line(record=one.record.__name__, hetu=hetu, row=row)


def _kind(resource: bytes) -> str | None:
    try:
        return msgspec.json.decode(resource, type=_Named).resource_type
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


@cache
def _decoder(kind: str) -> "msgspec.json.Decoder[Any]":
    return msgspec.json.Decoder(wire.RESOURCES[kind])
