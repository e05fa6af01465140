"""Records become sections: what each shows, what moves to the sensitive section, what is shown nowhere."""

import json
from datetime import UTC, date, datetime

import pytest

from publish.assembly import assemble
from publish.assembly.records import Jobseeker, KelaRecords, SoteRecords, TeRecords
from schemas import kela, sote, te
from schemas.vocabulary import Category

KEHA, KELA, COUNTY = "2296962-1", "0246246-0", "3221331-8"
CHANGED = datetime(2026, 6, 1, 2, tzinfo=UTC)
COACH = '{"tunnus":"sln-014","nimi":"O. Valmentaja","yksikko":"Savonlinnan palvelut","puhelin":"+358440000000","alkuPvm":"2025-03-01"}'


def a_jobseeker(**fields):
    return Jobseeker(
        **{
            "id": "h1",
            "sukunimi": "Esimerkki",
            "etunimet": "Aino Maria",
            "syntyma_pvm": date(1984, 3, 12),
            "kotikunta": "740",
            "kotikunta_alku_pvm": date(2019, 8, 1),
            "tyollisyysalue": "36",
            "asiointikieli": "fi",
            "tyonhaku_alkanut_pvm": date(2025, 2, 20),
            "tyonhaku_paattynyt_pvm": None,
            "vastuuasiantuntija": COACH,
        }
        | fields
    )


def of_jobseeker(record, **fields):
    return record(**{"id": "r1", "versio": 1, "muokattu_aika": CHANGED, "tyonhakija_id": "h1"} | fields)


def a_period(**fields):
    return of_jobseeker(
        te.Tyollisyysjakso,
        **{"tyollkoodi": "02", "alku_pvm": date(2025, 2, 20), "loppu_pvm": None, "psyy": None} | fields,
    )


def a_plan(**fields):
    values = {"toimsuunlaji": "05", "tila": "VOIMASSA", "allekirjoitettu_pvm": date(2026, 1, 15)}
    values |= {"tarkistus_pvm": date(2026, 4, 15), "paattynyt_pvm": None, "tehtavat": None}
    return of_jobseeker(te.Suunnitelma, **values | fields)


def a_participation(**fields):
    values = {"palvelukoodi": "5", "jarjestaja_ytunnus": "0166906-4", "jarjestaja_nimi": "Savonlinnan pajat"}
    values |= {"tuotantotapa": "OSTO", "palveluseteli_tunnus": "PS-1", "palveluseteli_myonnetty_pvm": None}
    values |= {"palveluseteli_voimassa_asti_pvm": None, "alku_pvm": date(2026, 2, 2), "suunniteltu_loppu_pvm": None}
    values |= {"loppu_pvm": None, "keskeytynyt": False, "paivat_viikossa": None}
    return of_jobseeker(te.Palveluosallistuminen, **values | fields)


def a_line(**fields):
    values = {"segmenttikoodi": "01", "segmentti_pvm": date(2026, 1, 15), "paattynyt_pvm": None}
    return of_jobseeker(te.Palvelulinja, **values | fields)


def an_activity(**fields):
    values = {"id": "cp9#0", "county": "12", "muokattu_aika": CHANGED, "suunnitelma_id": "cp9", "toimikoodi": "086"}
    values |= {"status": "in-progress", "alku_pvm": date(2026, 2, 2), "loppu_pvm": date(2026, 7, 31)}
    return sote.SoteToimenpide(**values | {"paivat_viikossa": 2} | fields)


def shown(*held, protected=False):
    return {section.category: json.loads(section.text) for section in assemble(held, protected=protected)}


def of_te(**lists):
    return KEHA, TeRecords(**lists)


def of_sote(**lists):
    return COUNTY, SoteRecords(**lists)


def test_nothing_held_makes_no_section():
    assert assemble([(KEHA, TeRecords()), (KELA, KelaRecords()), (COUNTY, SoteRecords())], protected=False) == []


def test_the_basics_name_the_person_and_their_coach():
    assert shown(of_te(tyonhakija=[a_jobseeker()])) == {
        Category.TE_PERUSTIEDOT: [
            {
                "family_name": "Esimerkki",
                "given_names": "Aino Maria",
                "birth_date": "1984-03-12",
                "language": "fi",
                "municipality": "740",
                "municipality_since": "2019-08-01",
                "employment_area": "36",
                "jobseeker_since": "2025-02-20",
                "coach": "O. Valmentaja",
                "coach_unit": "Savonlinnan palvelut",
                "coach_phone": "+358440000000",
                "coach_since": "2025-03-01",
            }
        ]
    }


