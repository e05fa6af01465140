"""How an answer is joined of the sections' texts, and how ids are spelled."""

import json
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publish import answer
from publish.answer import Shown, Why
from publish.references import Prefix, read, spell
from schemas.vocabulary import Category, Ground

REF, DECISION = UUID("019e8269-4e80-7000-8000-000000000004"), UUID("019e8269-4e80-7000-8000-000000000003")
AT = datetime(2026, 6, 4, 6, 12, 9, 250_000, tzinfo=UTC)
STATUTE = Why(kind=Ground.STATUTE, key="STATUTE_TYM", law="381/2023")


def a_section(**fields):
    values = {"category": Category.TE_SUUNNITELMA, "controller": "2296962-1", "text": '[{"plan_type":"05"}]'}
    return Shown(**values | {"as_of": datetime(2026, 6, 4, 2, tzinfo=UTC), "fresh": True, "why": STATUTE} | fields)


def body(*sections):
    text, _ = answer.visible(REF, "TYM-381-2023", sections)
    return answer.view(REF, "TYM-381-2023", text, decision_id=DECISION, at=AT)


def etag(*sections, ref=REF, purpose="TYM-381-2023"):
    return answer.visible(ref, purpose, sections)[1]


def test_a_view_is_the_sections_texts_with_source_time_and_ground():
    assert json.loads(body(a_section())) == {
        "person_ref": spell(Prefix.PERSON, REF),
        "purpose": "TYM-381-2023",
        "decision_id": spell(Prefix.DECISION, DECISION),
        "decided_at": "2026-06-04T06:12:09Z",
        "sections": [
            {
                "category": "te.suunnitelma",
                "source": "te",
                "as_of": "2026-06-04T02:00:00Z",
                "fresh": True,
                "ground": {"kind": "statute", "key": "STATUTE_TYM", "law": "381/2023"},
                "items": [{"plan_type": "05"}],
            }
        ],
    }


def test_a_consent_is_named_by_a_reference_and_its_last_day_in_helsinki():
    ends = datetime(2027, 1, 14, 22, tzinfo=UTC)
    why = Why(kind=Ground.CONSENT, key="CONSENT_SECRECY", ref=DECISION, until=ends)

    [section] = json.loads(body(a_section(why=why)))["sections"]

    assert section["ground"] == {
        "kind": "consent",
        "key": "CONSENT_SECRECY",
        "ref": spell(Prefix.CONSENT, DECISION),
        "until": "2027-01-14",
    }


def test_a_law_whose_reading_no_authority_has_confirmed_says_so():
    why = Why(kind=Ground.STATUTE, key="STATUTE_TYM", law="381/2023", unverified=True)

    [section] = json.loads(body(a_section(why=why)))["sections"]

    assert section["ground"]["unverified"] is True


def test_the_etag_follows_what_is_seen_and_not_when_it_was_decided():
    one = etag(a_section())

    assert one == etag(a_section())
    assert (
        len(
            {
                one,
                etag(a_section(text='[{"plan_type":"01"}]')),
                etag(a_section(fresh=False)),
                etag(a_section(), purpose="TYO-380-2023"),
            }
        )
        == 4
    )
    assert one != etag(a_section(), ref=DECISION)


def test_a_reference_is_26_characters_without_those_that_look_alike():
    text = spell(Prefix.PERSON, UUID(int=2**128 - 1))

    assert text == "pr_7zzzzzzzzzzzzzzzzzzzzzzzzz"
    assert not set("ilou") & set(spell(Prefix.PERSON, REF)[3:])


@given(st.uuids())
def test_a_reference_reads_back_as_what_it_names(id_):
    assert read(Prefix.PERSON, spell(Prefix.PERSON, id_)) == id_


@pytest.mark.parametrize(
    "text",
    [
        "",
        "pr_",
        "3b42b52dhec6khkffnb840ysf0",
        "d_3b42b52dhec6khkffnb840ysf0",
        "pr_3b42b52dhec6khkffnb840ysf",
        "pr_3b42b52dhec6khkffnb840ysf00",
        "pr_3B42B52DHEC6KHKFFNB840YSF0",
        "pr_8b42b52dhec6khkffnb840ysf0",
        "pr_3i42b52dhec6khkffnb840ysf0",
        "pr_3b42b52dhec6khkffnb840ysf\n",
    ],
)
def test_anything_else_is_no_reference(text):
    assert read(Prefix.PERSON, text) is None
