"""What decisions read of a person, written in the transaction that learnt it (AMENDMENTS 2, 6); connectors name no consent module.

Both questions are asked about the people of the temporary table ``touched_person``; ``was_jobseeker`` and ``was_patient`` hold what staging
said of them before the merge, so that what ended is told as ended and what never was is not told at all.
"""

# ruff: noqa: S608 - statements are put together from our own text, every value is bound

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final

import polars as pl

from connectors.queries.bulk import ask, loaded, run
from db.engine import Transaction
from schemas.codes import places
from schemas.vocabulary import Source

PEOPLE_A_CALL: Final = 25_000
FINANCING_LASTS: Final = "12 months"
"""How long after its last paid period a financing municipality still deals with a person; unverified: confirm with the authority."""

_SUCCESSOR: Final = " ".join(
    f"WHEN '{code.code}' THEN '{places.municipality(code.code).merged_into}'"
    for code in places.MUNICIPALITIES.codes
    if places.municipality(code.code).merged_into
)
_HOME: Final = f"CASE kotikunta {_SUCCESSOR} ELSE kotikunta END"
_MIDNIGHT: Final = "({day})::timestamp AT TIME ZONE 'Europe/Helsinki'"


def _midnight(day: str) -> str:
    return _MIDNIGHT.format(day=day)


_WAS: Final = (
    f"""
    CREATE TEMPORARY TABLE was_jobseeker ON COMMIT DROP AS
    SELECT person_id, kuolin_pvm IS NOT NULL AS dead, coalesce(edunvalvonta, false) AS guarded,
           {_HOME} AS home, kotikunta_alku_pvm, tyollisyysalue, tyonhaku_alkanut_pvm, tym_asiakas, tym_alku_pvm
      FROM staging.tyonhakija JOIN touched_person USING (person_id)
    """,
    """
    CREATE TEMPORARY TABLE was_patient ON COMMIT DROP AS
    SELECT person_id, bool_or(kuollut) AS dead
      FROM staging.potilas JOIN touched_person USING (person_id) GROUP BY person_id
    """,
)

_NEWEST: Final = """
    SELECT DISTINCT ON (person_id) person_id, syntyma_pvm, kuolin_pvm, asiointikieli, edunvalvonta,
           vastuuasiantuntija_tunnus, vastuuasiantuntija_alku_pvm
      FROM staging.tyonhakija JOIN called_person USING (person_id)
     ORDER BY person_id, muokattu_aika DESC, source_record_id
"""

_LIVES: Final = f"""
    WITH newest AS MATERIALIZED ({_NEWEST}), dead AS (
        SELECT person_id, min(kuolin_pvm) AS on_day FROM (
            SELECT person_id, kuolin_pvm FROM newest WHERE kuolin_pvm IS NOT NULL
            UNION ALL
            SELECT p.person_id, NULL FROM staging.potilas p JOIN called_person USING (person_id) WHERE p.kuollut
        ) told GROUP BY person_id
    ), were_dead AS (
        SELECT person_id FROM was_jobseeker JOIN called_person USING (person_id) WHERE dead
        UNION SELECT person_id FROM was_patient JOIN called_person USING (person_id) WHERE dead
    )
"""
_DEATHS: Final = f"""
    SELECT person_id, 'deceased' AS kind, 'true' AS value, {_midnight("on_day")} AS from_at FROM dead
    UNION ALL
    SELECT person_id, 'deceased', 'false', NULL FROM were_dead WHERE person_id NOT IN (SELECT person_id FROM dead)
"""
_FACTS: Final = f"""
    {_LIVES}
    SELECT person_id, 'birth_date' AS kind, syntyma_pvm::text AS value, NULL::timestamptz AS from_at FROM newest
    UNION ALL
    SELECT person_id, 'language', asiointikieli, NULL FROM newest
    UNION ALL
    SELECT person_id, 'coach', vastuuasiantuntija_tunnus, {_midnight("vastuuasiantuntija_alku_pvm")} FROM newest
     WHERE vastuuasiantuntija_tunnus IS NOT NULL OR person_id IN (SELECT person_id FROM was_jobseeker)
    UNION ALL
    SELECT person_id, 'guardian', coalesce(edunvalvonta, false)::text, NULL FROM newest
     WHERE edunvalvonta OR person_id IN (SELECT person_id FROM was_jobseeker WHERE guarded)
    UNION ALL
    {_DEATHS}
"""
"""What TE and the counties say of people: person, kind, value, since when."""
_FACTS_OF: Final = {Source.TE: _FACTS, Source.SOTE: _LIVES + _DEATHS}
"""What a merge may have changed of people known before: the counties tell of their deaths alone, Kela of no fact."""
LOOKING_BACK: Final = frozenset(_FACTS_OF)
"""The sources whose merges have to know what was staged before: Kela's tell nothing that ends otherwise than it stands."""

