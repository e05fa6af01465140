"""An entry of the log as its readers meet it: what was done, by whom, to what, and why; from the entry's own bytes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from audit.catalogue import EventType
from audit.events import ConsentRef, Outcome, StatuteRef

_decode = msgspec.json.Decoder(dict[str, Any]).decode


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An event as it stands in the log; ``reasons`` by category, pseudonyms in hex, nothing that names anybody."""

    id: UUID
    at: datetime
    sealed_at: datetime
    type: EventType
    outcome: Outcome
    class_: str
    org: str | None
    system: str | None
    user: str | None
    role: str | None
    person: str | None
    person_n: int | None
    purpose: str | None
    categories: tuple[str, ...]
    withheld: tuple[str, ...]
    reasons: Mapping[str, str]
    decision_id: UUID | None
    policy: str | None
    consents: tuple[ConsentRef, ...]
    statutes: tuple[StatuteRef, ...]
    route: str | None
    case: str | None
    run: str | None
    controllers: tuple[str, ...]
    ref: UUID | None
    count: int | None

    @property
    def given(self) -> tuple[str, ...]:
        """The categories that were given."""
        return given(self.outcome, self.categories, self.withheld, self.reasons)


def entry_of(written: bytes) -> Entry:
    """Read an entry of the log, which is canonical."""
    return entry_in(members_of(written))


def members_of(written: bytes) -> dict[str, Any]:
    """Take an entry of the log apart."""
    return _decode(written)


def entry_in(members: Mapping[str, Any]) -> Entry:
    """Read an entry from its members."""
    actor, decision = members["actor"], members.get("decision", {})
    return Entry(
        id=UUID(members["id"]),
        at=datetime.fromisoformat(members["t"]),
        sealed_at=datetime.fromisoformat(members["seq_t"]),
        type=EventType(members["type"]),
        outcome=Outcome(members["outcome"]),
        class_=members["class"],
        org=actor.get("org"),
        system=actor.get("system"),
        user=actor.get("user"),
        role=actor.get("role"),
        person=members.get("person"),
        person_n=members.get("person_n"),
        purpose=members.get("purpose"),
        categories=tuple(members.get("categories", ())),
        withheld=tuple(members.get("withheld", ())),
        reasons=decision.get("reason", {}),
        decision_id=UUID(decision["id"]) if decision else None,
        policy=decision.get("policy"),
        consents=tuple(
            ConsentRef(act=UUID(c["act"]), digest=c["digest"], state=c["state"]) for c in members.get("consents", ())
        ),
        statutes=tuple(StatuteRef(id=UUID(s["id"]), version=s["version"]) for s in members.get("statutes", ())),
        route=members.get("request", {}).get("route"),
        case=members.get("request", {}).get("case"),
        run=members.get("run", {}).get("run"),
        controllers=tuple(members.get("controllers", ())),
        ref=UUID(members["ref"]) if "ref" in members else None,
        count=members.get("result", {}).get("count"),
    )


def given(
    outcome: Outcome, categories: Sequence[str], withheld: Sequence[str], reasons: Mapping[str, str]
) -> tuple[str, ...]:
    """Tell of the categories asked for those that were not withheld.

    None where nothing left at all, and none that nobody held, so that nothing was decided of it.
    """
    if outcome is Outcome.DENY:
        return ()
    decided = reasons or categories
    return tuple(each for each in categories if each in decided and each not in withheld)
