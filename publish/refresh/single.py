"""Who could see what of one person now: the rule itself, asked for each recipient with a task; it answers as ``visible`` does.

For one person that is a few decisions, where the bulk gate lays out thirty frames.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from consent.decision import decide as decide_items
from consent.model import Decision, Facts, Item, Request, Result
from publish.queries.publishing import EntitlementKey
from publish.refresh.bulk import Purposes
from publish.refresh.sections import Fresh
from publish.refresh.visible import ORDER, Entitled, Seen, digest, left
from schemas.vocabulary import Purpose


class _Shown(NamedTuple):
    """A permit, its section, and the name of what it leaves of that."""

    section: Fresh
    result: Result
    left: str


def decide(person_id: UUID, facts: Facts, sections: Sequence[Fresh], purposes: Purposes, *, at: datetime) -> Seen:
    """Ask, for each recipient with a task and each of its purposes, whether each section that it needs may be shown.

    ``facts`` are those for every recipient; ``sections`` are the person's.
    """
    recipients = {task.recipient for task in facts.tasks} & purposes.keys()
    requests = _requests(person_id, sections, {recipient: purposes[recipient] for recipient in recipients})
    answers = {key: decide_items(request, facts, at) for key, request in requests}
    held = {_item(each): each for each in sections}
    shown = {key: list(_shown(decision, held, at)) for key, decision in answers.items()}
    return Seen(
        entitled={key: _entitled(each, answers[key].consent_seq) for key, each in shown.items() if each},
        shown=frozenset(one.section.key for each in shown.values() for one in each),
        decisions=_counted(answers.values()),
        tasks=frozenset((recipient, person_id) for recipient in recipients),
    )


def _requests(
    person_id: UUID, sections: Iterable[Fresh], purposes: Purposes
) -> Iterator[tuple[EntitlementKey, Request]]:
    """Ask for what each purpose needs, in the order of the view; for one that needs nothing held, not at all."""
    in_order = sorted(sections, key=lambda each: (ORDER[each.key.category], each.key.controller))
    for recipient, granted in purposes.items():
        for purpose in granted:
            items = tuple(_item(each) for each in in_order if each.key.category in Purpose(purpose).needs)
            if items:
                request = Request(person_id=person_id, recipient=recipient, purpose=purpose, items=items)
                yield EntitlementKey(recipient, purpose, person_id), request


def _item(section: Fresh) -> Item:
    return Item(section.key.category, section.key.controller)


def _shown(decision: Decision, held: Mapping[Item, Fresh], at: datetime) -> Iterator[_Shown]:
    """Keep the permits that leave something of their section."""
    for result in decision.results:
        if result.permitted and isinstance(result.item, Item):
            section = held[result.item]
            if name := left(section, result.periods, at):
                yield _Shown(section, result, name)


def _entitled(shown: Sequence[_Shown], consent_seq: int) -> Entitled:
    lines = (" ".join(filter(None, _told(each))) for each in shown)
    return Entitled(
        categories=[each.section.key.category for each in shown],
        grounds=[str(each.result.ground) for each in shown],
        visible=digest("\n".join(lines)),
        consent_seq=consent_seq,
    )


def _told(shown: _Shown) -> tuple[str | None, ...]:
    key, result = shown.section.key, shown.result
    return key.category, key.controller, result.ground, result.key, shown.left


def _counted(decisions: Iterable[Decision]) -> Counter[str]:
    results = [result for decision in decisions for result in decision.results]
    permits = sum(result.permitted for result in results)
    reasons = Counter(result.reason.value for result in results)
    return reasons + Counter(permit=permits, deny=len(results) - permits)
