"""Code lists know their days: a code is judged by the day of its event, and stays text."""

from datetime import date

import pytest

from schemas.codes import kela, places, te


@pytest.mark.parametrize(
    ("codes", "code", "on", "valid"),
    [
        (places.MUNICIPALITIES, "099", date(2020, 12, 31), True),
        (places.MUNICIPALITIES, "099", date(2021, 1, 1), False),
        (places.MUNICIPALITIES, "588", date(2023, 12, 31), True),
        (places.MUNICIPALITIES, "588", date(2024, 1, 1), False),
        (places.MUNICIPALITIES, "199", date(2026, 1, 1), False),
        (places.MUNICIPALITIES, "91", date(2026, 1, 1), False),
        (kela.BENEFITS, "TYOMARKKINATUKI", date(2026, 4, 30), True),
        (kela.BENEFITS, "TYOMARKKINATUKI", date(2026, 5, 1), False),
        (kela.BENEFITS, "YLEISTUKI", date(2026, 4, 30), False),
        (kela.BENEFITS, "YLEISTUKI", date(2026, 5, 1), True),
        (te.END_REASONS, "1", date(2011, 12, 31), True),
        (te.END_REASONS, "1", date(2012, 1, 1), False),
        (te.EMPLOYMENT, "06", date(2026, 1, 1), False),
    ],
)
def test_a_code_is_in_use_on_its_days_alone(codes, code, on, valid):
    assert codes.valid(code, on) is valid


def test_an_abolished_municipality_stands_for_its_successor_after_its_last_day():
    assert places.municipality_on("099", date(2020, 6, 1)).code == "099"
    assert places.municipality_on("099", date(2026, 6, 1)).code == "214"
    assert places.municipality_on("588", date(2026, 6, 1)).code == "507"


def test_the_county_never_follows_from_the_area_alone():
    assert {area.code for area in places.AREAS.codes if len(places.counties_of(area.code)) > 1} == {
        "06",
        "10",
        "11",
        "13",
        "38",
    }


def test_four_areas_disclose_their_only_municipality():
    alone = {area.code for area in places.AREAS.codes if len(places.municipalities_of(area.code)) == 1}

    assert alone == {"08", "16", "19", "43"}


def test_there_are_45_areas_and_the_project_regions_lie_where_they_should():
    assert len(places.AREAS.codes) == 45
    assert places.municipality("090").area == "29"
    assert {found.code for found in places.municipalities_of("36")} == {"046", "681", "740", "768"}
