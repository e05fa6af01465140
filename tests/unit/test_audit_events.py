"""The catalogue and the classes of retention."""

import pytest

from audit.catalogue import ALWAYS, EventType, required
from audit.events import RetentionClass, retention_of
from schemas.vocabulary import Category


def test_every_type_says_what_it_must_name():
    assert all(required(type_).isdisjoint(ALWAYS) for type_ in EventType)


def test_a_disclosure_names_why_what_and_on_which_decision():
    assert required(EventType.DISCLOSURE_READ) == {"purpose", "categories", "decision", "request"}


def test_an_act_names_its_person_its_categories_and_its_row():
    assert required(EventType.CONSENT_WITHDRAWN) == {"person", "categories", "change"}


@pytest.mark.parametrize(
    ("categories", "expected"),
    [
        ((), RetentionClass.ADMIN),
        ((Category.TE_PALVELUT,), RetentionClass.EMPLOYMENT),
        ((Category.TE_PALVELUT, Category.KELA_ETUUSJAKSO), RetentionClass.BENEFIT),
        ((Category.KELA_ETUUSJAKSO, Category.SOTE_SUUNNITELMA, Category.TE_PALVELUT), RetentionClass.SOTE),
        (("new.category",), RetentionClass.SOTE),
    ],
)
def test_the_class_is_the_strictest_of_the_categories_asked(categories, expected):
    assert retention_of(categories) is expected
