"""Rows of text as the connectors give them, valid by default, and what their suite says of them."""

import polars as pl

from schemas import kela, sote, te
from schemas.expectations import suites_of
from schemas.expectations.fields import fields_of, typed
from schemas.expectations.hetu import with_faults
from schemas.vocabulary import Source

AINO = "120384-9128"
UUID = "6f1c0d52-5c0e-4a55-9d0a-0f6f3b1e7a01"
CLIENT = "0b7e7b0a-53b5-4c0e-8a3e-5d8a2f1c9e10"
_SOURCE_OF = {
    record: source
    for source, of in ((Source.TE, te), (Source.KELA, kela), (Source.SOTE, sote))
    for record in of.RECORDS
}
_OF_CLIENT = {"id": UUID, "versio": "7", "muokattu_aika": "2026-06-03T08:15:22Z", "tyonhakija_id": CLIENT}
VALID = {
    te.Tyonhakija: {
        "id": CLIENT,
        "versio": "7",
        "muokattu_aika": "2026-06-03T08:15:22Z",
        "henkilotunnus": AINO,
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
    },
    te.Tyollisyysjakso: {**_OF_CLIENT, "tyollkoodi": "07", "alku_pvm": "2026-02-02"},
    te.Suunnitelma: {
        **_OF_CLIENT,
        "toimsuunlaji": "07",
        "tila": "VOIMASSA",
        "allekirjoitettu_pvm": "2026-01-15",
        "tarkistus_pvm": "2026-04-15",
        "tehtavat": '[{"tehtavaId":"t1","toimikoodi":"086","toimiPvm":"2026-05-02","kasitelty":false,"kasiteltyPvm":null}]',
    },
    te.Palveluosallistuminen: {
        **_OF_CLIENT,
        "palvelukoodi": "05",
        "jarjestaja_ytunnus": "0166906-4",
        "jarjestaja_nimi": "Työpaja",
        "tuotantotapa": "OMA",
        "alku_pvm": "2026-02-02",
        "keskeytynyt": "false",
        "paivat_viikossa": "2",
    },
    te.Yhteydenotto: {
        **_OF_CLIENT,
        "yhtottotapa": "27",
        "tila": "TOTEUTUNUT",
        "ajankohta_aika": "2026-04-14T07:00:00Z",
    },
    te.Palvelulinja: {**_OF_CLIENT, "segmenttikoodi": "05", "segmentti_pvm": "2026-01-15"},
    te.Poisto: {**_OF_CLIENT, "tietotyyppi": "Yhteydenotto", "kohde_id": UUID, "syy": "VIRHE"},
    kela.Etuusratkaisu: {
        "ratkaisu_id": "R-1001",
        "versio": "2",
        "etuus": "TYOMARKKINATUKI",
        "ratkaisu": "MYONTO",
        "peruste": "TYOTTOMYYS",
        "alku_pvm": "2025-03-03",
        "loppu_pvm": "2026-04-30",
        "ratkaisu_pvm": "2025-03-20",
        "muokattu_aika": "2026-05-01T03:00:00Z",
    },
    kela.Maksu: {
        "maksu_id": "M-77",
        "versio": "1",
        "ratkaisu_id": "R-1001",
        "etuus": "TYOMARKKINATUKI",
        "kauden_alku_pvm": "2026-04-01",
        "kauden_loppu_pvm": "2026-04-30",
        "maksettu_pvm": "2026-05-05",
        "etuuspaivat": "22",
        "rahoittava_kunta": "740",
        "peruttu": "false",
        "muokattu_aika": "2026-05-05T05:00:00Z",
    },
    kela.Paivalaskuri: {"laji": "KUNTAOSUUS", "paivat": "304", "tilanne_pvm": "2026-04-30"},
    kela.Henkilovirhe: {"koodi": "EI_ASIAKAS"},
    sote.SoteToimenpide: {
        "id": "cp9#0",
        "county": "12",
        "muokattu_aika": "2026-05-30T09:00:00Z",
        "suunnitelma_id": "cp9",
        "toimikoodi": "086",
        "status": "in-progress",
    },
}


def a_frame(record, *changes):
    """Lay out one row a change; without any, one valid row."""
    beside = {"locator": "list:0:0"} | ({} if _SOURCE_OF[record] is Source.TE else {"hetu": AINO})
    names = [*(field.name for field in fields_of(record)), *beside]
    rows = [{**VALID[record], **beside, **change} for change in changes or ({},)]
    return pl.DataFrame(
        [[row.get(name) for name in names] for row in rows], schema=dict.fromkeys(names, pl.String), orient="row"
    )


def faults(record, **change):
    """Name the rules that one row breaks, as ``field.CODE``, by their expressions alone."""
    suite = suites_of(_SOURCE_OF[record])[record]
    read = with_faults(typed(record, a_frame(record, change)), suite.hetus, artificial_only=True)
    held = read.select(rule.holds.alias(rule.name) for rule in suite.rules)
    return {name for name, holds in held.row(0, named=True).items() if not holds}
