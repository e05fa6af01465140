"""How each record type lies in staging: its key, what orders its versions, what is encrypted, what a leave list and turvakielto cut."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import polars as pl

from schemas import kela, sote, te
from schemas.expectations.fields import fields_of
from schemas.view import sensitive
from schemas.vocabulary import Category, Source

KEY: Final = "source_record_id"
VERSION: Final = "version"
HASH: Final = "content_hash"
FORMER: Final = "former_hash"
"""The same content under the former keys of a rotation, where its hash is keyed; staging may still hold one of these."""
CUT: Final = "cut"
PERSON: Final = "person_id"
BATCH: Final = "batch_id"
HEAD: Final = (KEY, PERSON, VERSION, HASH, CUT, BATCH)

CUT_LOCATION: Final = 1
CUT_SENSITIVE: Final = 2

COACH: Final = "vastuuasiantuntija"
COACH_CODE: Final = "vastuuasiantuntija_tunnus"
COACH_SINCE: Final = "vastuuasiantuntija_alku_pvm"
ENTERED_IN_ERROR: Final = "entered-in-error"

_SENSITIVE_TASK: Final = rf'\{{[^{{}}]*"toimikoodi":"({"|".join(sorted(sensitive.TASKS))})"[^{{}}]*\}},?'


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where and how a record type is kept.

    `key` are the fields that name a record, `version` the field that orders its versions; with `numbered` an equal version must be of
    equal content. `left_out` are fields that staging does not hold. `category` says under what a row may be kept, None: always (whom the
    records are about, and that they are protected or dead). `cuts` are what a row loses when the category of what is sensitive in it may
    not be kept; `location` what turvakielto takes.
    """

    record: type
    source: Source
    key: tuple[str, ...]
    version: str
    numbered: bool = False
    left_out: frozenset[str] = frozenset()
    encrypted: tuple[str, ...] = ()
    location: tuple[str, ...] = ()
    category: pl.Expr | None = None
    cuts: Mapping[str, pl.Expr] = field(default_factory=dict)
    added: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The record's name, as results and the quarantine call it."""
        return self.record.__name__.lower()

    @property
    def table(self) -> str:
        """The table's name in schema staging: the record's, in snake case."""
        return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in self.record.__name__).lstrip(
            "_"
        )

    @property
    def content(self) -> tuple[str, ...]:
        """The record's fields that make up its content, in order: all but those that name it and HETUs."""
        return tuple(each.name for each in fields_of(self.record) if each.name not in self.left_out)

    @property
    def columns(self) -> tuple[str, ...]:
        """The table's columns in order, the head first."""
        return (*HEAD, *(each for each in self.content if each != "versio"), *self.added)

    @property
    def by_moment(self) -> bool:
        """Whether versions are ordered by the moment of change."""
        return next(each.type for each in fields_of(self.record) if each.name == self.version) is datetime


def _either(sensitive_when: pl.Expr, otherwise: Category) -> pl.Expr:
    chosen = pl.when(sensitive_when).then(pl.lit(Category.TE_ARKALUONTEISET.value))
    return chosen.otherwise(pl.lit(otherwise.value))


def _of(category: Category) -> pl.Expr:
    return pl.lit(category.value)


def _te(record: type, category: pl.Expr | None, cuts: Mapping[str, pl.Expr] | None = None) -> Layout:
    return Layout(
        record=record,
        source=Source.TE,
        key=("id",),
        version="versio",
        numbered=True,
        left_out=frozenset({"id"}),
        category=category,
        cuts=cuts or {},
    )


def _sote(record: type, category: pl.Expr | None, encrypted: tuple[str, ...] = ()) -> Layout:
    return Layout(
        record=record,
        source=Source.SOTE,
        key=("county", "id"),
        version="muokattu_aika",
        left_out=frozenset({"id"}),
        category=category,
        encrypted=encrypted,
    )


def _without_sensitive_tasks() -> pl.Expr:
    return pl.col("tehtavat").str.replace_all(_SENSITIVE_TASK, "").str.replace(",]", "]", literal=True)


