"""The consents of a client in force now, by agreement, as their page lists them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from consent.model import Agreement, Facts, Kind, Stretch
from consent.queries.life import ActLine, DenialLine
from web.steward import standing
from web.steward.clients import Client


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """What is consented to under one agreement now; ``act`` is the one that decides, ``until`` the first end.

    ``stopped``: a standing no is stronger, for some of it at least. ``due``: when a newer text ends it, ``outdated`` where it has.
    ``waiting``: a further yes waits for a second steward.
    """

    agreement_id: str
    recipient: str
    controller: str
    purpose: str
    categories: tuple[str, ...]
    until: datetime
    act: ActLine
    stopped: bool
    due: datetime | None
    outdated: bool
    waiting: bool


class _Key(NamedTuple):
    """A category that is consented to, of which recipient's facts, under which agreement, by which act."""

    category: str
    facts: Facts
    agreement: Agreement
    stretch: Stretch
    act: ActLine


def in_force(client: Client, said: Sequence[ActLine], denials: Sequence[DenialLine]) -> list[InForce]:
    """List the consents in force, by agreement; those under an agreement that has ended open nothing."""
    acts = {line.act_id: line for line in said}
    found: dict[UUID, list[_Key]] = {}
    for facts in client.facts.values():
        holding = {each.agreement_id: each for each in facts.register.agreements if each.in_force.holds(client.at)}
        for agreement_id in {id_ for id_, _ in facts.wills} & holding.keys():
            for category, stretch in standing.standing_of(facts, agreement_id, client.at).items():
                if stretch.act_id in acts:
                    key = _Key(category, facts, holding[agreement_id], stretch, acts[stretch.act_id])
                    found.setdefault(agreement_id, []).append(key)
    waiting = {line.agreement_id for line in said if line.waiting and Kind(line.kind).yes}
    return [_in_force(keys, denials, client.at, waiting=id_ in waiting) for id_, keys in sorted(found.items())]


def _in_force(keys: Sequence[_Key], denials: Sequence[DenialLine], at: datetime, *, waiting: bool) -> InForce:
    line = keys[0].act
    categories = tuple(sorted(key.category for key in keys))
    dues = [due for key in keys if (due := standing.due(key.agreement, key.stretch, at))]
    return InForce(
        agreement_id=str(line.agreement_id),
        recipient=line.recipient,
        controller=line.controller,
        purpose=line.purpose,
        categories=categories,
        until=min(standing.ends(key.facts, key.act, key.stretch) for key in keys),
        act=line,
        stopped=any(no.covers(line.recipient, category) for no in denials for category in categories),
        due=min(dues, default=None),
        outdated=any(due <= at for due in dues),
        waiting=waiting,
    )
