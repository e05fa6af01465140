"""How the pages write days, moments and numbers, and which language a visitor reads (PAGES.md 1, 10)."""

from datetime import UTC, date, datetime

import pytest

from web.pages import forms, languages
from web.pages.languages import Language
from web.sign_in.pages import local

NINE = datetime(2026, 6, 4, 6, 12, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "written"),
    [("fi", "4.6.2026 klo 9.12"), ("sv", "4.6.2026 kl. 9.12"), ("en", "4 June 2026 at 9.12")],
)
def test_a_moment_is_written_as_its_readers_write_it_in_helsinkis_time(language, written):
    assert languages.moment(NINE, Language(language)) == written


def test_a_day_is_helsinkis_day():
    late = datetime(2026, 6, 3, 21, 30, tzinfo=UTC)

    assert languages.day(late, Language.FI) == "4.6.2026"
    assert languages.birthday(date(1984, 3, 12), Language.EN) == "12 March 1984"


def test_thousands_are_parted_by_a_narrow_space():
    assert languages.number(1234567) == "1\u202f234\u202f567"


@pytest.mark.parametrize(
    ("saved", "accepted", "language"),
    [
        ("sv", "en", "sv"),
        (None, "en-GB,en;q=0.9,fi;q=0.8", "en"),
        (None, "fi;q=0.1, sv;q=0.2", "sv"),
        (None, "de, fr;q=x, *;q=0.1", "fi"),
        ("de", "", "fi"),
    ],
)
def test_the_saved_choice_then_the_most_wanted_then_finnish(saved, accepted, language):
    assert languages.chosen(saved, accepted) == language


@pytest.mark.parametrize("address", [None, "", "people", "//evil", "/\\evil", "https://evil", "/a\r\nb"])
def test_only_a_path_of_ours_is_gone_back_to(address):
    assert local(address) == "/"
    assert local("/people?x=1") == "/people?x=1"


def test_a_field_sent_twice_is_no_text_and_a_group_keeps_its_values():
    form = forms.read(b"a=1&a=2&b=+x+&c=")

    assert (form.one("a"), form.one("b"), form.one("c"), form.one("d")) == ("", "x", "", "")
    assert form.many("a") == ("1", "2")


@pytest.mark.parametrize("body", [b"\xff", b"&".join(b"a=1" for _ in range(201))])
def test_what_is_no_form_is_refused(body):
    with pytest.raises(forms.BadForm):
        forms.read(body)
