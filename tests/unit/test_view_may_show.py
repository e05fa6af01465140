"""The may-show table (DOMAIN.md 6.3), against the item types that make it hold."""

import dataclasses
import re
from types import NoneType
from typing import get_args, get_type_hints

import pytest

from schemas.view import MAY_SHOW
from schemas.view.item import members
from schemas.view.te import PlanTask
from schemas.vocabulary import Category

ITEMS = [(section, item) for section in MAY_SHOW.values() for item in section.items]
SHOWN = {
    "te.perustiedot": "family_name given_names birth_date language municipality municipality_since employment_area jobseeker_since "
    "jobseeker_until coach coach_unit coach_phone coach_since",
    "te.tyollisyys": "code from to end_reason",
    "te.suunnitelma": "plan_type state signed review ended tasks",
    "te.palvelut": "service organiser organiser_name production voucher_granted voucher_until from planned_to to interrupted days_a_week",
    "te.yhteydenotot": "contact state at",
    "te.palvelulinja": "segment from to",
    "te.arkaluonteiset": "plan_type state signed review ended tasks code due handled handled_on service organiser organiser_name "
    "production voucher_granted voucher_until from planned_to to interrupted days_a_week segment end_reason",
    "kela.etuusjakso": "benefit decision ground from to decided paid days financing_municipality",
    "kela.vireillaolo": "benefit received state",
    "kela.paivalaskuri": "counter days maximum as_of",
    "sote.asiakassuhde": "status from to county",
    "sote.palvelutarve": "open recorded county",
    "sote.suunnitelma": "plan_type status signed from to county",
    "sote.kuntouttava-tyotoiminta": "status from to days_a_week",
    "sote.terveystarkastus-tehty": "done",
    "sote.tyokyvyn-arvio": "state date",
    "sote.tyokyvyn-rajoite": "code",
    "sote.yhteyshenkilo": "name unit phone",
}


def test_every_category_has_its_section_and_no_section_shows_more_than_the_table():
    shown = {
        category.value: {name for item in section.items for name, _ in members(item)}
        for category, section in MAY_SHOW.items()
    }

    assert list(MAY_SHOW) == list(Category)
    assert shown == {category: set(names.split()) for category, names in SHOWN.items()}


@pytest.mark.parametrize(("section", "item"), ITEMS)
def test_no_name_of_a_member_speaks_of_what_must_not_be_shown(section, item):
    forbidden = re.compile(
        "hetu|henkilotunnus|note|text|reason_of|diagnos|symptom|finding|opinion|amount|address|email|household|why"
    )

    assert [name for name, _ in members(item) if forbidden.search(name)] == []


@pytest.mark.parametrize(("section", "item"), ITEMS)
def test_what_tells_of_a_place_and_what_bounds_an_item_are_members_of_it(section, item):
    names = {name for name, _ in members(item)}

    assert names >= item.PLACE
    assert set(item.SPAN or ()) <= names


@pytest.mark.parametrize(("section", "item"), ITEMS)
def test_what_tells_of_a_place_can_be_left_out(section, item):
    hints = get_type_hints(item)

    assert all(NoneType in get_args(hints[name]) for name in item.PLACE)


def test_items_of_one_section_are_told_apart_by_their_kind():
    several = [section for section in MAY_SHOW.values() if len(section.items) > 1]

    assert all(len({item.KIND for item in section.items}) == len(section.items) for section in several)
    assert all(section.item_of(item.KIND) is item for section in several for item in section.items)


def test_a_section_that_holds_a_persons_name_declares_it():
    naming = {"family_name", "given_names", "coach", "name", "phone", "coach_phone"}

    for section in MAY_SHOW.values():
        held = {name for item in section.items for name, _ in members(item)}
        assert section.names_people == bool(held & naming), section.category


def test_items_cannot_be_changed():
    assert all(item.__dataclass_params__.frozen for _, item in ITEMS)
    assert dataclasses.is_dataclass(PlanTask)
