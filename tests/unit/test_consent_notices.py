"""What a next text has to keep to, and what two texts differ in."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.errors import ConsentError, Fault
from consent.model import Change
from consent.notices import Part, difference, follows
from consent.queries.notices import Version
from schemas.vocabulary import Text

NOON = datetime(2026, 2, 1, 10, tzinfo=UTC)
SAID = Text("Annan luvan.", "Jag tillåter.", "I allow.")


def a_version(n=1, text=SAID, change=Change.FIRST, at=NOON):
    sha256 = Text(*(hashlib.sha256(said.encode()).hexdigest() for said in (text.fi, text.sv, text.en)))
    return Version(
        n=n, change=change, text=text, sha256=sha256, published_at=at, grace_until=at, approved_by=("one", "other")
    )


def next_to(*before, **changed):
    told = {"n": len(before) + 1, "text": SAID, "change": Change.EDITORIAL, "published_at": NOON, "grace_until": None}
    follows(before, **(told | changed))


def test_the_first_text_is_the_first_and_the_next_is_not():
    next_to(change=Change.FIRST)
    next_to(a_version())


@pytest.mark.parametrize(
    ("changed", "field", "fault"),
    [
        ({"n": 3}, "n", Fault.INVALID_FIELD),
        ({"n": 1}, "n", Fault.INVALID_FIELD),
        ({"change": Change.FIRST}, "change", Fault.INVALID_FIELD),
        ({"text": Text("Annan luvan.", " ", "I allow.")}, "text", Fault.INVALID_FIELD),
        ({"text": Text("Annan luvan.", "Jag tillåter.", "")}, "text", Fault.INVALID_FIELD),
        ({"published_at": NOON - timedelta(seconds=1)}, "published_at", Fault.BAD_PERIOD),
        ({"grace_until": NOON + timedelta(days=3)}, "grace_until", Fault.BAD_PERIOD),
        ({"grace_until": NOON + timedelta(days=3), "change": Change.NARROWER}, "grace_until", Fault.BAD_PERIOD),
    ],
)
def test_a_text_that_does_not_follow_is_refused_by_its_field(changed, field, fault):
    with pytest.raises(ConsentError) as refused:
        next_to(a_version(), **changed)

    assert (refused.value.field, refused.value.fault) == (field, fault)


def test_a_material_text_may_have_grace():
    next_to(a_version(), change=Change.MATERIAL, grace_until=NOON + timedelta(days=3))


def test_an_agreement_begins_with_a_first_text():
    with pytest.raises(ConsentError) as refused:
        next_to()

    assert refused.value.field == "change"


def test_a_difference_is_read_word_by_word_in_each_language():
    newer = a_version(2, Text("Annan luvan heti.", "Jag tillåter.", "I do allow."), Change.NARROWER)

    found = difference(a_version(), newer)

    assert [(span.part, span.text) for span in found.spans["en"]] == [
        (Part.SAME, "I "),
        (Part.NEW, "do "),
        (Part.SAME, "allow."),
    ]
    assert found.changed == ("fi", "en")


@given(st.text(alphabet="ab \n.", max_size=40), st.text(alphabet="ab \n.", max_size=40))
def test_both_texts_can_be_put_together_from_their_difference(old, new):
    spans = difference(a_version(text=Text(old, old, old)), a_version(2, Text(new, new, new))).spans["sv"]

    assert "".join(span.text for span in spans if span.part is not Part.NEW) == old
    assert "".join(span.text for span in spans if span.part is not Part.GONE) == new