_ENDED: Final = _midnight("tyonhaku_paattynyt_pvm + 1")
_TE_TASKS: Final = f"""
    WITH now AS MATERIALIZED (
        SELECT person_id, {_HOME} AS home, kotikunta_alku_pvm, tyollisyysalue, tyonhaku_alkanut_pvm, tyonhaku_paattynyt_pvm,
               tym_asiakas, tym_alku_pvm, vastuuasiantuntija_tunnus, vastuuasiantuntija_alku_pvm
          FROM staging.tyonhakija JOIN called_person USING (person_id)
    ), was AS (
        SELECT w.* FROM was_jobseeker w JOIN called_person USING (person_id)
         WHERE person_id NOT IN (SELECT person_id FROM staging.protection)
    ), held AS (
        SELECT person_id, 'residence' AS ground, home AS place, {_midnight("kotikunta_alku_pvm")} AS from_at, NULL::timestamptz AS until_at
          FROM now WHERE home IS NOT NULL
        UNION ALL
        SELECT person_id, 'area', tyollisyysalue, {_midnight("tyonhaku_alkanut_pvm")}, {_ENDED} FROM now
        UNION ALL
        SELECT person_id, 'tym', tyollisyysalue, {_midnight("tym_alku_pvm")}, {_ENDED} FROM now WHERE tym_asiakas
        UNION ALL
        SELECT person_id, 'coach', tyollisyysalue, {_midnight("vastuuasiantuntija_alku_pvm")}, {_ENDED} FROM now
         WHERE vastuuasiantuntija_tunnus IS NOT NULL
    ), ended AS (
        SELECT person_id, 'residence' AS ground, home AS place, {_midnight("was.kotikunta_alku_pvm")} AS from_at,
               coalesce((SELECT min({_midnight("now.kotikunta_alku_pvm")}) FROM now
                          WHERE now.person_id = was.person_id AND now.kotikunta_alku_pvm > was.kotikunta_alku_pvm), :at) AS until_at
          FROM was WHERE home IS NOT NULL
           AND NOT EXISTS (SELECT FROM held h WHERE h.person_id = was.person_id AND h.ground = 'residence' AND h.place = was.home)
        UNION ALL
        SELECT person_id, 'area', tyollisyysalue, {_midnight("tyonhaku_alkanut_pvm")}, CAST(:at AS timestamptz) FROM was
         WHERE NOT EXISTS (SELECT FROM held h WHERE h.person_id = was.person_id AND h.ground = 'area' AND h.place = was.tyollisyysalue)
        UNION ALL
        SELECT person_id, 'tym', tyollisyysalue, {_midnight("tym_alku_pvm")}, CAST(:at AS timestamptz) FROM was
         WHERE tym_asiakas
           AND NOT EXISTS (SELECT FROM held h WHERE h.person_id = was.person_id AND h.ground = 'tym' AND h.place = was.tyollisyysalue)
    ), none AS (
        SELECT person_id, ground, NULL::text, NULL::timestamptz, NULL::timestamptz
          FROM called_person CROSS JOIN (VALUES ('residence'), ('area'), ('tym'), ('coach')) grounds (ground)
         WHERE person_id IN (SELECT person_id FROM was_jobseeker)
    )
    SELECT * FROM held UNION ALL SELECT * FROM ended UNION ALL SELECT * FROM none
"""
_KELA_TASKS: Final = f"""
    SELECT person_id, 'financing' AS ground, rahoittava_kunta AS place, {_midnight("min(kauden_alku_pvm)")} AS from_at,
           {_midnight("max(kauden_loppu_pvm) + 1")} + interval '{FINANCING_LASTS}' AS until_at
      FROM staging.maksu JOIN called_person USING (person_id)
     WHERE rahoittava_kunta IS NOT NULL AND NOT peruttu
     GROUP BY person_id, rahoittava_kunta
    UNION ALL
    SELECT person_id, 'financing', NULL, NULL, NULL FROM called_person WHERE NOT fresh
"""
_NO_TASKS: Final = """
    SELECT NULL::uuid AS person_id, NULL AS ground, NULL AS place, NULL::timestamptz AS from_at, NULL::timestamptz AS until_at WHERE false
"""
_TASKS: Final = {Source.TE: _TE_TASKS, Source.KELA: _KELA_TASKS, Source.SOTE: _NO_TASKS}
"""Who deals with people, as a source says: person, ground, place, from, until; a row without a place stands for none."""