def test_turvakielto_leaves_no_place_in_any_section():
    payment = kela.Maksu(
        maksu_id="M-77",
        versio=1,
        ratkaisu_id="R-1",
        etuus="YLEISTUKI",
        kauden_alku_pvm=date(2026, 5, 1),
        kauden_loppu_pvm=date(2026, 5, 31),
        maksettu_pvm=date(2026, 6, 2),
        etuuspaivat=21,
        rahoittava_kunta="740",
        peruttu=False,
        muokattu_aika=CHANGED,
    )
    need = sote.Palvelutarve(
        id="sr4", county="12", muokattu_aika=CHANGED, status="active", kirjattu_pvm=date(2026, 5, 28)
    )
    person = sote.Yhteyshenkilo(
        id="pr1",
        county="12",
        muokattu_aika=CHANGED,
        nimi="O. Ohjaaja",
        yksikko="Savonlinnan keskus",
        puhelin="+358150000",
    )

    sections = shown(
        of_te(tyonhakija=[a_jobseeker()], palveluosallistuminen=[a_participation()]),
        (KELA, KelaRecords(maksu=[payment])),
        of_sote(palvelutarve=[need], yhteyshenkilo=[person]),
        protected=True,
    )

    text = json.dumps(sections, ensure_ascii=False)
    assert [place for place in ("740", '"36"', '"12"', "Savonlinna", "0166906-4", "+358") if place in text] == []
    assert sections[Category.SOTE_YHTEYSHENKILO] == [{"name": "O. Ohjaaja"}]


@pytest.mark.parametrize(
    ("plan_type", "category"), [("05", Category.TE_SUUNNITELMA), ("07", Category.TE_ARKALUONTEISET)]
)
def test_a_plan_stands_where_its_type_belongs(plan_type, category):
    assert list(shown(of_te(suunnitelma=[a_plan(toimsuunlaji=plan_type)]))) == [category]


def test_a_sensitive_task_leaves_its_plan_and_the_others_stay():
    tasks = (
        '[{"tehtavaId":"t1","toimikoodi":"086","toimiPvm":"2026-05-02","kasitelty":false,"kasiteltyPvm":null},'
        '{"tehtavaId":"t2","toimikoodi":"002","toimiPvm":null,"kasitelty":true,"kasiteltyPvm":"2026-02-01"}]'
    )

    sections = shown(of_te(suunnitelma=[a_plan(tehtavat=tasks)]))

    assert sections == {
        Category.TE_SUUNNITELMA: [
            {
                "plan_type": "05",
                "state": "VOIMASSA",
                "signed": "2026-01-15",
                "review": "2026-04-15",
                "tasks": [{"code": "002", "handled": True, "handled_on": "2026-02-01"}],
            }
        ],
        Category.TE_ARKALUONTEISET: [{"kind": "plan_task", "code": "086", "due": "2026-05-02", "handled": False}],
    }


@pytest.mark.parametrize(("code", "category"), [("5", Category.TE_PALVELUT), ("05", Category.TE_ARKALUONTEISET)])
def test_career_coaching_and_rehabilitative_work_differ_by_a_nought(code, category):
    assert list(shown(of_te(palveluosallistuminen=[a_participation(palvelukoodi=code)]))) == [category]


@pytest.mark.parametrize(
    ("segment", "category"), [("01", Category.TE_PALVELULINJA), ("05", Category.TE_ARKALUONTEISET)]
)
def test_a_service_line_stands_where_its_segment_belongs(segment, category):
    assert list(shown(of_te(palvelulinja=[a_line(segmenttikoodi=segment)]))) == [category]


def test_the_end_of_unemployment_in_rehabilitative_work_is_told_in_the_sensitive_section_alone():
    sections = shown(of_te(tyollisyysjakso=[a_period(loppu_pvm=date(2026, 2, 1), psyy="12")]))

    assert sections == {
        Category.TE_TYOLLISYYS: [{"code": "02", "from": "2025-02-20", "to": "2026-02-01"}],
        Category.TE_ARKALUONTEISET: [{"kind": "employment_end", "to": "2026-02-01", "end_reason": "12"}],
    }


def test_any_other_end_stands_with_its_period():
    sections = shown(of_te(tyollisyysjakso=[a_period(loppu_pvm=date(2026, 2, 1), psyy="01")]))

    assert sections == {
        Category.TE_TYOLLISYYS: [{"code": "02", "from": "2025-02-20", "to": "2026-02-01", "end_reason": "01"}]
    }


def test_a_number_of_a_voucher_is_shown_nowhere():
    assert "PS-1" not in json.dumps(shown(of_te(palveluosallistuminen=[a_participation()])))


