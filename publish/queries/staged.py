"""What staging holds of many people: a list of rows per record type and person, in the order the assembly wants."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Row, Select, Table, Text, bindparam, cast, func, select
from sqlalchemy import UUID as UUID_COLUMN

from connectors import tables
from connectors.layout import context
from db.engine import Read
from db.keys import Keyring, Use
from publish.assembly.records import Jobseeker
from schemas.sote import Yhteyshenkilo
from schemas.vocabulary import Source

Rows = Mapping[str, Sequence[Any]]
"""By person, their id as text: a UUID's own hash is 0.6 us each time."""


class Controller(NamedTuple):
    """Who controls what comes over a connection: a Y-tunnus, for a source and a place."""

    source: Source
    place: str
    controller: str


_PEOPLE = select(func.unnest(cast(bindparam("people", type_=Text()), ARRAY(UUID_COLUMN()))))


def of_people(column: ColumnElement[UUID]) -> ColumnElement[bool]:
    """Keep the rows of the people that the parameter ``people`` lists (``listed``): a join, for ``= ANY`` would walk the whole list."""
    return column.in_(_PEOPLE)


def listed(people: Sequence[UUID]) -> dict[str, str]:
    """Write people as the parameter of ``of_people``: one text, for the driver would take 2 us a person and statement."""
    return {"people": _array(tuple(people))}


@lru_cache(maxsize=4)
def _array(people: tuple[UUID, ...]) -> str:
    return f"{{{','.join(map(str, people))}}}"


def _person(column: ColumnElement[UUID]) -> ColumnElement[str]:
    return cast(column, Text()).label("person_id")


def _select(table: Table[Any], key: str, *columns: str, by: str) -> Select[*tuple[Any, ...]]:
    of = table.c
    return (
        select(_person(of.person_id), of.source_record_id.label(key), *(of[name] for name in columns))
        .where(of_people(of.person_id))
        .order_by(of[by], of.source_record_id)
    )


_STATEMENTS: Mapping[str, Select[*tuple[Any, ...]]] = {
    "tyollisyysjakso": _select(
        tables.tyollisyysjakso, "id", "tyollkoodi", "alku_pvm", "loppu_pvm", "psyy", by="alku_pvm"
    ),
    "suunnitelma": _select(
        tables.suunnitelma,
        "id",
        "toimsuunlaji",
        "tila",
        "allekirjoitettu_pvm",
        "tarkistus_pvm",
        "paattynyt_pvm",
        "tehtavat",
        by="allekirjoitettu_pvm",
    ),
    "palveluosallistuminen": _select(
        tables.palveluosallistuminen,
        "id",
        "palvelukoodi",
        "jarjestaja_ytunnus",
        "jarjestaja_nimi",
        "tuotantotapa",
        "palveluseteli_myonnetty_pvm",
        "palveluseteli_voimassa_asti_pvm",
        "alku_pvm",
        "suunniteltu_loppu_pvm",
        "loppu_pvm",
        "keskeytynyt",
        "paivat_viikossa",
        by="alku_pvm",
    ),
    "yhteydenotto": _select(tables.yhteydenotto, "id", "yhtottotapa", "tila", "ajankohta_aika", by="ajankohta_aika"),
    "palvelulinja": _select(
        tables.palvelulinja, "id", "segmenttikoodi", "segmentti_pvm", "paattynyt_pvm", by="segmentti_pvm"
    ),
    "etuusratkaisu": _select(
        tables.etuusratkaisu,
        "ratkaisu_id",
        "etuus",
        "ratkaisu",
        "peruste",
        "alku_pvm",
        "loppu_pvm",
        "ratkaisu_pvm",
        by="alku_pvm",
    ),
    "maksu": _select(
        tables.maksu,
        "maksu_id",
        "etuus",
        "kauden_alku_pvm",
        "kauden_loppu_pvm",
        "maksettu_pvm",
        "etuuspaivat",
        "rahoittava_kunta",
        "peruttu",
        by="kauden_alku_pvm",
    ),
    "vireillaolo": _select(tables.vireillaolo, "vireilla_id", "etuus", "saapunut_pvm", "tila", by="saapunut_pvm"),
    "paivalaskuri": _select(
        tables.paivalaskuri, "record_id", "laji", "paivat", "enimmaispaivat", "tilanne_pvm", by="laji"
    ),
    "asiakassuhde": _select(tables.asiakassuhde, "id", "county", "status", "alku_pvm", "loppu_pvm", by="alku_pvm"),
    "palvelutarve": _select(tables.palvelutarve, "id", "county", "status", "kirjattu_pvm", by="kirjattu_pvm"),
    "sote_suunnitelma": _select(
        tables.sote_suunnitelma,
        "id",
        "county",
        "status",
        "toimsuunlaji",
        "laadittu_pvm",
        "alku_pvm",
        "loppu_pvm",
        by="alku_pvm",
    ),
    "sote_toimenpide": _select(
        tables.sote_toimenpide,
        "id",
        "county",
        "toimikoodi",
        "status",
        "alku_pvm",
        "loppu_pvm",
        "paivat_viikossa",
        by="alku_pvm",
    ),
    "tyokyvyn_rajoite": _select(tables.tyokyvyn_rajoite, "id", "county", "koodi", by="koodi"),
}