_LEARN: Final = """
    SELECT consent.learn(array_agg(person_id), array_agg(kind), array_agg(value), array_agg(from_at), array_agg(NULL::timestamptz), :at)
      FROM ({facts}) facts
"""
_LEARN_TASKS: Final = """
    SELECT consent.learn_tasks(array_agg(person_id), array_agg(ground), array_agg(place), array_agg(from_at), array_agg(until_at), :at)
      FROM ({tasks}) tasks
"""
_AT_ONCE: Final = f"""
    SELECT consent.{{told}}(p.people, f.people, f.kinds, f.texts, f.starts, t.people, t.grounds, t.places, t.starts, t.ends, :at)
      FROM (SELECT array_agg(person_id) AS people FROM called_person) p,
           (SELECT array_agg(person_id) AS people, array_agg(kind) AS kinds, array_agg(value) AS texts, array_agg(from_at) AS starts
              FROM ({_FACTS}) facts) f,
           (SELECT array_agg(person_id) AS people, array_agg(ground) AS grounds, array_agg(place) AS places,
                   array_agg(from_at) AS starts, array_agg(until_at) AS ends
              FROM ({{tasks}}) tasks) t
"""
_JOBSEEKERS_BEFORE: Final = "SELECT FROM was_jobseeker JOIN called_person USING (person_id) LIMIT 1"


@contextmanager
def touching(tx: Transaction, *, people: pl.DataFrame) -> Iterator[None]:
    """Lend ``touched_person`` and what was staged of them; `people` are all whom the merge will touch: ``person_id``, ``fresh``."""
    with loaded(tx, "touched_person", {"person_id": "uuid", "fresh": "boolean"}, people):
        for statement in _WAS:
            run(tx, statement)
        yield
        run(tx, "DROP TABLE was_jobseeker, was_patient")


def learn(tx: Transaction, *, source: Source, people: pl.DataFrame, at: datetime) -> int:
    """Tell what the merge made of people, some at a time; those who are fresh are introduced, of the others only what differs counts."""
    learnt = 0
    for called in people.sort("fresh", "person_id").iter_slices(PEOPLE_A_CALL):
        for fresh in called["fresh"].unique():
            with loaded(
                tx, "called_person", {"person_id": "uuid", "fresh": "boolean"}, called.filter(pl.col("fresh") == fresh)
            ):
                learnt += _introduced(tx, source, at) if fresh else _learnt(tx, source, at)
    return learnt


def _introduced(tx: Transaction, source: Source, at: datetime) -> int:
    return _told(tx, _AT_ONCE.format(told="introduce", tasks=_TASKS[source]), at)


def _learnt(tx: Transaction, source: Source, at: datetime) -> int:
    """Tell of people who are known: at once where TE never told of them, as when Kela's first load came before; else by comparing."""
    if source is Source.TE and not ask(tx, _JOBSEEKERS_BEFORE):
        learnt = _told(tx, _AT_ONCE.format(told="first_told", tasks=_TASKS[source]), at)
        if learnt:
            return learnt
    facts = _told(tx, _LEARN.format(facts=_FACTS_OF[source]), at) if source in _FACTS_OF else 0
    return facts + _told(tx, _LEARN_TASKS.format(tasks=_TASKS[source]), at)


def learn_protection(tx: Transaction, *, source: Source, people: pl.DataFrame, at: datetime) -> int:
    """Tell whom a source says to be protected now, or no more: columns ``person_id``, ``protected``."""
    if people.is_empty():
        return 0
    with loaded(tx, "said_protected", {"person_id": "uuid", "protected": "boolean"}, people):
        statement = """
            SELECT consent.learn(array_agg(person_id), array_agg(CAST(:kind AS text)), array_agg(protected::text),
                                 array_agg(NULL::timestamptz), array_agg(NULL::timestamptz), :at)
              FROM said_protected
        """
        return _told(tx, statement, at, kind=f"protected:{source}")


def _told(tx: Transaction, statement: str, at: datetime, **parameters: object) -> int:
    ((count,),) = ask(tx, statement, at=at, **parameters)
    return int(str(count or 0))
