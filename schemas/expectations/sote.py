"""The suites of the sote source (FHIR R4, cut to the whitelist; DOMAIN.md 6.2, 9)."""

from collections.abc import Iterable, Iterator
from typing import Final

import polars as pl

from schemas import sote
from schemas.codes import places
from schemas.codes import sote as codes
from schemas.codes import te as te_codes
from schemas.expectations.common import suite
from schemas.expectations.kinds import between, listed, ordered, plain, told
from schemas.expectations.rule import Rule, Suite
from schemas.vocabulary import Source, Text

SOTE: Final = Source.SOTE
VERSION: Final = "1"
OWNER: Final = "hetu"


def suites() -> Iterator[Suite]:
    """Give the suite of each record type; the HETU of the patient travels beside each."""
    for record, rules in (
        (sote.Potilas, ()),
        (sote.Asiakassuhde, (listed("status", codes.EPISODE_STATES, SOTE), ordered("alku_pvm", "loppu_pvm", SOTE))),
        (sote.Palvelutarve, (listed("status", codes.REQUEST_STATES, SOTE),)),
        (sote.SoteSuunnitelma, _plan()),
        (sote.SoteToimenpide, _activity()),
        (sote.TyokyvynRajoite, ()),
        (sote.Yhteyshenkilo, ()),
    ):
        yield _of_patient(record, rules)


def _of_patient(record: type, rules: Iterable[Rule]) -> Suite:
    nameless = told(OWNER, "MISSING", _NAMELESS, SOTE, pl.col(OWNER).is_not_null())
    always = (plain("id", SOTE), listed("county", places.COUNTIES, SOTE))
    return suite(record, SOTE, VERSION, (*always, *rules, nameless), hetus=(OWNER,))


def _plan() -> Iterator[Rule]:
    yield listed("status", codes.REQUEST_STATES, SOTE)
    yield listed("toimsuunlaji", te_codes.PLAN_TYPES, SOTE)
    yield ordered("alku_pvm", "loppu_pvm", SOTE)


def _activity() -> Iterator[Rule]:
    yield listed("toimikoodi", codes.SHOWN_TASKS, SOTE)
    yield listed("status", codes.ACTIVITY_STATES, SOTE)
    yield ordered("alku_pvm", "loppu_pvm", SOTE)
    yield between("paivat_viikossa", 1, 7, SOTE)


_NAMELESS: Final = Text(
    "Potilaalla ei ole henkilötunnusta.", "Patienten saknar personbeteckning.", "The patient has no HETU."
)
