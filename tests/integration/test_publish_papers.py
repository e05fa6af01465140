"""Papers typed into a CSV: each row recorded or refused by line and field, and no value of it told."""

import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from audit.tables import inbox
from consent.errors import ConsentError, Fault
from consent.queries import receipts
from consent.registry import By
from consent.tables import act
from db.clock import now
from publish import changes_of_will, importing
from publish.importing import Outcome, PaperFile
from publish.people import person_of
from schemas.identifiers import Hetu
from tests.published import HETU, MIKKELI, SAVONLINNA, a_hetu

DESK = By(user="importer", role="steward", office=SAVONLINNA)
SECOND = By(user="second", role="steward", office=SAVONLINNA)
HEADER = "key;hetu;agreement_id;answer;categories;signed_on;language;valid_until"
OTHER = a_hetu("010190", "999")
ELSEWHERE, PROTECTED = a_hetu("020291", "901"), a_hetu("030392", "902")


@pytest.fixture
def world(world):
    world.person(HETU)
    world.person(OTHER)
    world.person(ELSEWHERE, municipality="491")
    world.person(PROTECTED, protected=True)
    return world


def row(world, key="p-1", **changed):
    values = {
        "key": key,
        "hetu": HETU,
        "agreement_id": str(world.agreement_id),
        "answer": "given",
        "categories": "sote.palvelutarve",
        "signed_on": "2026-02-01",
        "language": "fi",
        "valid_until": "2026-12-31",
    } | changed
    return ";".join(values.values())


def taken(database, *rows, header=HEADER):
    body = "\r\n".join([header, *rows]).encode()
    with database.transaction() as tx:
        return importing.take_papers(tx, PaperFile(body=body), by=DESK, at=now())


def acts(database):
    with database.read() as read:
        return read.execute(select(func.count()).select_from(act)).scalar_one()


def test_papers_are_recorded_row_by_row(world, web_login):
    answers = taken(web_login, row(world), row(world, "p-2", hetu=OTHER, answer="refused", valid_until=""))

    assert [(answer.number, answer.outcome) for answer in answers] == [
        (2, Outcome.RECORDED),
        (3, Outcome.RECORDED),
    ]
    with web_login.read() as read:
        person = person_of(read, Hetu.parse(HETU))
        (receipt,) = receipts.of_person(read, person)
        first = receipts.act_of(read, answers[0].about)
    assert receipt.about == answers[0].about
    assert first["signed_at"] == datetime(2026, 1, 31, 22, tzinfo=UTC)
    assert (first["channel"], first["needs_second"]) == ("import", True)


BROKEN = [
    ({"hetu": "120384-9129"}, "hetu", Fault.INVALID_FIELD),
    ({"hetu": a_hetu("010180", "902")}, "hetu", Fault.NOT_FOUND),
    ({"hetu": ""}, "hetu", Fault.INVALID_FIELD),
    ({"key": ""}, "key", Fault.INVALID_FIELD),
    ({"agreement_id": "K"}, "agreement_id", Fault.INVALID_FIELD),
    ({"agreement_id": "00000000-0000-0000-0000-000000000009"}, "agreement_id", Fault.NOT_FOUND),
    ({"hetu": ELSEWHERE}, "hetu", Fault.NOT_FOUND),
    ({"hetu": PROTECTED}, "hetu", Fault.NOT_FOUND),
    ({"answer": "yes"}, "answer", Fault.INVALID_FIELD),
    ({"categories": ""}, "categories", Fault.INVALID_FIELD),
    ({"categories": "kela.vireillaolo"}, "categories", Fault.OUTSIDE_AGREEMENT),
    ({"categories": "sote.*"}, "categories", Fault.OUTSIDE_AGREEMENT),
    ({"categories": "sote.palvelutarve sote.palvelutarve"}, "categories", Fault.INVALID_FIELD),
    ({"signed_on": "1.2.2026"}, "signed_on", Fault.INVALID_FIELD),
    ({"signed_on": "2024-02-01"}, "language", Fault.NOTICE_MISMATCH),
    ({"signed_on": "2099-02-01"}, "signed_on", Fault.BAD_PERIOD),
    ({"language": "de"}, "language", Fault.NOTICE_MISMATCH),
    ({"valid_until": "2026-01-01"}, "valid_until", Fault.BAD_PERIOD),
    ({"valid_until": "2036-01-01"}, "valid_until", Fault.BAD_PERIOD),
    ({"valid_until": "soon"}, "valid_until", Fault.INVALID_FIELD),
    ({"valid_until": "9999-12-31"}, "valid_until", Fault.INVALID_FIELD),
    ({"signed_on": "0001-01-01"}, "signed_on", Fault.INVALID_FIELD),
    ({"signed_on": "2026-W05-1"}, "signed_on", Fault.INVALID_FIELD),
    ({"key": "p\0"}, "key", Fault.INVALID_FIELD),
]


