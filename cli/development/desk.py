"""The desks of a developer's machine: what the synthetic people want is recorded as their own acts, once in each home."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import groupby
from typing import Final
from uuid import UUID

from cli.development.agreements import Agreed, agreements
from cli.development.parties import authority
from cli.house import House
from cli.stand_ins import HELSINKI, Drawn
from connectors.paging import batched
from consent.queries.terms import Shown
from consent.registry import By, Channel, Consent, Expressed, Given, Scope
from db.clock import now
from db.engine import Database, Login, Transaction
from db.errors import SerializationFailure
from publish import changes_of_will
from publish.people import person_of
from schemas.identifiers import Hetu
from simulators.population import Answer, Population, Wish

ATTEMPTS: Final = 10
DESKS: Final = 4
"""How many desks are open at once: each waits for the database most of the time."""
PEOPLE_AT_ONCE: Final = 1_000
NOON: Final = time(12)
OF_AGE: Final = 18
SELF: Final = By(user="person", role="person")


@dataclass(frozen=True, slots=True)
class Desk:
    """One person at the desk, at one moment."""

    tx: Transaction
    person_id: UUID
    at: datetime

    def hear(self, agreed: Agreed, wishes: list[Wish]) -> None:
        """Record what the person says under one agreement: all that is given together is one act."""
        verbs: Mapping[Answer, Callable[[Agreed, list[str], datetime], None]] = {
            Answer.GIVEN: self._give,
            Answer.REFUSED: self._refuse,
            Answer.WITHDRAWN: self._give_and_withdraw,
            Answer.DENIED: self._deny,
        }
        for answer, said in groupby(sorted(wishes, key=lambda wish: wish.answer), key=lambda wish: wish.answer):
            same = list(said)
            signed_at = max(datetime.combine(same[0].said_on, NOON, HELSINKI), agreed.notice.published_at)
            verbs[answer](agreed, [wish.category for wish in same], min(signed_at, self.at))

    def _give(self, agreed: Agreed, categories: list[str], signed_at: datetime) -> None:
        consent = Consent(items=[Given(category=category) for category in categories], notice=_shown(agreed))
        changes_of_will.grant(
            self.tx,
            person_id=self.person_id,
            agreement_id=agreed.terms.agreement_id,
            consent=consent,
            expressed=_online(signed_at),
            by=SELF,
            at=self.at,
        )

    def _refuse(self, agreed: Agreed, categories: list[str], signed_at: datetime) -> None:
        changes_of_will.refuse(
            self.tx,
            person_id=self.person_id,
            agreement_id=agreed.terms.agreement_id,
            categories=categories,
            expressed=_online(signed_at),
            by=SELF,
            at=self.at,
        )

    def _give_and_withdraw(self, agreed: Agreed, categories: list[str], signed_at: datetime) -> None:
        self._give(agreed, categories, signed_at)
        changes_of_will.withdraw(
            self.tx,
            person_id=self.person_id,
            agreement_id=agreed.terms.agreement_id,
            categories=categories,
            expressed=_online(None),
            by=SELF,
            at=self.at,
        )

    def _deny(self, agreed: Agreed, categories: list[str], signed_at: datetime) -> None:
        for category in categories:
            scope = Scope(category=category, recipient=agreed.terms.recipient)
            changes_of_will.deny(
                self.tx, person_id=self.person_id, scope=scope, expressed=_online(signed_at), by=SELF, at=self.at
            )


def record_wishes(house: House) -> None:
    """Record what the people have said at the desks, unless a former start has."""
    heard = house.settings.home / "desks-heard"
    if heard.exists():
        return
    at = now()
    population = Drawn.of(house.settings, at=at).population(at=at)
    with (
        house.environment.database(Login.WEB, pool_size=DESKS) as database,
        ThreadPoolExecutor(max_workers=DESKS) as desks,
    ):
        for some in batched(_spoken(population), PEOPLE_AT_ONCE):
            list(desks.map(lambda spoken: _heard(database, *spoken), some))
    heard.touch()


def _heard(database: Database, hetu: str, wishes: tuple[Wish, ...]) -> None:
    """Hear one person, again where a publishing under way came first (its lock on the person, or ours, has to give)."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with database.transaction() as tx:
                _hear(tx, Hetu.parse(hetu), wishes)
        except SerializationFailure:
            if attempt == ATTEMPTS:
                raise
        else:
            return


def _spoken(population: Population) -> Iterator[tuple[str, tuple[Wish, ...]]]:
    """Yield each grown-up's HETU and wishes: for the others somebody would have to speak."""
    for index in range(len(population)):
        identity = population.identity(index)
        if (wishes := population.consents(index)) and _of_age(identity.born, population.today):
            yield identity.hetu, wishes


def _hear(tx: Transaction, hetu: Hetu, wishes: tuple[Wish, ...]) -> None:
    person_id = person_of(tx, hetu)
    if person_id is None:
        return
    desk = Desk(tx, person_id, now())
    for agreed in agreements(authority(wishes[0].area)):
        own = [
            wish for wish in wishes if wish.purpose == agreed.terms.purpose and wish.category in agreed.terms.categories
        ]
        if own:
            desk.hear(agreed, own)


def _of_age(born: date, today: date) -> bool:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day)) >= OF_AGE


def _shown(agreed: Agreed) -> Shown:
    return Shown(n=agreed.notice.n, language="fi", sha256=hashlib.sha256(agreed.notice.text.fi.encode()).digest())


def _online(signed_at: datetime | None) -> Expressed:
    return Expressed(channel=Channel.ONLINE, signed_at=signed_at)
