"""Rows are broken in exactly the way that was asked for, as many as were asked for, and the same ones each time."""

import json
import re

import pytest

from simulators.broken import Broken, break_rows
from simulators.wire import Page

HEAD = {"id": "6f1c0d52-5c0e-4a55-9d0a-0f6f3b1e7a01", "versio": 7, "muokattuAika": "2026-06-03T08:15:22Z"}
CLIENT = {"tyonhakijaId": "1115daaa-63b7-4607-a0de-ce1e155ec805"}
JOBSEEKER = HEAD | {
    "henkilotunnus": "120384-9128",
    "sukunimi": "Esimerkki",
    "tyonhakuAlkanutPvm": "2025-02-20",
    "tyonhakuPaattynytPvm": "2026-05-01",
}
STRETCH = HEAD | CLIENT | {"tyollkoodi": "02", "alkuPvm": "2026-02-02", "loppuPvm": "2026-03-01", "psyy": "12"}
SERVICE = HEAD | CLIENT | {"palvelukoodi": "05", "tuotantotapa": "OMA", "alkuPvm": "2026-02-02", "loppuPvm": None}
CUSTOMER = (
    "<asiakas><henkilotunnus>120384-9128</henkilotunnus><turvakielto>false</turvakielto>"
    "<etuusratkaisu><ratkaisuId>R-1001</ratkaisuId><versio>2</versio><etuus>TYOMARKKINATUKI</etuus><ratkaisu>MYONTO</ratkaisu>"
    "<alkuPvm>2025-03-03</alkuPvm><loppuPvm>2026-04-30</loppuPvm></etuusratkaisu>"
    "<maksu><maksuId>M-77</maksuId><versio>1</versio><ratkaisuId>R-1001</ratkaisuId><etuus>TYOMARKKINATUKI</etuus>"
    "<rahoittavaKunta>046</rahoittavaKunta></maksu></asiakas>"
)
SUBJECT = {"identifier": {"system": "urn:oid:1.2.246.21", "value": "120384-9128"}}
PLAN = {
    "resourceType": "CarePlan",
    "status": "active",
    "category": [{"coding": [{"system": "urn:example:ura:toimsuunlaji", "code": "07"}]}],
    "subject": SUBJECT,
    "period": {"start": "2026-01-15", "end": "2026-07-14"},
}
PATIENT = {"resourceType": "Patient", "identifier": [{"system": "urn:oid:1.2.246.21", "value": "120384-9128"}]}


def page(*records):
    return Page(listing="list", records=records, next=None, stamp="2026-06-04T02:00:00Z")


def broken(record, kind):
    """Break one record in this way; give what stands in its place."""
    text = record if isinstance(record, str) else json.dumps(record)
    found = break_rows(page(text.encode()), kind, 1.0).records
    return found[0].decode() if isinstance(record, str) else [json.loads(one) for one in found]


@pytest.mark.parametrize(
    ("row", "kind", "differs"),
    [
        (JOBSEEKER, "wrong-check", {"henkilotunnus": "120384-9129"}),
        (JOBSEEKER, "other-century", {"henkilotunnus": "120384A9128"}),
        (JOBSEEKER, "date-order", {"tyonhakuPaattynytPvm": "2025-02-19"}),
        (STRETCH, "date-order", {"loppuPvm": "2026-02-01"}),
        (STRETCH, "unknown-code", {"tyollkoodi": "77"}),
        (STRETCH, "wrong-type", {"versio": "kaksi"}),
        (STRETCH, "broken-reference", {"tyonhakijaId": "00000000-0000-4000-8000-000000000000"}),
        (SERVICE, "number-code", {"palvelukoodi": 5}),
    ],
)
def test_a_row_of_te_is_broken_in_one_field(row, kind, differs):
    assert broken(row, kind) == [row | differs]


def test_a_mandatory_field_is_left_out():
    (row,) = broken(JOBSEEKER, "missing-field")

    assert JOBSEEKER.keys() - row.keys() == {"sukunimi"}


