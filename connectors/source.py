"""What every connector is and yields: a source that is pulled page by page, and a part that parses into frames of text."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import polars as pl


@dataclass(frozen=True, slots=True, kw_only=True)
class XRoadIds:
    """The evidence X-Road gives of one answered request (DOMAIN.md 3.1); the hash cannot be recomputed, only kept."""

    id: str
    service: str
    request_id: str | None = None
    request_hash: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The cut of time that is asked for: changes at or after `since`, all there is when None; the source sets the end."""

    since: datetime | None = None

    @property
    def full(self) -> bool:
        """Whether the answer is the whole of what the source holds, so that what is missing is gone."""
        return self.since is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One answered page as it is landed; `kind` is the list, message or resource it came from.

    `body` is UTF-8, at most 15 MiB, so that it fits a part; empty when there is nothing new on the page, which is then evidence alone.
    `stamp` is the end of the window, held at the source (aware UTC); `records` counts its elements.
    """

    kind: str
    body: bytes = field(repr=False)
    stamp: datetime
    xroad: XRoadIds
    records: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Malformed:
    """A record that could not be read at all; `payload` is personal data and goes to quarantine encrypted, `reason` names no value."""

    record: str
    locator: str
    reason: str
    payload: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """A landed part as frames of text, one per record type met (schemas.te, .kela, .sote).

    Columns: the record's fields in order, then ``locator`` (``kind:page:position``) and, for Kela and sote, ``hetu``. All String: numbers
    and booleans as their JSON or XML text, nested lists as compact JSON; null where absent. `unknown_fields` counts what the contract
    does not name, by ``record.field``; it was dropped.
    """

    frames: dict[type, pl.DataFrame] = field(default_factory=dict)
    malformed: list[Malformed] = field(default_factory=list)
    unknown_fields: Counter[str] = field(default_factory=Counter)


class Source(Protocol):
    """A connection to one system of one controller, pulled to its last page."""

    @property
    def interface(self) -> str:
        """Name and version of the interface, as it goes into keys and manifests."""

    def pull(self, window: Window) -> Iterator[Page]:
        """Yield each page of the window once. Raises the errors of `connectors.errors`; StampTooOld asks for a full window."""
