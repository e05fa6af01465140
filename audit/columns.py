"""The columns an entry is searched by: what the sequencer writes beside it, and verification compares with it."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

_NOTHING: Final[Mapping[str, Any]] = {}


class Columns(NamedTuple):
    """Copied out of an entry as they stand there: moments as text, pseudonyms in hex."""

    id: str
    seq_t: str
    t: str
    type: str
    outcome: str
    class_: str
    org: str | None
    system: str | None
    actor_user: str | None
    role: str | None
    person: str | None
    person_n: int | None
    purpose: str | None
    categories: list[str] | None
    reasons: list[str] | None
    decision_id: str | None
    ref: str | None
    request_case: str | None
    dag: str | None
    run: str | None
    controllers: list[str] | None


def columns_of(members: Mapping[str, Any]) -> Columns:
    """Return the columns of an entry; ``reasons`` are the distinct ones of its decision, sorted."""
    actor, decision, get = members["actor"], members.get("decision"), members.get
    run = get("run", _NOTHING)
    return Columns(
        members["id"],
        members["seq_t"],
        members["t"],
        members["type"],
        members["outcome"],
        members["class"],
        actor.get("org"),
        actor.get("system"),
        actor.get("user"),
        actor.get("role"),
        get("person"),
        get("person_n"),
        get("purpose"),
        get("categories"),
        sorted(set(decision["reason"].values())) if decision and "reason" in decision else None,
        decision["id"] if decision else None,
        get("ref"),
        get("request", _NOTHING).get("case"),
        run.get("dag"),
        run.get("run"),
        get("controllers"),
    )
