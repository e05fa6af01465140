"""What connectors tell of people reaches the facts that decisions read, in the transaction of the merge (AMENDMENTS 2, 3, 6)."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from consent import queries, terms
from consent.bulk import snapshot
from consent.decision import decide
from consent.queries import people
from consent.tables import person as people_table
from consent.tables import person_fact, task
from db.errors import StatementRefused
from db.ids import uuid7
from schemas.vocabulary import PartyKind, TaskGround
from tests.spec import live, replay, story, world

NOON = world.moment("1.2.")
LATER = NOON + timedelta(days=1)


@pytest.fixture
def stranger(examples, owner):
    """Somebody nobody has told of, in the world of the worked examples."""
    return uuid7(NOON)


def learn(database, person_id, *facts, at=NOON):
    """Tell facts (kind, value, from, until); how many were news."""
    kinds, values, starts, ends = zip(*((*fact, *(None,) * (4 - len(fact))) for fact in facts), strict=True)
    ids = [person_id] * len(facts)
    with database.transaction() as tx:
        return tx.execute(
            select(func.consent.learn(ids, list(kinds), list(values), list(starts), list(ends), at))
        ).scalar_one()


def learn_tasks(database, person_id, *tasks, at=NOON):
    """Tell tasks (ground, place, from, until); how many sets were news."""
    grounds, places, starts, ends = zip(*((*each, *(None,) * (4 - len(each))) for each in tasks), strict=True)
    ids = [person_id] * len(tasks)
    told = select(func.consent.learn_tasks(ids, list(grounds), list(places), list(starts), list(ends), at))
    with database.transaction() as tx:
        return tx.execute(told).scalar_one()


def facts(database, person_id, *, recipient=world.R, known_at=None):
    with database.read(snapshot=True) as read:
        return queries.facts(read, person_id=person_id, recipient=recipient, known_at=known_at)


def decided(database, person_id, *, at=LATER, known_at=None, user=None):
    request = replay.request(story.Ask(("P",), user=user), person_id)
    return decide(request, facts(database, person_id, known_at=known_at), at).results[0].reason


def row(owner, person_id):
    with owner.read() as read:
        return read.execute(select(people_table).where(people_table.c.person_id == person_id)).mappings().one()


def test_a_person_is_known_from_the_first_fact_on(connector, publisher, stranger):
    before = facts(publisher, stranger).person

    learn(connector, stranger, ("birth_date", "1984-03-12"))

    assert before is None
    assert facts(publisher, stranger).person.of_age_at == people.of_age_at(date(1984, 3, 12))


def test_a_fact_told_again_is_no_news(connector, owner, stranger):
    learn(connector, stranger, ("birth_date", "1984-03-12"))
    before = row(owner, stranger)["consent_seq"]

    told_again = learn(connector, stranger, ("birth_date", "1984-03-12"))

    assert told_again == 0
    assert row(owner, stranger)["consent_seq"] == before


def test_of_two_words_on_one_fact_the_last_is_held(connector, owner, stranger):
    learn(connector, stranger, ("language", "fi"), ("language", "sv"))

    assert row(owner, stranger)["language"] == "sv"


def test_a_protection_shows_nothing_at_the_very_next_read(connector, publisher, stranger):
    learn_tasks(connector, stranger, ("area", live.AREA_OF_R))
    open_before = decided(publisher, stranger)

    learn(connector, stranger, ("protected:kela", "true"))

    assert (open_before, decided(publisher, stranger)) == ("statute", "protected")


def test_any_sources_word_on_protection_counts_until_that_source_takes_it_back(connector, publisher, stranger):
    learn_tasks(connector, stranger, ("area", live.AREA_OF_R))
    learn(connector, stranger, ("protected:te", "true"), ("protected:kela", "true"))

    learn(connector, stranger, ("protected:te", "false"))
    still = decided(publisher, stranger)
    learn(connector, stranger, ("protected:kela", "false"))

    assert (still, decided(publisher, stranger)) == ("protected", "statute")


def test_a_death_shows_nothing_at_the_very_next_read(connector, publisher, stranger):
    learn_tasks(connector, stranger, ("area", live.AREA_OF_R))

    learn(connector, stranger, ("deceased", "true", NOON))

    assert decided(publisher, stranger) == "person_deceased"


def test_a_death_of_unknown_day_counts_for_every_moment(connector, publisher, stranger):
    learn_tasks(connector, stranger, ("area", live.AREA_OF_R))

    learn(connector, stranger, ("deceased", "true"))

    assert decided(publisher, stranger, at=world.moment("1.1.2000")) == "person_deceased"


def test_a_task_that_ended_shows_nothing(connector, publisher, stranger):
    learn_tasks(connector, stranger, ("area", live.AREA_OF_R))

    learn_tasks(connector, stranger, ("area", live.AREA_OF_R, None, NOON), at=LATER)

    assert decided(publisher, stranger) == "no_task"


def test_the_set_of_tasks_on_a_ground_replaces_the_one_before(connector, publisher, stranger):
    learn_tasks(connector, stranger, ("area", live.AREA_OF_R), ("residence", live.MUNICIPALITY_OF_R))

    learn_tasks(connector, stranger, ("area", live.AREA_OF_Q), at=LATER)

    assert [each.ground for each in facts(publisher, stranger).tasks] == ["residence"]
    assert [each.ground for each in facts(publisher, stranger, recipient=world.Q).tasks] == ["area"]


def test_a_ground_without_a_place_is_no_task(connector, publisher, stranger):
    learn_tasks(connector, stranger, ("tym", live.AREA_OF_R))

    told = learn_tasks(connector, stranger, ("tym", None), at=LATER)

    assert told == 1
    assert facts(publisher, stranger).tasks == ()
    assert learn_tasks(connector, stranger, ("tym", None), at=LATER) == 0


def test_a_task_told_again_is_no_news(connector, owner, stranger):
    learn_tasks(connector, stranger, ("area", live.AREA_OF_R), ("area", live.AREA_OF_Q))
    before = row(owner, stranger)["consent_seq"]

    told_again = learn_tasks(connector, stranger, ("area", live.AREA_OF_Q), ("area", live.AREA_OF_R))

    assert told_again == 0
    assert row(owner, stranger)["consent_seq"] == before


def test_what_was_held_then_is_still_known(connector, publisher, stranger):
    learn_tasks(connector, stranger, ("area", live.AREA_OF_R))
    learn(connector, stranger, ("birth_date", "1984-03-12"))

    learn(connector, stranger, ("protected:te", "true"), at=LATER)
    learn_tasks(connector, stranger, ("area", None), at=LATER)

    assert decided(publisher, stranger, known_at=NOON + timedelta(hours=1)) == "statute"
    assert decided(publisher, stranger) == "no_task"


def test_a_place_that_nobody_serves_yet_waits_for_who_will(connector, web_login, publisher, stranger):
    learn_tasks(connector, stranger, ("area", "41"))
    before = facts(publisher, stranger, recipient="0204819-8").tasks

    with web_login.transaction() as tx:
        party = terms.Party(recipient="0204819-8", kind=PartyKind.EMPLOYMENT_AUTHORITY, area="41")
        terms.enrol(tx, party, by=live.ADMIN, at=LATER)

    assert before == ()
    assert [each.ground for each in facts(publisher, stranger, recipient="0204819-8").tasks] == [TaskGround.AREA]


def test_a_place_that_changes_hands_is_served_by_each_in_its_time(connector, web_login, publisher, stranger):
    with web_login.transaction() as tx:
        for recipient, start, end in (("1111111-9", None, LATER), ("2222222-9", LATER, None)):
            party = terms.Party(
                recipient=recipient,
                kind=PartyKind.EMPLOYMENT_AUTHORITY,
                area="41",
                valid_from=start,
                valid_until=end,
            )
            terms.enrol(tx, party, by=live.ADMIN, at=NOON)

    learn_tasks(connector, stranger, ("area", "41"))

    assert facts(publisher, stranger, recipient="1111111-9").tasks[0].during.end == LATER
    assert facts(publisher, stranger, recipient="2222222-9").tasks[0].during.start == LATER


def test_a_fact_of_no_known_kind_is_refused(connector, stranger):
    with pytest.raises(StatementRefused):
        learn(connector, stranger, ("shoe_size", "42"))


def test_what_is_held_is_never_overwritten(owner, stranger):
    learn(owner, stranger, ("language", "fi"))
    learn(owner, stranger, ("language", "sv"), at=LATER)

    with owner.read() as read:
        told = read.execute(select(person_fact.c.value).order_by(person_fact.c.recorded_at)).scalars().all()
    assert told == ["fi", "sv"]
    with pytest.raises(StatementRefused), owner.transaction() as tx:
        tx.execute(person_fact.update().values(value="en"))
    with pytest.raises(StatementRefused), owner.transaction() as tx:
        tx.execute(task.update().values(place="41"))


def test_two_people_who_are_one_keep_all_that_was_said(connector, owner, publisher, stranger):
    learn(connector, stranger, ("birth_date", "1984-03-12"))
    learn_tasks(connector, stranger, ("area", live.AREA_OF_R))
    with owner.transaction() as tx:
        said = live.live(tx, (story.Grant(), story.Deny(source="te", recipient="R")))

    with connector.transaction() as tx:
        tx.execute(select(func.consent.merge_person(said, stranger, world.moment("1.6."))))

    into, alone = facts(publisher, stranger), facts(publisher, said)
    assert len(into.denials) == 1
    assert [will.adult[1].step.reason for will in into.wills.values()] == ["consent"]
    assert alone.tasks == ()


def test_a_merged_person_is_in_the_bulk_gates_snapshot_with_all_that_was_said(connector, owner, publisher, stranger):
    learn(connector, stranger, ("birth_date", "1984-03-12"))
    with owner.transaction() as tx:
        said = live.live(tx, (story.Grant(), story.Deny(source="te", recipient="R")))
    with connector.transaction() as tx:
        tx.execute(select(func.consent.merge_person(said, stranger)))

    with publisher.read(snapshot=True) as read:
        loaded = snapshot(read, people=[stranger])

    assert (len(loaded.people), len(loaded.denials)) == (1, 1)
    assert loaded.stretches["category"].unique().to_list() == ["kela.vireillaolo"]


def test_a_protection_of_one_protects_who_they_turn_out_to_be(connector, publisher, stranger):
    other = uuid7(NOON)
    learn_tasks(connector, stranger, ("area", live.AREA_OF_R))
    learn(connector, other, ("protected:sote", "true"))

    with connector.transaction() as tx:
        tx.execute(select(func.consent.merge_person(other, stranger)))

    assert decided(publisher, stranger) == "protected"


def test_what_merged_people_said_is_kept_anew_at_the_next_act(connector, owner, web_login, stranger):
    learn(connector, stranger, ("birth_date", "1984-03-12"))
    with owner.transaction() as tx:
        said = live.live(tx, (story.Grant(),))
    with connector.transaction() as tx:
        tx.execute(select(func.consent.merge_person(said, stranger, NOON)))
    stale_before = row(owner, stranger)["stale"]

    with web_login.transaction() as tx:
        live.registry.withdraw(
            tx,
            person_id=stranger,
            agreement_id=world.K_AGREEMENT,
            categories=["kela.vireillaolo"],
            expressed=live.Expressed(channel=live.Channel.ONLINE),
            by=live.HERSELF,
            at=LATER,
        )

    assert (stale_before, row(owner, stranger)["stale"]) == (True, False)
    assert [step.step.name for step in facts(web_login, stranger).wills[world.K_AGREEMENT, "kela.vireillaolo"].adult][
        -1
    ] == "WITHDRAWN"
