"""The rules of each record, by their expressions: a valid row breaks none, each known fault breaks the one that names it."""

import pytest

from schemas import kela, sote, te
from schemas.expectations import all_suites
from tests.rows_of import VALID, a_frame, faults


@pytest.mark.parametrize("record", list(VALID), ids=lambda record: record.__name__)
def test_a_valid_row_breaks_no_rule(record):
    assert faults(record) == set()


@pytest.mark.parametrize(
    ("record", "change", "broken"),
    [
        (te.Tyonhakija, {"henkilotunnus": "010190-999Y"}, {"henkilotunnus.HETU_CHECKSUM", "syntyma_pvm.DISAGREES"}),
        (te.Tyonhakija, {"syntyma_pvm": "1984-03-13"}, {"syntyma_pvm.DISAGREES"}),
        (te.Tyonhakija, {"sukunimi": ""}, {"sukunimi.MISSING"}),
        (te.Tyonhakija, {"versio": "seven"}, {"versio.UNREADABLE"}),
        (te.Tyonhakija, {"versio": "0"}, {"versio.RANGE"}),
        (te.Tyonhakija, {"kotikunta": "199"}, {"kotikunta.CODE"}),
        (te.Tyonhakija, {"kotikunta": "091"}, {"tyollisyysalue.DISAGREES"}),
        (te.Tyonhakija, {"kotikunta": "91", "tyollisyysalue": "08"}, set()),
        (te.Tyonhakija, {"turvakielto": "true"}, {"kotikunta.PROTECTED"}),
        (te.Tyonhakija, {"tym_alku_pvm": None}, {"tym_alku_pvm.IFF"}),
        (te.Tyonhakija, {"henkilotunnus_historia": '[{"henkilotunnus":"x"}]'}, {"henkilotunnus_historia.SHAPE"}),
        (te.Tyollisyysjakso, {"tyollkoodi": "06"}, {"tyollkoodi.CODE"}),
        (te.Tyollisyysjakso, {"tyollkoodi": "7"}, {"tyollkoodi.CODE"}),
        (te.Tyollisyysjakso, {"loppu_pvm": "2026-02-01"}, {"loppu_pvm.ORDER"}),
        (te.Tyollisyysjakso, {"alku_pvm": "2.2.2026"}, {"alku_pvm.UNREADABLE"}),
        (te.Tyollisyysjakso, {"psyy": "01"}, {"psyy.UNEXPECTED"}),
        (te.Tyollisyysjakso, {"tyollkoodi": "02", "loppu_pvm": "2026-03-01", "psyy": "1"}, {"psyy.CODE"}),
        (
            te.Tyollisyysjakso,
            {"tyollkoodi": "02", "alku_pvm": "2011-01-01", "loppu_pvm": "2011-03-01", "psyy": "1"},
            set(),
        ),
        (te.Tyollisyysjakso, {"muokattu_aika": "2026-06-03 08:15"}, {"muokattu_aika.UNREADABLE"}),
        (te.Suunnitelma, {"tarkistus_pvm": None}, {"tila.DATES"}),
        (te.Suunnitelma, {"tehtavat": '[{"toimikoodi":"086"}]'}, {"tehtavat.SHAPE"}),
        (
            te.Suunnitelma,
            {"tehtavat": '[{"tehtavaId":"t","toimikoodi":"999","kasitelty":true}]'},
            {"tehtavat.CODE"},
        ),
        (te.Palveluosallistuminen, {"paivat_viikossa": None}, {"paivat_viikossa.MISSING_FOR_05"}),
        (te.Palveluosallistuminen, {"paivat_viikossa": "6"}, {"paivat_viikossa.RANGE"}),
        (te.Palveluosallistuminen, {"jarjestaja_ytunnus": "0737546-1"}, {"jarjestaja_ytunnus.BUSINESS_ID"}),
        (te.Palveluosallistuminen, {"tuotantotapa": "PALVELUSETELI"}, {"palveluseteli_tunnus.IFF"}),
        (te.Yhteydenotto, {"ajankohta_aika": "2026-07-01T07:00:00Z"}, {"ajankohta_aika.FUTURE"}),
        (te.Yhteydenotto, {"ajankohta_aika": "2026-07-01T07:00:00Z", "tila": "VARATTU"}, set()),
        (te.Poisto, {"syy": "YHDISTETTY"}, {"uusi_id.IFF"}),
        (kela.Etuusratkaisu, {"loppu_pvm": "2026-05-31"}, {"etuus.CODE"}),
        (kela.Etuusratkaisu, {"loppu_pvm": None, "muokattu_aika": "2026-04-30T12:00:00Z"}, set()),
        (kela.Etuusratkaisu, {"loppu_pvm": None, "muokattu_aika": "2026-05-02T12:00:00Z"}, {"etuus.CODE"}),
        (kela.Etuusratkaisu, {"etuus": "YLEISTUKI"}, {"etuus.CODE"}),
        (kela.Maksu, {"maksettu_pvm": "2026-08-01"}, set()),
        (kela.Maksu, {"kauden_loppu_pvm": "2026-05-01"}, {"etuus.CODE"}),
        (kela.Maksu, {"etuuspaivat": "32"}, {"etuuspaivat.RANGE"}),
        (kela.Maksu, {"rahoittava_kunta": "099"}, {"rahoittava_kunta.CODE"}),
        (kela.Maksu, {"rahoittava_kunta": None}, set()),
        (kela.Maksu, {"hetu": None}, {"hetu.MISSING"}),
        (kela.Maksu, {"hetu": "290200-900B"}, {"hetu.HETU_DATE"}),
        (kela.Maksu, {"maksu_id": "M\x1f7"}, {"maksu_id.FORM"}),
        (kela.Paivalaskuri, {"laji": "ENIMMAISAIKA"}, {"enimmaispaivat.MAXIMUM"}),
        (kela.Paivalaskuri, {"laji": "ENIMMAISAIKA", "enimmaispaivat": "400"}, set()),
        (kela.Henkilovirhe, {"koodi": "HETU_PASSIVOITU"}, {"uusi_henkilotunnus.IFF"}),
        (sote.SoteToimenpide, {"county": "22"}, {"county.CODE"}),
        (sote.SoteToimenpide, {"toimikoodi": "001"}, {"toimikoodi.CODE"}),
    ],
)
def test_a_known_fault_is_named(record, change, broken):
    assert faults(record, **change) == broken


@pytest.mark.parametrize("suite", list(all_suites()), ids=lambda suite: suite.name)
def test_a_rule_has_a_name_of_its_own_and_a_sentence_in_three_languages(suite):
    assert len({rule.name for rule in suite.rules}) == len(suite.rules)
    assert all(rule.sentence.fi and rule.sentence.sv and rule.sentence.en for rule in suite.rules)


@pytest.mark.parametrize("record", list(VALID), ids=lambda record: record.__name__)
def test_no_rule_answers_null_whatever_is_missing(record):
    import polars as pl

    from schemas.expectations.fields import typed
    from schemas.expectations.hetu import with_faults

    (suite,) = [suite for suite in all_suites() if suite.record is record]
    empty = a_frame(record).with_columns(pl.lit(None, dtype=pl.String).alias(name) for name in a_frame(record).columns)
    read = with_faults(typed(record, empty), suite.hetus, artificial_only=True)

    held = read.select(rule.holds.alias(rule.name) for rule in suite.rules)

    assert sum(held.null_count().row(0)) == 0
