"""The code tables restated beside schemas.codes are the published ones, and the published HETUs fail where they should."""

import csv

import polars as pl
import pytest

from schemas.codes import places, te
from schemas.expectations.hetu import hetu_fault

pytestmark = pytest.mark.reference
FAULT_OF = {"format": "form", "check": "checksum", "individual_number": "number", "date": "date"}


def rows(reference, name):
    with (reference / "codes" / name).open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table))


def test_every_municipality_of_2026_has_its_area_and_county(reference):
    published = {
        row["municipality_code"]: (row["municipality_name_fi"], row["tyollisyysalue_code"], row["hyvinvointialue_code"])
        for row in rows(reference, "municipality_key_2026.csv")
    }

    restated = {
        code.code: (found.name_fi, found.area, found.county)
        for code in places.MUNICIPALITIES.codes
        if (found := places.municipality(code.code)).merged_into is None
    }

    assert restated == published


@pytest.mark.parametrize(
    ("codes", "name", "gone"),
    [
        (te.EMPLOYMENT, "tyollkoodi", {"06"}),
        (te.PLAN_TYPES, "toimsuunlaji", set()),
        (te.PLAN_TASKS, "toimikoodi", set()),
        (te.SEGMENTS, "segmenttikoodi", set()),
        (te.CONTACTS, "yhtottotapa", set()),
        (te.LANGUAGE_LEVELS, "kieliyleinentaso", set()),
    ],
)
def test_a_list_of_the_te_source_is_the_published_one_less_what_is_no_longer_in_use(reference, codes, name, gone):
    published = {row["code"] for row in rows(reference, "ura_codes.csv") if row["codelist"] == name}

    assert {code.code for code in codes.codes} == published - gone


def test_services_are_the_published_ones_and_05_is_not_5(reference):
    published = {row["code_statfi"] for row in rows(reference, "almp_service_codes.csv")}

    assert {code.code for code in te.SERVICES.codes} == published
    assert {"05", "5"} <= published


def test_each_published_hetu_is_judged_by_the_expression_as_by_its_source(reference):
    vectors = rows(reference, "hetu_test_vectors.csv")
    frame = pl.DataFrame({"hetu": [row["hetu"] for row in vectors]})

    faults = frame.select(hetu_fault(pl.col("hetu"))).to_series().to_list()

    expected = {"ok_artificial": {None}, "ok": {"not_artificial"}}
    wrong = [
        row["hetu"]
        for row, fault in zip(vectors, faults, strict=True)
        if fault not in expected.get(row["expected"], {FAULT_OF.get(row["expected"]), "form", "number", "checksum"})
    ]
    assert wrong == []
