"""What is kept of people's consents held against what was said: ``current`` is rebuilt from the acts, and has to come to the same."""

from collections.abc import Iterator
from uuid import UUID

from consent.model import FUTURE, Will
from consent.queries import current, population, wills
from consent.queries.wills import Key
from consent.will import Said, will
from db.engine import Read


def drifted(read: Read, *, night: int, people: int) -> Iterator[UUID]:
    """Rebuild so many people's keys and yield, for each that is kept otherwise, an act on it, or its agreement when there is none.

    ``night`` numbers the looks: each takes up where the last ended, and after the last person the first come again.
    """
    for person_id in population.who_spoke(read, turn=night, people=people):
        said = wills.said(read, person_id=person_id, known_at=FUTURE)
        kept, rebuilt = current.wills(read, person_id), {key: will(each) for key, each in said.items()}
        for key in kept.keys() | rebuilt.keys():
            if kept.get(key) != rebuilt.get(key):
                yield _named(key, said.get(key), kept.get(key))


def _named(key: Key, said: Said | None, kept: Will | None) -> UUID:
    acts = [act.act_id for act in said.acts] if said else [each.act_id for each in kept.adult] if kept else []
    return next((act_id for act_id in acts if act_id is not None), key[0])