def test_an_overlapping_stretch_comes_beside_the_true_one():
    true, other = broken(STRETCH, "overlap")

    assert true == STRETCH
    assert other["id"] != true["id"]
    assert (other["alkuPvm"], other["loppuPvm"]) == (true["alkuPvm"], true["loppuPvm"])
    assert other["tyollkoodi"] != true["tyollkoodi"]


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        (STRETCH, "wrong-check"),
        (SERVICE, "overlap"),
        (SERVICE, "date-order"),
        (JOBSEEKER, "unknown-code"),
        (JOBSEEKER, "broken-reference"),
        (JOBSEEKER, "number-code"),
        (STRETCH, "crossing"),
        (PATIENT, "date-order"),
        (PATIENT, "unknown-code"),
        (PATIENT, "broken-reference"),
        (PATIENT, "number-code"),
        (PLAN, "overlap"),
    ],
)
def test_a_kind_that_does_not_fit_leaves_the_row_as_it_is(row, kind):
    assert broken(row, kind) == [row]


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [
        ("wrong-check", "120384-9128", "120384-9129"),
        ("other-century", "120384-9128", "120384A9128"),
        ("date-order", "<loppuPvm>2026-04-30", "<loppuPvm>1999-12-31"),
        ("unknown-code", "<etuus>TYOMARKKINATUKI", "<etuus>TUNTEMATONTUKI"),
        ("missing-field", "<etuus>TYOMARKKINATUKI</etuus>", ""),
        ("wrong-type", "<versio>2<", "<versio>kaksi<"),
        ("broken-reference", "<versio>1</versio><ratkaisuId>R-1001", "<versio>1</versio><ratkaisuId>R-0"),
        ("number-code", "<rahoittavaKunta>046", "<rahoittavaKunta>46"),
        ("crossing", "<loppuPvm>2026-04-30", "<loppuPvm>2026-06-30"),
    ],
)
def test_a_customer_of_kela_is_broken_in_one_place(kind, old, new):
    assert broken(CUSTOMER, kind) == CUSTOMER.replace(old, new, 1)


def test_an_overlapping_decision_comes_beside_the_true_one():
    found = broken(CUSTOMER, "overlap")

    assert re.findall(r"<etuusratkaisu><ratkaisuId>([^<]*)", found) == ["R-1001", "R-100199"]
    assert found.count("<loppuPvm>2026-04-30</loppuPvm>") == 2


@pytest.mark.parametrize(
    ("resource", "kind", "differs"),
    [
        (PLAN, "wrong-check", {"subject": {"identifier": SUBJECT["identifier"] | {"value": "120384-9129"}}}),
        (PATIENT, "other-century", {"identifier": [SUBJECT["identifier"] | {"value": "120384A9128"}]}),
        (PLAN, "date-order", {"period": {"start": "2026-01-15", "end": "1999-12-31"}}),
        (PLAN, "unknown-code", {"status": "arvoitus"}),
        (PLAN, "wrong-type", {"period": 5}),
        (PLAN, "broken-reference", {"subject": {"reference": "Patient/tuntematon"}}),
        (PLAN, "number-code", {"category": [{"coding": [{"system": "urn:example:ura:toimsuunlaji", "code": 7}]}]}),
    ],
)
def test_a_resource_is_broken_bare_and_as_an_entry_of_a_bundle(resource, kind, differs):
    assert broken(resource, kind) == [resource | differs]
    assert broken({"resource": resource, "search": {"mode": "match"}}, kind) == [
        {"resource": resource | differs, "search": {"mode": "match"}}
    ]


def test_a_resource_loses_a_mandatory_element():
    (plan,) = broken(PLAN, "missing-field")
    (patient,) = broken(PATIENT, "missing-field")

    assert "status" not in plan
    assert "identifier" not in patient


@pytest.mark.parametrize("sign", "+-YXWVUABCDEF")
def test_every_sign_has_another_century_to_be_moved_to(sign):
    (row,) = broken(JOBSEEKER | {"henkilotunnus": f"120384{sign}9128"}, Broken.OTHER_CENTURY)

    assert row["henkilotunnus"][6] != sign


def test_so_many_rows_are_broken_as_asked_for_and_always_the_same_ones():
    rows = page(*(json.dumps(STRETCH | {"versio": number}).encode() for number in range(1, 4001)))

    once, again = break_rows(rows, "unknown-code", 0.05), break_rows(rows, "unknown-code", 0.05)

    assert once == again
    assert 150 < sum(b'"77"' in record for record in once.records) < 250
    assert break_rows(rows, "unknown-code", 0.0) == rows


def test_a_kind_that_nobody_knows_is_an_error():
    with pytest.raises(ValueError, match="mysteeri"):
        break_rows(page(b"{}"), "mysteeri", 1.0)
