"""The code lists as they are written: a change moves the version, problems are called as they are answered."""

import hashlib
import json

from web import codelists
from web.problems import FORMS

SUMS = {
    "categories": "257c7a60",
    "purposes": "584720cf",
    "grounds": "ebef383d",
    "sources": "0c5134c4",
    "facts": "d9f955c8",
    "reasons": "7d225614",
    "problems": "0772b08f",
    "municipalities": "da12ed1f",
    "employment-areas": "27aa197a",
}
"""Whoever changes a list puts the day into its version, and the new sum here."""


def test_a_list_that_changes_gets_another_version():
    sums = {name: hashlib.sha256(codelists.body(name)).hexdigest()[:8] for name in codelists.CODELISTS}

    assert sums == SUMS


def test_every_problem_has_its_english_title_in_the_list():
    listed = {each["code"]: each["en"] for each in json.loads(codelists.body("problems"))["codes"]}

    assert listed == {kind.value: form.title for kind, form in FORMS.items()}
