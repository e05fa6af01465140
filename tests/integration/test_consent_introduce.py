"""People whom nobody knew a moment ago are introduced in one go, and leave the rows that telling them bit by bit would (AMENDMENTS 6)."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from uuid import UUID

import pytest
from sqlalchemy import func, select

from consent import terms
from consent.tables import person as people_table
from consent.tables import person_fact, task
from db.errors import ConstraintBroken
from db.ids import uuid7
from schemas.vocabulary import PartyKind
from tests.spec import live, world

AT = world.moment("1.2.")
HANDED_OVER = world.moment("1.3.")
A_CALL, CALLS = 20, 15
GRANULE = timedelta(microseconds=1)
KINDS = ("birth_date", "language", "coach", "guardian", "deceased", "protected:te", "protected:kela", "protected:sote")
MUNICIPALITIES, AREAS = (live.MUNICIPALITY_OF_R, "999"), (live.AREA_OF_R, live.AREA_OF_Q, "41", "77")
"""Of the last municipality and the last area nobody takes care; area 41 changes hands."""
PLACES = {"residence": MUNICIPALITIES, "financing": MUNICIPALITIES, "area": AREAS, "tym": AREAS, "coach": AREAS}


@dataclass
class Told:
    """What a source tells of one person: facts (kind, value, from), each kind once; tasks (ground, place, from, until)."""

    facts: list[tuple]
    tasks: list[tuple]


@pytest.fixture
def served(examples, owner):
    """The parties of the worked examples, and an area that one hands over to another."""
    with owner.transaction() as tx:
        for recipient, start, end in (("1111111-9", None, HANDED_OVER), ("2222222-9", HANDED_OVER, None)):
            kind = PartyKind.EMPLOYMENT_AUTHORITY
            party = terms.Party(recipient=recipient, kind=kind, area="41", valid_from=start, valid_until=end)
            terms.enrol(tx, party, by=live.ADMIN, at=AT - timedelta(days=1))
    return owner


def drawn(random: Random, kinds=KINDS, places=PLACES) -> Told:
    """Something of a person: at least one fact, or a task on one ground."""
    kinds = random.sample(kinds, random.randrange(len(kinds) + 1))
    grounds = random.sample(list(places), random.randrange(0 if kinds else 1, len(places) + 1))
    return Told(
        facts=[(kind, a_value(random, kind), a_moment(random)) for kind in kinds],
        tasks=[a_task(random, ground) for ground in grounds for _ in range(random.choice((1, 1, 2)))],
    )


def a_value(random: Random, kind: str) -> str | None:
    if kind == "birth_date":
        return date(random.randrange(1950, 2012), random.randrange(1, 13), random.randrange(1, 29)).isoformat()
    if kind in ("language", "coach"):
        return random.choice(("fi", "sv", "another", None))
    return random.choice(("true", "false"))


def a_task(random: Random, ground: str) -> tuple:
    """A place for a while, now and then none."""
    start, end = a_moment(random), a_moment(random)
    if start and end and end < start:
        start, end = end, start
    return (ground, random.choice((*PLACES[ground], None)), start, end)


def a_moment(random: Random):
    return random.choice((None, AT + timedelta(days=random.randrange(-90, 90))))


def columns(rows, width):
    """Turn rows into lists, a list a column."""
    return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(width)]


def introduce(database, told: dict[UUID, Told], *, at=AT, by=func.consent.introduce):
    facts = columns([(of, *fact) for of, each in told.items() for fact in each.facts], 4)
    tasks = columns([(of, *each) for of, one in told.items() for each in one.tasks], 5)
    with database.transaction() as tx:
        return tx.execute(select(by(list(told), *facts, *tasks, at))).scalar_one()


def tell(database, told: dict[UUID, Told], *, at=AT):
    """Tell facts, then tasks, as of people who may be known."""
    people, kinds, values, starts = columns([(of, *fact) for of, each in told.items() for fact in each.facts], 4)
    tasks = columns([(of, *each) for of, one in told.items() for each in one.tasks], 5)
    with database.transaction() as tx:
        tx.execute(select(func.consent.learn(people, kinds, values, starts, [None] * len(people), at)))
        tx.execute(select(func.consent.learn_tasks(*tasks, at)))


def left_by(owner, person_id):
    """The rows of one person, without id and moments of recording; and those moments, with the number of the last change."""
    with owner.read() as read:
        found = {
            table.name: read.execute(select(table).where(table.c.person_id == person_id)).mappings().all()
            for table in (people_table, person_fact, task)
        }
    apart = ("person_id", "consent_seq", "changed_at", "recorded_at")
    rows = {
        name: Counter(tuple(value for column, value in row.items() if column not in apart) for row in rows)
        for name, rows in found.items()
    }
    recorded = {row["recorded_at"] for name in ("person_fact", "task") for row in found[name]}
    return rows, recorded, [(row["consent_seq"], row["changed_at"]) for row in found["person"]]


@pytest.mark.parametrize("seed", range(CALLS))
def test_people_introduced_leave_the_rows_that_telling_them_bit_by_bit_leaves(served, connector, seed):
    random = Random(seed)
    told = [drawn(random) for _ in range(A_CALL)]
    at_once, bit_by_bit = ([uuid7(AT) for _ in told] for _ in range(2))

    introduced = introduce(connector, dict(zip(at_once, told, strict=True)))
    tell(connector, dict(zip(bit_by_bit, told, strict=True)))

    assert introduced == A_CALL
    for one, other, each in zip(at_once, bit_by_bit, told, strict=True):
        rows, recorded, numbered = left_by(served, one)
        expected, recorded_in_two, numbered_in_two = left_by(served, other)
        news = bool(each.facts) + any(place for _, place, _, _ in each.tasks)
        assert rows == expected
        assert (recorded, numbered) == ({AT} if news else set(), [(1, AT)])
        assert recorded_in_two <= {AT, AT + GRANULE}
        assert numbered_in_two == [(news, AT + GRANULE * (news - 1) if news else None)]


def test_who_is_told_of_for_the_first_time_is_left_alike_alone_and_beside_one_who_is_known(served, connector):
    random = Random("beside")
    told = [drawn(random) for _ in range(A_CALL)]
    alone, beside = ([uuid7(AT) for _ in told] for _ in range(2))
    known = {uuid7(AT): Told([("language", "fi", None)], [("area", live.AREA_OF_R, None, None)])}
    tell(connector, known)

    tell(connector, dict(zip(alone, told, strict=True)))
    tell(connector, dict(zip(beside, told, strict=True)) | known)

    for one, other in zip(alone, beside, strict=True):
        rows, recorded, numbered = left_by(served, one)
        assert (rows, recorded, numbered) == left_by(served, other)


@pytest.mark.parametrize("seed", range(5))
def test_what_one_source_tells_first_of_people_whom_another_made_known_leaves_the_rows_that_telling_it_bit_by_bit_leaves(
    served, connector, seed
):
    random = Random(seed)
    before = Told([("protected:kela", random.choice(("true", "false")), None)], [("financing", "999", None, None)])
    kinds = [kind for kind in KINDS if kind != "protected:kela"]
    news = [drawn(random, kinds, [ground for ground in PLACES if ground != "financing"]) for _ in range(A_CALL)]
    at_once, bit_by_bit = ([uuid7(AT) for _ in news] for _ in range(2))
    tell(connector, dict.fromkeys((*at_once[::2], *bit_by_bit[::2]), before))

    told = introduce(connector, dict(zip(at_once, news, strict=True)), at=HANDED_OVER, by=func.consent.first_told)
    tell(connector, dict(zip(bit_by_bit, news, strict=True)), at=HANDED_OVER)

    assert told == A_CALL
    for one, other in zip(at_once, bit_by_bit, strict=True):
        assert left_by(served, one)[0] == left_by(served, other)[0]


def test_what_was_told_of_one_of_them_before_is_not_told_first_and_nothing_is_written(served, connector):
    known, stranger = uuid7(AT), uuid7(AT)
    tell(connector, {known: Told([("language", "fi", None)], [])})
    before = left_by(served, known)
    news = Told([("language", "sv", None)], [("area", live.AREA_OF_Q, None, None)])

    told = introduce(connector, {known: news, stranger: news}, at=HANDED_OVER, by=func.consent.first_told)

    assert told is None
    assert left_by(served, known) == before
    assert left_by(served, stranger)[2] == []


def test_a_person_of_whom_nothing_is_told_is_known_all_the_same(served, connector):
    stranger = uuid7(AT)

    introduce(connector, {stranger: Told([], [])})

    rows, recorded, numbered = left_by(served, stranger)
    assert (rows["person"].total(), rows["person_fact"], rows["task"]) == (1, Counter(), Counter())
    assert (recorded, numbered) == (set(), [(1, AT)])


def test_introducing_a_person_who_is_known_is_refused_and_nothing_is_lost(served, connector):
    known, fresh = uuid7(AT), uuid7(AT)
    tell(connector, {known: Told([("protected:te", "true", None)], [("area", live.AREA_OF_R, None, None)])})
    before = left_by(served, known)
    news = Told([("protected:te", "false", None)], [("area", live.AREA_OF_Q, None, None)])

    with pytest.raises(ConstraintBroken):
        introduce(connector, {fresh: news, known: news}, at=AT + timedelta(days=1))

    assert left_by(served, known) == before
    assert left_by(served, fresh)[2] == []


def test_after_a_refusal_the_same_news_can_be_told_bit_by_bit(served, connector):
    known = uuid7(AT)
    tell(connector, {known: Told([("language", "fi", None)], [("area", live.AREA_OF_R, None, None)])})
    news = Told([("language", "sv", None)], [("area", live.AREA_OF_Q, None, None)])
    with pytest.raises(ConstraintBroken):
        introduce(connector, {known: news})

    tell(connector, {known: news}, at=AT + timedelta(days=1))

    rows, _, numbered = left_by(served, known)
    assert (rows["person_fact"].total(), rows["task"].total(), numbered[0][0]) == (2, 2, 4)


def test_of_two_who_introduce_one_person_at_once_one_is_refused(served, connector):
    stranger = uuid7(AT)
    told = [Told([("language", language, None)], []) for language in ("fi", "sv")]

    with ThreadPoolExecutor(2) as both:
        calls = [both.submit(introduce, connector, {stranger: each}) for each in told]

    assert [type(call.exception()) for call in calls if call.exception()] == [ConstraintBroken]
    assert left_by(served, stranger)[0]["person_fact"].total() == 1