def test_a_payment_taken_back_and_social_assistance_are_shown_nowhere():
    decision = kela.Etuusratkaisu(
        ratkaisu_id="R-1",
        versio=1,
        etuus="PERUSTOIMEENTULOTUKI",
        ratkaisu="MYONTO",
        peruste="MUU",
        alku_pvm=date(2026, 5, 1),
        loppu_pvm=None,
        ratkaisu_pvm=date(2026, 5, 1),
        edeltava_ratkaisu_id=None,
        muokattu_aika=CHANGED,
    )
    claim = kela.Vireillaolo(
        vireilla_id="V-1",
        etuus="PERUSTOIMEENTULOTUKI",
        saapunut_pvm=date(2026, 5, 1),
        tila="VIREILLA",
        muokattu_aika=CHANGED,
    )

    assert shown((KELA, KelaRecords(etuusratkaisu=[decision], vireillaolo=[claim]))) == {}


@pytest.mark.parametrize(
    ("code", "status", "category", "item"),
    [
        (
            "086",
            "in-progress",
            Category.SOTE_KUNTOUTTAVA,
            {"status": "in-progress", "from": "2026-02-02", "to": "2026-07-31", "days_a_week": 2},
        ),
        (
            "072",
            "stopped",
            Category.SOTE_KUNTOUTTAVA,
            {"status": "stopped", "from": "2026-02-02", "to": "2026-07-31", "days_a_week": 2},
        ),
        ("034", "completed", Category.SOTE_TERVEYSTARKASTUS, {"done": "2026-07-31"}),
        ("016", "scheduled", Category.SOTE_TYOKYVYN_ARVIO, {"state": "pending", "date": "2026-02-02"}),
        ("068", "completed", Category.SOTE_TYOKYVYN_ARVIO, {"state": "done", "date": "2026-07-31"}),
    ],
)
def test_an_activity_is_shown_by_what_it_is_and_how_far(code, status, category, item):
    assert shown(of_sote(sote_toimenpide=[an_activity(toimikoodi=code, status=status)])) == {category: [item]}


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("086", "entered-in-error"),
        ("086", "unknown"),
        ("034", "in-progress"),
        ("016", "cancelled"),
        ("031", "in-progress"),
    ],
)
def test_an_activity_in_error_unfinished_or_of_another_kind_is_shown_nowhere(code, status):
    assert shown(of_sote(sote_toimenpide=[an_activity(toimikoodi=code, status=status)])) == {}


@pytest.mark.parametrize(
    ("status", "is_open"), [("active", True), ("on-hold", True), ("completed", False), ("revoked", False)]
)
def test_a_service_need_is_yes_or_no(status, is_open):
    need = sote.Palvelutarve(
        id="sr4", county="12", muokattu_aika=CHANGED, status=status, kirjattu_pvm=date(2026, 5, 28)
    )

    assert shown(of_sote(palvelutarve=[need])) == {
        Category.SOTE_PALVELUTARVE: [{"open": is_open, "recorded": "2026-05-28", "county": "12"}]
    }


def test_two_counties_make_two_sections_of_one_category():
    sections = assemble(
        [
            ("1111111-1", SoteRecords(sote_toimenpide=[an_activity()])),
            ("2222222-2", SoteRecords(sote_toimenpide=[an_activity()])),
        ],
        protected=False,
    )

    assert [(section.category, section.controller) for section in sections] == [
        (Category.SOTE_KUNTOUTTAVA, "1111111-1"),
        (Category.SOTE_KUNTOUTTAVA, "2222222-2"),
    ]


def test_a_section_names_the_records_it_was_made_of_and_no_others():
    tasks = '[{"tehtavaId":"t1","toimikoodi":"086","toimiPvm":null,"kasitelty":false,"kasiteltyPvm":null}]'
    plans = [a_plan(id="s1"), a_plan(id="s2", toimsuunlaji="07", tehtavat=tasks)]

    sections = assemble([of_te(suunnitelma=plans)], protected=False)

    assert {section.category: section.records for section in sections} == {
        Category.TE_SUUNNITELMA: ("s1",),
        Category.TE_ARKALUONTEISET: ("s2",),
    }


def test_a_moment_is_written_in_utc():
    contact = of_jobseeker(
        te.Yhteydenotto, yhtottotapa="27", tila="VARATTU", ajankohta_aika=datetime(2026, 4, 14, 7, tzinfo=UTC)
    )

    assert shown(of_te(yhteydenotto=[contact])) == {
        Category.TE_YHTEYDENOTOT: [{"contact": "27", "state": "VARATTU", "at": "2026-04-14T07:00:00Z"}]
    }
