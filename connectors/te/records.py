"""Landed pages of TE to frames of text: a page at once by its contract, or record by record where one breaks it."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from types import UnionType
from typing import Any, Final, Generic, TypeVar, get_args

import msgspec

from connectors.errors import SourceChanged
from connectors.frames import LOCATOR, Frame, text_frame, uncollected, unpack
from connectors.json_page import NULL, shaped, text_of
from connectors.limits import ELEMENT_BYTES
from connectors.scrub import scrubbed
from connectors.source import Malformed, Parsed
from connectors.te.wire import LISTS, Entity, Row, Wire

PARSER: Final = "te-1"
_W = TypeVar("_W", bound=Wire)
_E = TypeVar("_E")


class _Page(msgspec.Struct, Generic[_E], gc=False):
    tiedot: list[_E]


@cache
def _pages_of(element: Any) -> "msgspec.json.Decoder[Any]":
    return msgspec.json.Decoder(_Page[element])


class NotARecord(ValueError):
    """An element that no record can be made of; the message is the path that broke."""


@dataclass(slots=True)
class _Sink:
    """What one part has given so far, by record type."""

    rows: dict[type, list[Row]] = field(default_factory=lambda: defaultdict(list))
    malformed: list[Malformed] = field(default_factory=list)
    unknown: Counter[str] = field(default_factory=Counter)

    def parsed(self) -> Parsed:
        frames = {record: text_frame(record, rows, (LOCATOR,)) for record, rows in self.rows.items()}
        return Parsed(frames=frames, malformed=self.malformed, unknown_fields=self.unknown)


def parse(part: bytes) -> Parsed:
    """Read a landed part: one frame per record type with the record's fields and ``locator``.

    A field that the contract does not name is dropped and counted, a record that cannot be read is set aside. Raises SourceChanged where
    a page is no list.
    """
    sink = _Sink()
    with uncollected():
        for frame in unpack(part):
            _read_page(frame, sink)
        return sink.parsed()


def _read_page(frame: Frame, sink: _Sink) -> None:
    entity = LISTS.get(frame.kind)
    if entity is None:
        raise SourceChanged(frame.kind)
    rows = sink.rows[entity.record]
    try:
        page = _pages_of(entity).decode(frame.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        rows += _one_by_one(frame, entity, sink)
    else:
        rows += [(*element.row(), locator) for element, locator in zip(page.tiedot, frame.locators(), strict=False)]


def _one_by_one(frame: Frame, entity: type[Entity], sink: _Sink) -> Iterator[Row]:
    elements = shaped(frame.body, _pages_of(msgspec.Raw)).tiedot
    for raw, locator in zip(elements, frame.locators(), strict=False):
        try:
            yield (*_read_one(entity, raw, sink.unknown).row(), locator)
        except NotARecord as error:
            kept = Malformed(record=entity.__name__, locator=locator, reason=str(error), payload=bytes(raw))
            sink.malformed.append(kept)


def _read_one(entity: type[Entity], raw: msgspec.Raw, unknown: Counter[str]) -> Entity:
    """Read an element by its contract but for fields beyond it, which are counted; without its types where that fails."""
    sent = _fields_of(raw, entity.__name__)
    try:
        element: Entity = _tolerant(entity).decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _loose(entity, raw, entity.__name__, unknown)
    unknown.update(scrubbed(f"{entity.__name__}.{name}") for name in sent.keys() - _names(entity))
    return element


@cache
def _tolerant(entity: type[Entity]) -> "msgspec.json.Decoder[Any]":
    return msgspec.json.Decoder(type(entity.__name__, (entity,), {}, forbid_unknown_fields=False))


@cache
def _names(entity: type[Entity]) -> frozenset[str]:
    return frozenset(field.encode_name for field in _fields(entity))


def _loose(kind: type[_W], raw: msgspec.Raw, path: str, unknown: Counter[str]) -> _W:
    """Read an element without trusting its types: every value as text, so that a rule can name what is wrong with it."""
    sent = _fields_of(raw, path)
    values = {field.name: _value(field, sent.pop(field.encode_name, NULL), path, unknown) for field in _fields(kind)}
    unknown.update(scrubbed(f"{path}.{name}") for name in sent)
    return kind(**values)


def _fields_of(raw: msgspec.Raw, path: str) -> dict[str, msgspec.Raw]:
    if len(bytes(raw)) > ELEMENT_BYTES:
        raise NotARecord(f"{path} is larger than 1 MiB")
    try:
        return msgspec.json.decode(raw, type=dict[str, msgspec.Raw])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise NotARecord(f"{path} is not an object") from None


def _value(field: msgspec.structs.FieldInfo, raw: msgspec.Raw, path: str, unknown: Counter[str]) -> Any:
    nested = _nested(field.type)
    if field.type is msgspec.Raw or bytes(raw) == b"null":
        return raw if field.type is msgspec.Raw else None
    if nested is not None:
        return _loose(nested, raw, f"{path}.{field.encode_name}", unknown)
    try:
        return text_of(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise NotARecord(f"{path}.{field.encode_name} holds broken text") from None


@cache
def _fields(kind: type[Wire]) -> tuple[msgspec.structs.FieldInfo, ...]:
    return msgspec.structs.fields(kind)


def _nested(annotation: Any) -> type[Wire] | None:
    options = get_args(annotation) if isinstance(annotation, UnionType) else ()
    return next((option for option in options if isinstance(option, type) and issubclass(option, Wire)), None)
