"""The FHIR examples, ours and those of the Finnish base profiles (CC0-1.0), are read or refused for the right reason (DOMAIN.md 9)."""

import pytest

from connectors import sote
from connectors.frames import Frame, pack
from connectors.sote.lines import Cutter
from schemas import sote as records
from schemas.vocabulary import Category

pytestmark = pytest.mark.reference

HETU = "010594Y9032"
PATIENTS = ["example-patient", "example-patient-1", "example-patient-2", "example-patient-3"]


@pytest.fixture
def read(reference):
    """Cut files as the answer about one person and read back what was kept."""

    def read(*names):
        cutter = Cutter(county="12", people=frozenset({HETU}), allowed=frozenset(Category))
        lines = cutter.lines(b"", [(reference / "fhir" / f"{name}.json").read_bytes() for name in names])
        return sote.parse(pack(Frame(kind="x", page=0, place="12", body=lines))), lines

    return read


def test_a_protected_patient_is_read_without_the_municipality_that_stands_in_the_file(read):
    parsed, lines = read("patient")

    (patient,) = parsed.frames[records.Potilas].to_dicts()
    assert (patient["turvakielto"], patient["hetu"]) == ("true", HETU)
    assert b"740" not in lines
    assert b"Turva" not in lines


def test_a_plan_is_read_through_the_reference_to_its_patient_and_keeps_no_text(read):
    parsed, lines = read("patient", "careplan")

    (plan,) = parsed.frames[records.SoteSuunnitelma].to_dicts()
    assert (plan["toimsuunlaji"], plan["hetu"]) == ("07", HETU)
    assert parsed.frames[records.SoteToimenpide]["toimikoodi"].to_list() == ["086", "034"]
    assert b"aikuissosiaality" not in lines
    assert b"hallinta" not in lines


def test_a_plan_whose_patient_is_not_known_is_refused_for_that(read):
    parsed, _ = read("careplan")

    assert [aside.reason for aside in parsed.malformed] == ["names no person by identity code"]


@pytest.mark.parametrize("name", PATIENTS)
def test_a_patient_without_identity_code_is_refused_for_that(read, name):
    parsed, _ = read(f"examples/{name}")

    assert [(aside.record, aside.reason) for aside in parsed.malformed] == [
        ("Patient", "names no person by identity code")
    ]
    assert parsed.frames == {}


@pytest.mark.parametrize("name", ["examples/organizationesim1", "examples/practitioneresim1", "consent", "auditevent"])
def test_a_resource_that_nobody_asked_for_is_tolerated_and_dropped(read, name):
    parsed, lines = read(name)

    assert (parsed.frames, parsed.malformed, lines) == ({}, [], b"")
