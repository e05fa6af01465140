"""Pages of TE become frames of text; what breaks the contract is counted, kept aside or named by its path."""

from dataclasses import fields

import msgspec
import pytest

from connectors import te
from connectors.errors import LandedAltered, PageRefused, SourceChanged
from connectors.frames import Frame, pack
from connectors.te.wire import LISTS
from schemas import te as records

JOBSEEKER = {
    "id": "6f1c0d52-5c0e-4a55-9d0a-0f6f3b1e7a01",
    "versio": 7,
    "muokattuAika": "2026-06-03T08:15:22Z",
    "henkilotunnus": "120384-9128",
    "henkilotunnusHistoria": [],
    "sukunimi": "Esimerkki",
    "etunimet": "Aino Maria",
    "syntymaPvm": "1984-03-12",
    "kotikunta": {"kuntakoodi": "740", "alkuPvm": "2019-08-01"},
    "tyollisyysalue": "36",
    "turvakielto": False,
    "asiointikieli": "fi",
    "kielitaso": None,
    "tyonhakuAlkanutPvm": "2025-02-20",
    "tyonhakuPaattynytPvm": None,
    "tymAsiakas": True,
    "tymAlkuPvm": "2026-01-15",
    "kotoutumisasiakas": False,
    "vastuuasiantuntija": {"tunnus": "sln-014", "nimi": "O. Valmentaja"},
}
HEAD = {"id": "1", "versio": 1, "muokattuAika": "2026-06-03T08:15:22Z", "tyonhakijaId": "2"}
PERIOD = HEAD | {"tyollkoodi": "07", "alkuPvm": "2026-02-02", "loppuPvm": None, "psyy": None}


def parsed(kind, *elements, raw=b""):
    body = b'{"tiedot":[' + b",".join([msgspec.json.encode(one) for one in elements] + ([raw] if raw else [])) + b"]}"
    return te.parse(pack(Frame(kind=kind, page=3, place="36", body=body)))


def only(parsed, record):
    (row,) = parsed.frames[record].to_dicts()
    return row


def test_the_sample_of_the_contract_becomes_a_row_of_text():
    row = only(parsed("tyonhakijat", JOBSEEKER), records.Tyonhakija)

    assert row == dict.fromkeys(row) | {
        "id": "6f1c0d52-5c0e-4a55-9d0a-0f6f3b1e7a01",
        "versio": "7",
        "muokattu_aika": "2026-06-03T08:15:22Z",
        "henkilotunnus": "120384-9128",
        "henkilotunnus_historia": "[]",
        "sukunimi": "Esimerkki",
        "etunimet": "Aino Maria",
        "syntyma_pvm": "1984-03-12",
        "kotikunta": "740",
        "kotikunta_alku_pvm": "2019-08-01",
        "tyollisyysalue": "36",
        "turvakielto": "false",
        "asiointikieli": "fi",
        "tyonhaku_alkanut_pvm": "2025-02-20",
        "tym_asiakas": "true",
        "tym_alku_pvm": "2026-01-15",
        "kotoutumisasiakas": "false",
        "vastuuasiantuntija": '{"tunnus":"sln-014","nimi":"O. Valmentaja"}',
        "locator": "tyonhakijat:3:0",
    }


@pytest.mark.parametrize("kind", LISTS)
def test_the_columns_are_the_records_fields_in_order(kind):
    entity = LISTS[kind]

    frame = parsed(kind, HEAD if kind != "tyonhakijat" else JOBSEEKER).frames[entity.record]

    assert frame.columns == [*(field.name for field in fields(entity.record)), "locator"]
    assert set(map(str, frame.dtypes)) == {"String"}


def test_a_code_keeps_its_zero():
    row = only(parsed("palveluosallistumiset", HEAD | {"palvelukoodi": "05"}), records.Palveluosallistuminen)

    assert row["palvelukoodi"] == "05"


def test_arranger_and_voucher_lie_beside_the_participation():
    service = HEAD | {
        "jarjestaja": {"ytunnus": "0166906-4", "nimi": "Työpaja"},
        "palveluseteli": {"tunnus": "PS", "myonnettyPvm": "2026-01-20", "voimassaAstiPvm": "2026-07-31"},
        "paivatViikossa": 2,
    }

    row = only(parsed("palveluosallistumiset", service), records.Palveluosallistuminen)

    assert (row["jarjestaja_ytunnus"], row["palveluseteli_voimassa_asti_pvm"]) == ("0166906-4", "2026-07-31")
    assert row["paivat_viikossa"] == "2"


