"""Reasons and errors speak three languages; the statutes we begin with say that they are our reading."""

from dataclasses import astuple

import pytest

from consent.defaults import RIGHTS, statutes
from consent.errors import ConsentError, Fault
from consent.model import Step
from consent.reasons import TEXTS
from schemas.vocabulary import Category, PartyKind, Purpose, Reason
from tests.spec.world import moment

AT = moment("1.1.2026")


def test_every_reason_has_its_sentence_in_three_languages():
    assert set(TEXTS) == set(Reason)
    assert all(sentence.endswith((".", ":")) for text in TEXTS.values() for sentence in astuple(text))


@pytest.mark.parametrize("step", Step)
def test_every_step_ends_in_a_reason(step):
    assert step.reason in Reason


def test_steps_stand_in_the_order_of_the_document():
    assert [step.name.lower() for step in Step] == [
        "no_agreement",
        "agreement_invalid",
        "no_consent",
        "invalidated",
        "refused",
        "revoked",
        "withdrawn",
        "not_yet_valid",
        "expired",
        "pending_verification",
        "conflict",
        "suspended",
        "representation_lapsed",
        "notice_outdated",
        "outside_data_period",
        "ok",
    ]


@pytest.mark.parametrize("fault", Fault)
def test_every_fault_has_its_sentence_in_three_languages(fault):
    assert all(sentence.endswith(".") for sentence in astuple(fault.text))


def test_an_error_names_its_field_and_no_value():
    assert str(ConsentError(Fault.BAD_PERIOD, "valid_until")).startswith("valid_until: ")


def test_every_statute_we_begin_with_is_unverified_and_names_its_law():
    rows = list(statutes(valid_from=AT))

    assert rows
    assert all(not row.verified and row.law_ref and all(astuple(row.text)) for row in rows)


def test_each_row_holds_the_data_of_its_kind_of_controller():
    sources = {PartyKind.KEHA: "te", PartyKind.KELA: "kela", PartyKind.COUNTY: "sote"}

    assert all(
        category.startswith(sources[row.controller_kind])
        for row in statutes(valid_from=AT)
        for category in row.categories
    )


@pytest.mark.parametrize(
    ("purpose", "opened", "left"),
    [
        (Purpose.TYO, Category.KELA_ETUUSJAKSO, Category.KELA_VIREILLAOLO),
        (Purpose.TYO, Category.TE_SUUNNITELMA, Category.TE_ARKALUONTEISET),
        (Purpose.TYM, Category.TE_ARKALUONTEISET, Category.SOTE_KUNTOUTTAVA),
        (Purpose.TYM, Category.SOTE_PALVELUTARVE, Category.SOTE_TYOKYVYN_RAJOITE),
    ],
)
def test_the_law_opens_what_the_matrix_says_and_leaves_the_rest_to_consent(purpose, opened, left):
    categories = frozenset().union(*(right.categories for right in RIGHTS if right.purpose is purpose))

    assert opened in categories
    assert left not in categories


def test_no_statute_opens_what_its_purpose_does_not_need():
    assert all(right.categories <= right.purpose.needs for right in RIGHTS)