def test_a_file_with_half_its_rows_broken_records_the_other_half(world, web_login):
    rows = [
        line
        for number, (changed, _, _) in enumerate(BROKEN)
        for line in (row(world, f"good-{number}", answer="refused"), row(world, **({"key": f"bad-{number}"} | changed)))
    ]

    answers = taken(web_login, *rows)

    assert {answer.outcome for answer in answers[::2]} == {Outcome.RECORDED}
    assert acts(web_login) == len(BROKEN)


@pytest.mark.parametrize(("changed", "field", "fault"), BROKEN)
def test_a_broken_row_is_refused_by_line_field_and_reason_and_never_by_value(world, web_login, changed, field, fault):
    (answer,) = taken(web_login, row(world, **changed))

    assert (answer.number, answer.outcome, answer.field, answer.fault) == (2, Outcome.REFUSED, field, fault)
    assert not any(value and value in repr(answer) for value in changed.values())
    assert acts(web_login) == 0


def test_a_row_of_too_many_fields_is_refused(world, web_login):
    (answer,) = taken(web_login, row(world) + ";more")

    assert answer.outcome is Outcome.REFUSED


@pytest.mark.parametrize("body", [b"", b"name;hetu\n", b"\xff\xfe", b"x" * 5_000_001])
def test_what_is_no_such_file_is_refused_whole(world, web_login, body):
    with pytest.raises(ConsentError) as refused, web_login.transaction() as tx:
        importing.take_papers(tx, PaperFile(body=body), by=DESK, at=now())

    assert refused.value.field in ("file", "header")


def test_the_same_file_again_changes_nothing_and_answers_alike(world, web_login):
    first = taken(web_login, row(world))

    assert taken(web_login, row(world)) == first
    assert acts(web_login) == 1


def test_commas_part_fields_too(world, web_login):
    (answer,) = taken(web_login, row(world).replace(";", ","), header=HEADER.replace(";", ","))

    assert answer.outcome is Outcome.RECORDED


def test_of_more_than_a_hundred_rows_each_yes_awaits_a_second_steward(world, web_login):
    rows = [row(world, f"p-{n}", answer="refused" if n else "given") for n in range(101)]

    answers = taken(web_login, *rows)

    with web_login.transaction() as tx:
        changes_of_will.confirm(tx, act_id=answers[0].about, accepted=True, by=SECOND, at=now())
        assert receipts.act_of(tx, answers[0].about)["accepted"] is True
        assert receipts.act_of(tx, answers[1].about)["needs_second"] is False


def test_a_file_is_never_printed(world):
    assert HETU not in repr(PaperFile(body=row(world).encode()))


def test_each_look_up_is_told_to_the_log_with_the_person_or_without(world, web_login, owner):
    nobody = a_hetu("010180", "902")

    taken(web_login, row(world), row(world, "p-2", hetu=ELSEWHERE), row(world, "p-3", hetu=nobody))

    with owner.read() as read:
        told = [json.loads(each.body) for each in read.execute(select(inbox).order_by(inbox.c.ticket))]
    searched = [each for each in told if each["type"] == "person.searched"]
    assert [("person" in each, each["actor"]["org"]) for each in searched] == [
        (True, SAVONLINNA),
        (True, SAVONLINNA),
        (False, SAVONLINNA),
    ]
    assert told.index(searched[0]) < [each["type"] for each in told].index("consent.given")
    assert not any(hetu in json.dumps(told) for hetu in (HETU, ELSEWHERE, nobody))


def test_a_steward_of_an_office_that_does_not_deal_with_them_records_nothing(world, web_login):
    body = "\r\n".join([HEADER, row(world), row(world, "p-2", answer="withdrawn", valid_until="")]).encode()
    elsewhere = By(user="importer", role="steward", office=MIKKELI)

    with web_login.transaction() as tx:
        answers = importing.take_papers(tx, PaperFile(body=body), by=elsewhere, at=now())

    assert {(each.field, each.fault) for each in answers} == {("hetu", Fault.NOT_FOUND)}
    assert acts(web_login) == 0


def test_nothing_is_recorded_under_the_agreement_of_an_office_that_does_not_deal_with_them(world, web_login):
    world.moves(person_by(web_login), "491")
    body = "\r\n".join([HEADER, row(world), row(world, "p-2", answer="withdrawn", valid_until="")]).encode()

    with web_login.transaction() as tx:
        answers = importing.take_papers(
            tx, PaperFile(body=body), by=By(user="importer", role="steward", office=MIKKELI), at=now()
        )

    assert {(each.field, each.fault) for each in answers} == {("agreement_id", Fault.NOT_FOUND)}


def person_by(database):
    with database.read() as read:
        return person_of(read, Hetu.parse(HETU))


def test_more_rows_than_are_taken_at_once_are_refused_whole(world, web_login):
    body = "\r\n".join([HEADER, row(world), row(world, "p-2")]).encode()

    with pytest.raises(ConsentError), web_login.transaction() as tx:
        importing.take_papers(tx, PaperFile(body=body, most_rows=1), by=DESK, at=now())

    assert acts(web_login) == 0
