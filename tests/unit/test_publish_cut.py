"""What of a section a permit for a period, or turvakielto, lets out."""

import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from consent.model import ALWAYS, FUTURE, PAST, Period
from publish.cut import cut
from schemas.vocabulary import Category

NOON = datetime(2026, 6, 1, 9, tzinfo=UTC)


def helsinki_midnight(month, day):
    return datetime(2026, month, day, tzinfo=ZoneInfo("Europe/Helsinki")).astimezone(UTC)


def shown(item, *periods, category=Category.TE_TYOLLISYYS, mask_place=False):
    text = json.dumps([item], ensure_ascii=False, separators=(",", ":"))
    return json.loads(cut(text, category, periods=periods, mask_place=mask_place, at=NOON))


def test_a_permit_for_everything_leaves_the_text_untouched():
    text = '[{"code":"02" , "from":"2025-01-01"}]'

    assert cut(text, Category.TE_TYOLLISYYS, periods=(ALWAYS,), mask_place=False, at=NOON) is text


SPRING = Period(helsinki_midnight(1, 1), helsinki_midnight(5, 1))


@pytest.mark.parametrize(
    ("item", "is_shown"),
    [
        ({"from": "2026-01-01", "to": "2026-04-30"}, True),
        ({"from": "2026-01-01", "to": "2026-05-01"}, False),
        ({"from": "2025-12-31", "to": "2026-04-30"}, False),
        ({"from": "2026-02-01"}, False),
    ],
)
def test_an_item_is_shown_when_both_its_days_lie_in_the_period(item, is_shown):
    assert shown(item, SPRING) == ([item] if is_shown else [])


def test_an_item_still_running_reaches_to_the_moment_asked_about():
    item = {"code": "02", "from": "2026-02-01"}

    assert shown(item, Period(SPRING.start, NOON)) == [item]
    assert shown(item, Period(SPRING.start, NOON.replace(hour=8))) == []


def test_an_item_is_not_pieced_together_from_two_periods():
    item = {"from": "2026-01-10", "to": "2026-04-10"}
    left = (Period(SPRING.start, helsinki_midnight(2, 1)), Period(helsinki_midnight(4, 1), SPRING.end))

    assert shown(item, *left) == []


@pytest.mark.parametrize(("periods", "is_shown"), [((Period(PAST, NOON),), False), ((Period(NOON, FUTURE),), True)])
def test_an_item_without_days_speaks_of_now(periods, is_shown):
    item = {"code": "X1"}

    assert shown(item, *periods, category=Category.SOTE_TYOKYVYN_RAJOITE) == ([item] if is_shown else [])


def test_an_instant_is_judged_as_it_is():
    item = {"contact": "27", "state": "VARATTU", "at": "2026-06-01T09:00:00Z"}

    assert shown(item, Period(NOON, FUTURE), category=Category.TE_YHTEYDENOTOT) == [item]
    assert shown(item, Period(PAST, NOON), category=Category.TE_YHTEYDENOTOT) == []


def test_an_item_of_several_kinds_is_judged_by_its_own_days():
    plan = {"kind": "plan", "plan_type": "07", "state": "PAATTYNYT", "signed": "2026-01-15", "ended": "2026-02-15"}
    late = {"kind": "service", "service": "05", "from": "2026-04-01", "to": "2026-05-15"}

    text = json.dumps([plan, late])

    assert json.loads(cut(text, Category.TE_ARKALUONTEISET, periods=[SPRING], mask_place=False, at=NOON)) == [plan]


def test_masking_takes_what_tells_of_a_place_and_nothing_else():
    item = {
        "benefit": "YLEISTUKI",
        "from": "2026-05-01",
        "to": "2026-05-31",
        "financing_municipality": "740",
        "kind": "payment",
    }

    [masked] = shown(item, ALWAYS, category=Category.KELA_ETUUSJAKSO, mask_place=True)

    assert masked == {name: value for name, value in item.items() if name != "financing_municipality"}