_TE: Final = (
    Layout(
        record=te.Tyonhakija,
        source=Source.TE,
        key=("id",),
        version="versio",
        numbered=True,
        left_out=frozenset({"id", "henkilotunnus", "henkilotunnus_historia"}),
        encrypted=("sukunimi", "etunimet", COACH),
        location=("kotikunta", "kotikunta_alku_pvm"),
        added=(COACH_CODE, COACH_SINCE),
    ),
    _te(
        te.Suunnitelma,
        _either(pl.col("toimsuunlaji").is_in(list(sensitive.PLAN_TYPES)), Category.TE_SUUNNITELMA),
        {"tehtavat": _without_sensitive_tasks()},
    ),
    _te(
        te.Palveluosallistuminen,
        _either(pl.col("palvelukoodi").is_in(list(sensitive.SERVICES)), Category.TE_PALVELUT),
    ),
    _te(te.Yhteydenotto, _of(Category.TE_YHTEYDENOTOT)),
    _te(
        te.Palvelulinja,
        _either(pl.col("segmenttikoodi").is_in(list(sensitive.SEGMENTS)), Category.TE_PALVELULINJA),
    ),
    _te(
        te.Tyollisyysjakso,
        _of(Category.TE_TYOLLISYYS),
        {"psyy": pl.when(~pl.col("psyy").is_in(list(sensitive.END_REASONS))).then("psyy")},
    ),
)
_KELA: Final = (
    Layout(
        record=kela.Vireillaolo,
        source=Source.KELA,
        key=("vireilla_id",),
        version="muokattu_aika",
        left_out=frozenset({"vireilla_id"}),
        category=_of(Category.KELA_VIREILLAOLO),
    ),
    Layout(
        record=kela.Etuusratkaisu,
        source=Source.KELA,
        key=("ratkaisu_id",),
        version="versio",
        numbered=True,
        left_out=frozenset({"ratkaisu_id"}),
        category=_of(Category.KELA_ETUUSJAKSO),
    ),
    Layout(
        record=kela.Maksu,
        source=Source.KELA,
        key=("maksu_id",),
        version="versio",
        numbered=True,
        left_out=frozenset({"maksu_id"}),
        location=("rahoittava_kunta",),
        category=_of(Category.KELA_ETUUSJAKSO),
    ),
    Layout(
        record=kela.Paivalaskuri,
        source=Source.KELA,
        key=(PERSON, "laji"),
        version="tilanne_pvm",
        category=_of(Category.KELA_PAIVALASKURI),
    ),
)
_TASK_CATEGORY: Final = {
    "072": Category.SOTE_KUNTOUTTAVA.value,
    "086": Category.SOTE_KUNTOUTTAVA.value,
    "034": Category.SOTE_TERVEYSTARKASTUS.value,
    "016": Category.SOTE_TYOKYVYN_ARVIO.value,
    "068": Category.SOTE_TYOKYVYN_ARVIO.value,
}
_SOTE: Final = (
    _sote(sote.Potilas, None),
    _sote(sote.Asiakassuhde, _of(Category.SOTE_ASIAKASSUHDE)),
    _sote(sote.Palvelutarve, _of(Category.SOTE_PALVELUTARVE)),
    _sote(sote.SoteSuunnitelma, _of(Category.SOTE_SUUNNITELMA)),
    _sote(
        sote.SoteToimenpide, pl.col("toimikoodi").replace_strict(_TASK_CATEGORY, default=None, return_dtype=pl.String)
    ),
    _sote(sote.TyokyvynRajoite, _of(Category.SOTE_TYOKYVYN_RAJOITE)),
    _sote(sote.Yhteyshenkilo, _of(Category.SOTE_YHTEYSHENKILO), encrypted=("nimi", "puhelin")),
)

LAYOUTS: Final[Mapping[Source, tuple[Layout, ...]]] = {Source.TE: _TE, Source.KELA: _KELA, Source.SOTE: _SOTE}
"""The kept record types of each source in the order they are merged: whom the others are about comes first, what most rows are of late.

A first load writes each while the next is decided on, and what is soon decided lets the server begin.
"""


def layouts() -> tuple[Layout, ...]:
    """List every kept record type."""
    return tuple(layout for of_source in LAYOUTS.values() for layout in of_source)


def context(table: str, column: str, record_id: str) -> bytes:
    """Name what an encrypted value belongs to: one moved to another row or column does not open."""
    return f"staging.{table}.{column}:{record_id}".encode()


def hetu_context(person_id: str) -> bytes:
    """Name whose HETU an encrypted one is; `person_id` as 36 characters."""
    return f"staging.identity.hetu:{person_id}".encode()
