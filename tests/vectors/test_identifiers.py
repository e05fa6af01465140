"""The published HETU vectors (reference/codes/hetu_test_vectors.csv: DVV, rOpenGov/hetu, Koski, evaka and our own), and Y-tunnus."""

import csv
from datetime import date
from pathlib import Path

import pytest

from schemas.identifiers import BusinessId, Hetu, InvalidIdentifier, municipality_code

PUBLISHED = 72
CODE_OF = {"format": "form", "date": "date", "check": "checksum", "individual_number": "number"}


def judged(hetu: str, *, artificial_only: bool) -> str:
    try:
        Hetu.parse(hetu, artificial_only=artificial_only)
    except InvalidIdentifier as refusal:
        return refusal.code
    return "accepted"


@pytest.mark.reference
def test_every_published_hetu_is_judged_as_its_authority_says(reference: Path):
    with (reference / "codes" / "hetu_test_vectors.csv").open(encoding="utf-8") as file:
        vectors = {row["hetu"]: row["expected"] for row in csv.DictReader(file)}

    ours = {hetu: judged(hetu, artificial_only=False) for hetu in vectors}

    assert ours == {hetu: CODE_OF.get(expected, "accepted") for hetu, expected in vectors.items()}
    assert len(vectors) == PUBLISHED


@pytest.mark.reference
def test_outside_production_only_artificial_persons_are_let_in(reference: Path):
    with (reference / "codes" / "hetu_test_vectors.csv").open(encoding="utf-8") as file:
        valid = {
            row["hetu"]: row["expected"] for row in csv.DictReader(file) if row["expected"] in {"ok", "ok_artificial"}
        }

    ours = {hetu: judged(hetu, artificial_only=True) for hetu in valid}

    assert ours == {hetu: "not_artificial" if expected == "ok" else "accepted" for hetu, expected in valid.items()}


def test_the_sign_is_identity_so_two_codes_with_one_check_character_are_two_persons():
    assert Hetu.parse("100190-999P") != Hetu.parse("100190Y999P")


def test_the_leap_day_depends_on_the_century_of_the_sign():
    assert Hetu.parse("290200A900B").birth_date == date(2000, 2, 29)
    assert judged("290200-900B", artificial_only=True) == "date"


def test_a_hetu_is_never_printed():
    hetu = Hetu.parse("120384-9128")

    assert "9128" not in f"{hetu} {hetu!r} {[hetu]}"


@pytest.mark.parametrize(
    ("text", "verdict"),
    [("1572860-0", None), ("0166906-4", None), ("0737546-1", "checksum"), ("3000001-1", "checksum")],
)
def test_a_business_id_holds_by_its_check_digit(text: str, verdict: str | None):
    try:
        BusinessId.parse(text)
        code = None
    except InvalidIdentifier as refusal:
        code = refusal.code

    assert code == verdict


def test_a_municipality_code_is_padded_and_nothing_else_is_let_through():
    assert municipality_code("91") == "091"
    with pytest.raises(InvalidIdentifier):
        municipality_code("1234")
