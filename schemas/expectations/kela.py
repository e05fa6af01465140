"""The suites of the Kela source (etuustiedot, HaeEtuudet v1; DOMAIN.md 5.2, 5.3, 9)."""

from collections.abc import Iterable, Iterator
from typing import Final

import polars as pl

from schemas import kela
from schemas.codes import kela as codes
from schemas.codes import places
from schemas.expectations.common import suite
from schemas.expectations.kinds import between, day_of, listed, ordered, plain, told
from schemas.expectations.rule import Rule, Suite
from schemas.vocabulary import Source, Text

KELA: Final = Source.KELA
VERSION: Final = "1"
OWNER: Final = "hetu"
MOST_DAYS_IN_A_MONTH: Final = 31
_FORMER: Final = [code.code for code in codes.BENEFITS.dated]


def suites() -> Iterator[Suite]:
    """Give the suite of each record type; the HETU of the owner travels beside each."""
    for record, rules in (
        (kela.Asiakas, ()),
        (kela.Vireillaolo, _claim()),
        (kela.Etuusratkaisu, _decision()),
        (kela.Maksu, _payment()),
        (kela.Paivalaskuri, _counter()),
        (kela.Henkilovirhe, _fault()),
    ):
        yield _of_owner(record, rules)


def _of_owner(record: type, rules: Iterable[Rule]) -> Suite:
    nameless = told(OWNER, "MISSING", _NAMELESS, KELA, pl.col(OWNER).is_not_null())
    hetus = (OWNER, "uusi_henkilotunnus") if record is kela.Henkilovirhe else (OWNER,)
    return suite(record, KELA, VERSION, (*rules, nameless), hetus=hetus)


def _claim() -> Iterator[Rule]:
    yield plain("vireilla_id", KELA)
    yield listed("etuus", codes.BENEFITS, KELA)
    yield listed("tila", codes.CLAIM_STATES, KELA)


def _decision() -> Iterator[Rule]:
    yield plain("ratkaisu_id", KELA)
    yield between("versio", 1, 2**31 - 1, KELA)
    yield listed("etuus", codes.BENEFITS, KELA, on=pl.col("alku_pvm"), until=_last_day_known())
    yield listed("ratkaisu", codes.DECISIONS, KELA)
    yield listed("peruste", codes.GROUNDS, KELA)
    yield ordered("alku_pvm", "loppu_pvm", KELA)


def _last_day_known() -> pl.Expr:
    """Take an open decision to run until it was last changed: a benefit that ended leaves none open after its last day."""
    runs = pl.col("ratkaisu").is_in(["MYONTO", "TARKISTUS"])
    return pl.col("loppu_pvm").fill_null(pl.when(runs).then(day_of("muokattu_aika")))


def _payment() -> Iterator[Rule]:
    yield plain("maksu_id", KELA)
    yield plain("ratkaisu_id", KELA)
    yield between("versio", 1, 2**31 - 1, KELA)
    yield listed("etuus", codes.BENEFITS, KELA, on=pl.col("kauden_alku_pvm"), until=pl.col("kauden_loppu_pvm"))
    yield ordered("kauden_alku_pvm", "kauden_loppu_pvm", KELA)
    yield between("etuuspaivat", 0, MOST_DAYS_IN_A_MONTH, KELA)
    yield listed("rahoittava_kunta", places.MUNICIPALITIES, KELA, on=pl.col("maksettu_pvm"))


def _counter() -> Iterator[Rule]:
    yield listed("laji", codes.COUNTERS, KELA)
    yield between("paivat", 0, 2**15 - 1, KELA)
    ends = pl.col("laji") == "ENIMMAISAIKA"
    maximum = pl.col("enimmaispaivat").is_in(list(codes.MAXIMUM_DAYS)).fill_null(value=False)
    yield told("enimmaispaivat", "MAXIMUM", _MAXIMUM, KELA, ~ends | maximum)


def _fault() -> Iterator[Rule]:
    yield listed("koodi", codes.PERSON_FAULTS, KELA)
    replaced = pl.col("koodi") == "HETU_PASSIVOITU"
    yield told("uusi_henkilotunnus", "IFF", _REPLACED, KELA, replaced == pl.col("uusi_henkilotunnus").is_not_null())


_NAMELESS: Final = Text(
    "Tiedolta puuttuu henkilötunnus.", "Posten saknar personbeteckning.", "The record belongs to no HETU."
)
_MAXIMUM: Final = Text(
    "Enimmäisajan päivät ovat 300, 400 tai 500.",
    "Maximitidens dagar är 300, 400 eller 500.",
    "The maximum of days is 300, 400 or 500.",
)
_REPLACED: Final = Text(
    "Uusi henkilötunnus on vain passivoidulla.",
    "Ny personbeteckning finns bara för en passiverad.",
    "A new HETU stands exactly when the former was passivated.",
)
