"""What is handed in before a disclosure, and what comes back once it is sealed (ACCESS-LOG 5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from audit.events import Event, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRecord:
    """What is kept to replay a decision: ``audit.decision``, a row for each one made.

    ``request`` and ``results`` are plain JSON values without personal text; ``inputs_digest`` is the SHA-256, in hex, of
    the canonical facts, as in the event's ``DecisionRef``.
    """

    decision_id: UUID
    person_id: UUID | None
    request: Mapping[str, object]
    at: datetime
    known_at: datetime
    policy: str
    inputs_digest: str
    outcome: Outcome
    results: Sequence[Mapping[str, object]]
    consent_seq: int
    register_seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """What must still hold when the event is sealed: the sequence numbers the decision was made on (CONSENT 9)."""

    person_id: UUID
    consent_seq: int
    register_seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Spend:
    """An id that may be used once: ``key`` is the DPoP key's thumbprint or the client's id (API 3)."""

    key: str
    jti: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosure:
    """An event that must be sealed before bytes leave, with what the same transaction writes and checks."""

    event: Event
    decision: DecisionRecord | None = None
    guard: Guard | None = None
    spend: tuple[Spend, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """Where the event stands: its index in the log of a year, and the size of the signed checkpoint that holds it."""

    log: str
    index: int
    size: int


class Sealer(Protocol):
    """The door for disclosures."""

    def seal(self, disclosure: Disclosure) -> Sealed:
        """Return once the event is in a committed, signed checkpoint.

        ``LogUnavailable`` after 5 s or when the log cannot take it: then no byte may leave. ``Stale``: decide again.
        ``Replayed``: one of ``spend`` was used before. ``EventRejected``: the event is out of form.
        """
        ...

    def reachable(self) -> bool:
        """Tell whether the log can be asked now."""
        ...
