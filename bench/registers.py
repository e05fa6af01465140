"""What a load finds written before it begins: parties, connections, and the leave lists of whom and what may be kept."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import polars as pl
import psycopg

from bench import corpus
from bench.corpus import Corpus
from bench.ground import Values, dsn_of
from bench.measure import Work
from connectors.ledger import Connection
from connectors.paging import batched
from connectors.persons import hetus
from connectors.queries import books
from connectors.store import open_store
from consent import terms
from consent.registry import By
from consent.terms import Party
from db.engine import Login
from db.environment import Environment, from_environ
from schemas.codes import places
from schemas.vocabulary import Category, PartyKind, Source
from simulators.population.providers import business_id
from simulators.sote import COUNTIES

BY: Final = By(user="bench", role="operator")
FIRST_PARTY: Final = 9_500_000
"""From here on the artificial Y-tunnus of the municipalities."""
PEOPLE_AT_ONCE: Final = 1_000
_LISTED: Final = {"category": pl.String, "person_id": pl.String, "place": pl.String}


def leave_of(source: Source) -> str:
    """Name the leave list of a source in the store."""
    return f"leave/{source}/bench.parquet"


def furnished(*, values: Values, keep: str, at: str) -> Work:
    """Prepare the registers: a party for each municipality and area, a connection for each answer; all of TE and Kela may be kept."""
    environment, answers, moment = from_environ(values), Corpus(Path(keep)), datetime.fromisoformat(at)

    def work() -> dict[str, Any]:
        with environment.database(Login.OWNER) as database, database.transaction() as tx:
            for party in _parties():
                terms.enrol(tx, party, by=BY, at=moment)
            for connection in _connections(answers, moment):
                books.define_connection(tx, defined=connection)
        for source in (Source.TE, Source.KELA):
            _write(environment, source, [(category, None, None) for category in _categories(source)])
        return {}

    return work


def allowed_of_sote(*, values: Values, keep: str) -> Work:
    """Prepare the leave list of the counties: every person in their answers, by the random id that the load of TE gave."""
    environment, answers = from_environ(values), Corpus(Path(keep))

    def work() -> dict[str, Any]:
        ids = _person_ids(environment)
        people = [(ids[hetu], place) for place in COUNTIES for hetu in answers.asked(place) if hetu in ids]
        rows = [(category, person, place) for person, place in people for category in _categories(Source.SOTE)]
        _write(environment, Source.SOTE, rows)
        return {"people": len(people)}

    return work


def _categories(source: Source) -> list[str]:
    return [category.value for category in Category if category.source is source]


def _write(environment: Environment, source: Source, rows: Sequence[tuple[str, str | None, str | None]]) -> None:
    file = BytesIO()
    pl.DataFrame(rows, schema=_LISTED, orient="row").write_parquet(file)
    open_store(environment.store).put(leave_of(source), file.getvalue())


def _parties() -> Iterator[Party]:
    for area in places.AREAS.codes:
        members = places.municipalities_of(area.code)
        ids = [business_id(FIRST_PARTY + int(member.code) * 10) for member in members]
        yield Party(recipient=ids[0], kind=PartyKind.EMPLOYMENT_AUTHORITY, area=area.code)
        for member, recipient in zip(members, ids, strict=True):
            yield Party(recipient=recipient, kind=PartyKind.EMPLOYMENT_AUTHORITY, municipality=member.code)


def _connections(answers: Corpus, at: datetime) -> Iterator[Connection]:
    for source in Source:
        for place in answers.places(source):
            service = corpus.SERVICES.get(source) or str(COUNTIES[place].service("FI-TEST"))
            yield Connection(
                connection_id=f"{source}-{place}",
                source=source,
                controller=business_id(FIRST_PARTY),
                place=place,
                client=corpus.CLIENT,
                service=service,
                from_at=at,
            )


def _person_ids(environment: Environment) -> dict[str, str]:
    with psycopg.connect(dsn_of(environment.database_url)) as connection:
        known = [person for (person,) in connection.execute("SELECT person_id FROM staging.person")]
    with environment.database(Login.CONNECTOR) as database, database.read() as read:
        found = (pair for some in batched(known, PEOPLE_AT_ONCE) for pair in hetus(read, some))
        return {hetu.reveal(): str(person) for person, hetu in found}
