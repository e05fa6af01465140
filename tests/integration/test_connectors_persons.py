"""From HETU to person, against PostgreSQL: one person has one id, and two are never made one by mistake."""

from datetime import UTC, date, datetime

from connectors.persons import Link, hetus
from tests import linking

AT = datetime(2026, 6, 4, 2, tzinfo=UTC)
AINO = "120384-9128"
PAIR = ("100190-999P", "100190Y999P")
OLD, NEW = "010181-9533", "020190-9521"


def linked(database, *texts, links=(), told_by="te"):
    with database.transaction() as tx:
        return linking.linked(tx, *texts, links=links, told_by=told_by, at=AT)


def person_of(outcome, hetu):
    return dict(outcome.people.iter_rows())[hetu]


def replaced(current=NEW, former=OLD, until=date(2026, 1, 31), told_by="t1"):
    return Link(current=current, former=former, until_on=until, told_by=told_by)


def test_a_hetu_leads_to_the_same_person_from_every_source(connector):
    first = linked(connector, AINO, told_by="te")

    second = linked(connector, AINO, told_by="kela")

    assert person_of(first, AINO) == person_of(second, AINO)


def test_two_codes_that_differ_in_the_sign_alone_are_two_people(connector):
    outcome = linked(connector, *PAIR)

    assert person_of(outcome, PAIR[0]) != person_of(outcome, PAIR[1])


def test_a_replaced_hetu_leads_to_the_person_it_led_to_before(connector):
    before = linked(connector, OLD, told_by="kela")

    after = linked(connector, NEW, links=[replaced()])

    assert person_of(after, NEW) == person_of(before, OLD)
    assert [str(each) for each in after.changed] == [person_of(before, OLD)]
    assert after.conflicts == frozenset()


def test_a_replaced_hetu_told_again_changes_nothing(connector):
    linked(connector, NEW, links=[replaced()])

    again = linked(connector, NEW, links=[replaced()])

    assert again.changed == ()


def test_two_people_known_already_are_not_joined_by_a_link(connector):
    one = linked(connector, OLD)
    other = linked(connector, NEW)

    outcome = linked(connector, NEW, links=[replaced()])

    assert outcome.conflicts == {"t1"}
    assert person_of(outcome, NEW) == person_of(other, NEW)
    assert person_of(outcome, OLD) == person_of(one, OLD)


def test_two_jobseekers_who_claim_one_former_hetu_are_not_joined(connector):
    links = [replaced(current=NEW, told_by="t1"), replaced(current=AINO, told_by="t2")]

    outcome = linked(connector, NEW, AINO, links=links)

    assert outcome.conflicts == {"t1", "t2"}
    assert person_of(outcome, NEW) is None
    assert person_of(outcome, AINO) is None


def test_the_hetu_in_use_is_the_one_that_was_not_replaced(connector):
    outcome = linked(connector, NEW, links=[replaced()])

    with connector.read() as read:
        revealed = {str(person): hetu.reveal() for person, hetu in hetus(read, [person_of(outcome, NEW)])}

    assert revealed == {person_of(outcome, NEW): NEW}


def test_a_hetu_rests_encrypted_and_hashed_only(connector):
    linked(connector, AINO)

    with connector.read() as read:
        row = read.connection.exec_driver_sql("SELECT * FROM staging.identity").one()

    assert AINO.encode() not in b"".join(value for value in row if isinstance(value, bytes))
    assert AINO not in str(row)


def test_people_who_became_known_together_have_ids_that_tell_nothing_of_it(connector):
    outcome = linked(connector, AINO, OLD, NEW, *PAIR)

    first_bytes = {person[:2] for _, person in outcome.people.iter_rows()}

    assert len(first_bytes) > 1
    assert {person[14] for _, person in outcome.people.iter_rows()} == {"4"}