def test_lists_stay_json_without_spaces():
    row = only(parsed("suunnitelmat", raw=b'{"tehtavat": [ {"tehtavaId": "t 1"} ] }'), records.Suunnitelma)

    assert row["tehtavat"] == '[{"tehtavaId":"t 1"}]'


def test_an_unknown_field_is_dropped_and_counted_and_the_rows_go_on():
    result = parsed("tyonhakijat", JOBSEEKER | {"kansalaisuus": "x"}, JOBSEEKER | {"kotikunta": {"lisa": 1}})

    assert result.unknown_fields == {"Tyonhakija.kansalaisuus": 1, "Tyonhakija.kotikunta.lisa": 1}
    assert result.frames[records.Tyonhakija].height == 2


def test_a_field_named_like_a_person_is_counted_without_the_name():
    assert list(parsed("poistot", HEAD | {"120384-9128": 1}).unknown_fields) == ["Poisto.(HETU)"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (b'"kaksi"', "kaksi"),
        (b"1.50", "1.50"),
        (b"true", "true"),
        (b"[1, 2]", "[1,2]"),
        (b"99999999999999999999", "99999999999999999999"),
    ],
)
def test_a_value_of_another_type_stays_as_it_was_sent(value, text):
    good, odd = parsed("poistot", HEAD, raw=b'{"versio": %s}' % value).frames[records.Poisto]["versio"]

    assert (good, odd) == ("1", text)


@pytest.mark.parametrize(
    ("element", "reason"),
    [
        (b"7", "Tyonhakija is not an object"),
        (b"[]", "Tyonhakija is not an object"),
        (b'{"kotikunta":"740"}', "Tyonhakija.kotikunta is not an object"),
        (b'{"sukunimi":"\xff"}', "Tyonhakija.sukunimi holds broken text"),
    ],
)
def test_a_record_that_cannot_be_read_is_set_aside_and_the_others_go_on(element, reason):
    result = parsed("tyonhakijat", JOBSEEKER, raw=element)

    (aside,) = result.malformed
    assert (aside.record, aside.locator, aside.reason, aside.payload) == (
        "Tyonhakija",
        "tyonhakijat:3:1",
        reason,
        element,
    )
    assert result.frames[records.Tyonhakija].height == 1


def test_a_record_over_one_mib_is_set_aside():
    result = parsed("poistot", raw=b'{"x":[%s]}' % b",".join([b'"%s"' % (b"y" * 1000)] * 1100))

    assert result.malformed[0].reason == "Poisto is larger than 1 MiB"


def test_a_value_over_64_kib_refuses_the_page():
    with pytest.raises(PageRefused):
        parsed("poistot", HEAD | {"syy": "x" * 65_537})


def test_absent_and_null_are_the_same_and_a_jobseeker_without_home_has_none():
    row = only(parsed("tyonhakijat", {"id": "1", "kotikunta": None}), records.Tyonhakija)

    assert {name for name, value in row.items() if value is not None} == {"id", "locator"}


def test_a_list_that_nobody_asked_for_is_a_changed_shape():
    with pytest.raises(SourceChanged):
        parsed("karenssit", HEAD)


def test_a_page_that_is_no_list_is_a_changed_shape_by_its_path():
    part = pack(Frame(kind="poistot", page=0, place="36", body=b'{"tiedot":{}}'))

    with pytest.raises(SourceChanged, match="tiedot"):
        te.parse(part)


@pytest.mark.parametrize("cut", [1, 30, -1, -20])
def test_a_part_that_was_cut_is_noticed(cut):
    part = pack(Frame(kind="poistot", page=0, place="36", body=b'{"tiedot":[]}'))

    with pytest.raises(LandedAltered):
        te.parse(part[:cut])


def test_what_is_set_aside_does_not_print_its_payload():
    result = parsed("tyonhakijat", raw=b'["120384-9128"]')

    assert "120384" not in repr(result.malformed)
