"""One's own data in plain words: every field of the view has a label, and values read as people write them."""

import re
from pathlib import Path

import schemas.view
from web.pages.languages import Language
from web.person.fields import FIELDS, pairs, plain

NOT_OF_ROWS = {"names_people"}


def test_every_field_of_the_view_is_called_something_in_three_languages():
    sources = "".join(path.read_text() for path in Path(schemas.view.__file__).parent.glob("*.py"))
    named = {name.rstrip("_") for name in re.findall(r"^    ([a-z_]+): ", sources, re.MULTILINE)} - NOT_OF_ROWS

    assert named - set(FIELDS) == set()
    assert all(text.fi and text.sv and text.en for text in FIELDS.values())


def test_values_read_as_people_write_them():
    assert plain(True, Language.SV) == "ja"
    assert plain("2026-06-04", Language.FI) == "4.6.2026"
    assert plain("2026-06-04T06:12:00+00:00", Language.FI) == "4.6.2026 klo 9.12"
    assert plain("05", Language.FI) == "05"
    assert plain(3, Language.EN) == "3"
    assert plain([{"open": False}, "x"], Language.EN) == "Open: no; x"


def test_a_field_that_nobody_has_named_yet_is_shown_all_the_same():
    assert list(pairs({"new": "x"}, Language.FI)) == [("new", "x")]