def records(read: Read, *, people: Sequence[UUID]) -> dict[str, Rows]:
    """Read every record type of these people, by its name.

    A row answers to the names of its record (``schemas.te`` ...) but for what no section shows; making records of them all
    would cost a night 10 s for the nation.
    """
    found = {name: _by_person(read, statement, people) for name, statement in _STATEMENTS.items()}
    return found | {"tyonhakija": _jobseekers(read, people), "yhteyshenkilo": _contact_people(read, people)}


def _by_person(read: Read, statement: Select[*tuple[Any, ...]], people: Sequence[UUID]) -> Rows:
    rows: defaultdict[str, list[Row[*tuple[Any, ...]]]] = defaultdict(list)
    for row in read.execute(statement, listed(people)).all():
        rows[row[0]].append(row)
    return rows


_JOBSEEKERS = _select(
    tables.tyonhakija,
    "id",
    "sukunimi",
    "etunimet",
    "syntyma_pvm",
    "kotikunta",
    "kotikunta_alku_pvm",
    "tyollisyysalue",
    "asiointikieli",
    "tyonhaku_alkanut_pvm",
    "tyonhaku_paattynyt_pvm",
    "vastuuasiantuntija",
    by="tyonhaku_alkanut_pvm",
)
_CONTACT_PEOPLE = _select(
    tables.yhteyshenkilo, "id", "county", "muokattu_aika", "nimi", "yksikko", "puhelin", by="county"
)


def _jobseekers(read: Read, people: Sequence[UUID]) -> Rows:
    rows: defaultdict[str, list[Jobseeker]] = defaultdict(list)
    for row in read.execute(_JOBSEEKERS, listed(people)).all():
        person_id, *values = row
        opened = dict(zip(_NAMES_OF_JOBSEEKER, values, strict=True))
        for column in ("sukunimi", "etunimet", "vastuuasiantuntija"):
            opened[column] = _opened(read.keyring, "tyonhakija", column, opened["id"], opened[column])
        rows[person_id].append(Jobseeker(**opened))
    return rows


_NAMES_OF_JOBSEEKER = tuple(Jobseeker.__dataclass_fields__)


def _contact_people(read: Read, people: Sequence[UUID]) -> Rows:
    rows: defaultdict[str, list[Yhteyshenkilo]] = defaultdict(list)
    for person_id, id_, county, changed, name, unit, phone in read.execute(_CONTACT_PEOPLE, listed(people)):
        name_ = _opened(read.keyring, "yhteyshenkilo", "nimi", id_, name)
        phone_ = _opened(read.keyring, "yhteyshenkilo", "puhelin", id_, phone)
        person = Yhteyshenkilo(
            id=id_, county=county, muokattu_aika=changed, nimi=name_ or "", yksikko=unit, puhelin=phone_
        )
        rows[person_id].append(person)
    return rows


def _opened(keyring: Keyring, table: str, column: str, record_id: str, value: bytes | None) -> str | None:
    if value is None:
        return None
    return keyring.decrypt_packed(Use.IDENTITY_ENCRYPTION, value, context=context(table, column, record_id)).decode()


def protected(read: Read, *, people: Sequence[UUID]) -> frozenset[UUID]:
    """Say which of these people any source calls protected."""
    of = tables.protection.c
    rows = read.execute(select(of.person_id).where(of_people(of.person_id)), listed(people))
    return frozenset(rows.scalars())


def controllers(read: Read) -> list[Controller]:
    """Say who controls what comes from each source and place."""
    of = tables.connection.c
    rows = read.execute(select(of.source, of.place, of.controller).distinct())
    return [Controller(Source(source), place, controller) for source, place, controller in rows]
