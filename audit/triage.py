"""Which disclosures of a batch may be entered: new, decided on what still holds, with proofs unspent."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from audit import entry
from audit.admission import Admitted
from audit.disclosure import Sealed, Spend
from audit.errors import EventRejected, Replayed, Stale
from audit.queries.sequence import Known, Look
from audit.wire import Answer

_OTHER = "The id of the event was used for another event."


@dataclass(slots=True)
class Triage:
    """Answers by place among the calls; what has none yet stands in ``open``. ``reused`` are ids that two events have."""

    calls: Sequence[Admitted]
    answers: dict[int, Answer] = field(default_factory=dict)
    open: dict[int, Admitted] = field(default_factory=dict)
    repeats: dict[int, int] = field(default_factory=dict)
    reused: set[str] = field(default_factory=set)

    def answer(self, place: int, answer: Answer) -> None:
        """Settle a call; it is not entered."""
        self.answers[place] = answer
        self.open.pop(place, None)

    def refuse_other(self, place: int) -> None:
        """Refuse a call whose id another event has."""
        self.reused.add(self.calls[place].id)
        self.answer(place, EventRejected(_OTHER))

    def in_order(self) -> list[Answer]:
        """Return every answer; a call repeated within the batch gets that of the first."""
        for place, first in self.repeats.items():
            self.answers[place] = self.answers[first]
        return [self.answers[place] for place in range(len(self.calls))]


def triage(calls: Sequence[Admitted], look: Look, waiting: Mapping[str, bytes], size: int) -> Triage:
    """Settle every call that is not to be entered; ``waiting`` are the bodies that come out of the inbox beside them.

    ``size`` is that of the newest checkpoint, which holds whatever is known already.
    """
    found = Triage(calls)
    _open(found)
    _recognise(found, look.known, size)
    _refuse_recorded(found, waiting)
    _refuse_stale(found, look.holding)
    _refuse_replayed(found, set(look.spent))
    return found


def _open(found: Triage) -> None:
    """Open the calls, but not what repeats the id of an earlier one."""
    first: dict[str, int] = {}
    for place, each in enumerate(found.calls):
        earlier = first.setdefault(each.id, place)
        if earlier == place:
            found.open[place] = each
        elif found.calls[earlier].call.body == each.call.body:
            found.repeats[place] = earlier
        else:
            found.refuse_other(place)


def _recognise(found: Triage, standing: Mapping[str, Known], size: int) -> None:
    """Answer what stands in the log already as it was answered then: a caller that lost its connection asks again."""
    for place, each in list(found.open.items()) if standing else ():
        known = standing.get(each.id)
        if known is not None and entry.body_of(known.entry) == each.call.body:
            found.answer(place, Sealed(log=str(known.log), index=known.index, size=size))
        elif known is not None:
            found.refuse_other(place)


def _refuse_recorded(found: Triage, waiting: Mapping[str, bytes]) -> None:
    """Refuse what was recorded otherwise under the same id, and comes out of the inbox just now."""
    for place, each in list(found.open.items()) if waiting else ():
        if waiting.get(each.id, each.call.body) != each.call.body:
            found.refuse_other(place)


def _refuse_stale(found: Triage, holding: Collection[int]) -> None:
    guarded = [place for place, each in enumerate(found.calls) if each.call.guard is not None]
    for position, place in enumerate(guarded):
        if position not in holding and place in found.open:
            found.answer(place, Stale("What the decision rested on has changed; decide again."))


def _refuse_replayed(found: Triage, spent: set[Spend]) -> None:
    """Refuse ids used before, or by an earlier call of this batch; a call refused for one of its ids spends none."""
    for place, each in list(found.open.items()):
        mine = set(each.call.spend)
        if mine & spent or len(mine) < len(each.call.spend):
            found.answer(place, Replayed("A proof of this call was used before."))
        else:
            spent |= mine
