"""What a person has said, act by act and no by no, as a list and as a picture; for the steward's pages and the person's own."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from consent.queries.life import ActLine, DenialLine
from web.pictures import LifeLine, Step, life_line


@dataclass(frozen=True, slots=True)
class Said:
    """A step of the life line: when it was said, what, about which categories; ``act_id`` and ``agreement_id`` where it is an act."""

    at: datetime
    recorded_at: datetime
    kind: str
    categories: tuple[str, ...]
    channel: str
    recipient: str | None
    source: str | None = None
    act_id: str | None = None
    agreement_id: str | None = None
    waiting: bool = False
    voided: bool = False
    spoke: str | None = None


def steps(said: Sequence[ActLine], denials: Sequence[DenialLine]) -> list[Said]:
    """Put acts and standing noes in the order they were said, the newest first."""
    lines = [
        Said(
            at=line.signed_at,
            recorded_at=line.recorded_at,
            kind=line.kind,
            categories=tuple(sorted(line.kinds)),
            channel=line.channel,
            recipient=line.recipient,
            act_id=str(line.act_id),
            agreement_id=str(line.agreement_id),
            waiting=line.waiting,
            voided=line.voided_at is not None,
            spoke=line.spoke,
        )
        for line in said
    ]
    for no in denials:
        about = (no.category,) if no.category else ()
        denied = Said(no.signed_at, no.recorded_at, "denied", about, no.channel, no.recipient, no.source)
        lines.append(replace(denied, spoke=no.spoke))
        if no.lifted_at is not None:
            lines.append(Said(no.lifted_at, no.lifted_at, "lifted", about, no.channel, no.recipient, no.source))
    return sorted(lines, key=lambda line: line.at, reverse=True)


def pictured(said: Sequence[Said]) -> LifeLine:
    """Draw the steps that hold: one recorded in error is no step."""
    return life_line(Step(each.at, each.kind, each.recipient or "") for each in said if not each.voided)
