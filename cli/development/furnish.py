"""The registers of a developer's machine, written once, in one transaction."""

from collections.abc import Sequence
from datetime import datetime

from audit.checkpoint import HOST
from audit.events import Actor
from cli.development import agreements, parties
from cli.development.cards import cards
from cli.development.connections import connections
from cli.development.systems import SYSTEM_OF_AREA, systems
from cli.house import House
from cli.stand_ins import Drawn
from connectors import connecting
from consent import defaults, terms
from consent.queries.receipts import name_issuer
from consent.registry import By
from db.clock import now
from db.engine import Login, Transaction
from publish import recipients
from schemas.vocabulary import Purpose

BY = By(user="installation", role="operator")
OPERATOR = Actor(user="installation", role="operator")


def furnish(house: House) -> None:
    """Write parties, statutes, agreements, recipients, systems and connections, unless a former start has."""
    at = now()
    population = Drawn.of(house.settings, at=at).population(at=at)
    served = parties.authorities(population)
    with house.environment.database(Login.OWNER) as database, database.transaction() as tx:
        if recipients.registered(tx, system=next(iter(SYSTEM_OF_AREA.values())), at=at) is not None:
            return
        for party in parties.parties(served):
            terms.enrol(tx, party, by=BY, at=at)
        for card in cards(served):
            terms.describe(tx, card, by=BY, at=at)
        name_issuer(tx, url=house.settings.web_url, log=HOST)
        defaults.establish(tx, by=BY, at=at, valid_from=agreements.VALID_FROM)
        for connection in connections(population, at=at):
            connecting.define(tx, connection=connection, by=OPERATOR, at=at)
        _recipients(tx, served, at=at)
        for system in systems(house.settings):
            recipients.define_system(tx, system, by=OPERATOR, at=at)


def _recipients(tx: Transaction, served: Sequence[parties.Authority], *, at: datetime) -> None:
    for authority in served:
        purposes = (Purpose.TYO, Purpose.TYM, Purpose.KUNTAOSUUS)
        recipients.define_recipient(
            tx, recipient=authority.recipient, name=authority.name, purposes=purposes, by=OPERATOR, at=at
        )
        for agreed in agreements.agreements(authority):
            terms.agree(tx, agreed.terms, by=BY, at=at)
            terms.announce(tx, agreed.notice, by=BY, at=at)
