"""Names in the log: by year and class, counted on from the first, and lost for ended years without a change to any other."""

import hmac
from itertools import product

import pytest

from audit import naming
from audit.events import RetentionClass
from audit.pseudonyms import FIRST_YEAR, first_years, kept_of, pseudonym, roots_after
from db.errors import KeyMissing
from db.keys import Keyring, Use, list_keys, new_keyring, supersede
from tests.logs import PERSON

YEARS = range(FIRST_YEAR - 1, FIRST_YEAR + 6)
SOTE, EMPLOYMENT = RetentionClass.SOTE, RetentionClass.EMPLOYMENT


@pytest.fixture
def path(tmp_path):
    made = tmp_path / "keyring.json"
    new_keyring(made, development=True)
    return made


def names(keyring):
    """Every name that can still be counted."""
    found = {}
    for year, class_ in product(YEARS, RetentionClass):
        try:
            found[year, class_] = pseudonym(keyring, year, class_, "person", str(PERSON))
        except KeyMissing:
            continue
    return found


def destroyed(path, **years):
    """End classes: nothing older than these years is kept."""
    ring, ended = Keyring.open(path), {RetentionClass(name): year for name, year in years.items()}
    supersede(path, Use.LOG_PSEUDONYM, kept=kept_of(ring, ended), made=roots_after(ring, ended))


def test_no_two_years_or_classes_share_a_name(path):
    assert len(set(names(Keyring.open(path)).values())) == len(YEARS) * len(RetentionClass)


def test_the_first_year_s_name_is_counted_as_the_document_says():
    ring = Keyring.for_tests()
    key = ring.keyed_hash(Use.LOG_PSEUDONYM, f"{FIRST_YEAR}/sote".encode())

    expected = hmac.digest(key, b"person\0" + str(PERSON).encode(), "sha256")[:16].hex()

    assert pseudonym(ring, FIRST_YEAR, SOTE, "person", str(PERSON)) == expected


def test_ended_years_are_lost_and_every_other_name_stays_night_after_night(path):
    before = names(Keyring.open(path))

    destroyed(path, employment=FIRST_YEAR + 1)
    once = names(Keyring.open(path))
    destroyed(path, employment=FIRST_YEAR + 3, sote=FIRST_YEAR + 1)
    twice = names(Keyring.open(path))

    assert once == {k: v for k, v in before.items() if k[0] >= FIRST_YEAR + (k[1] is EMPLOYMENT)}
    first = {EMPLOYMENT: FIRST_YEAR + 3, SOTE: FIRST_YEAR + 1}
    assert twice == {k: v for k, v in before.items() if k[0] >= first.get(k[1], FIRST_YEAR)}
    assert first_years(Keyring.open(path))[EMPLOYMENT] == FIRST_YEAR + 3


def test_nothing_that_is_left_in_the_file_counts_what_was_destroyed(path):
    lost = names(Keyring.open(path))[FIRST_YEAR, EMPLOYMENT]
    destroyed(path, employment=FIRST_YEAR + 1)

    left = [key.secret for key in list_keys(path) if key.use is Use.LOG_PSEUDONYM]

    value = f"person\0{PERSON}".encode()
    label = f"{FIRST_YEAR}/employment".encode()
    direct = [hmac.digest(secret, value, "sha256") for secret in left]
    counted = [hmac.digest(hmac.digest(secret, label, "sha256"), value, "sha256") for secret in left]
    assert len(left) == len(RetentionClass)
    assert not any(each[:16].hex() == lost for each in direct + counted)


def test_a_person_s_names_leave_out_the_years_that_are_lost(path):
    whole = naming.of_person(Keyring.open(path), [FIRST_YEAR, FIRST_YEAR + 1], PERSON)

    destroyed(path, employment=FIRST_YEAR + 1)

    left = naming.of_person(Keyring.open(path), [FIRST_YEAR, FIRST_YEAR + 1], PERSON)
    assert len(left) == len(whole) - 1
    assert set(left) < set(whole)
