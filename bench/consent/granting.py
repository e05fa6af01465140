"""A consent given through the registry, as at a desk: act, event, receipt and all."""

import hashlib
from typing import Final

from bench.consent.people import id_of
from bench.consent.town import AGREEMENTS, TEXT
from consent import registry
from consent.errors import ConsentError
from consent.queries.terms import Shown
from consent.registry import ActRecord, By, Channel, Consent, Expressed, Given
from db.clock import now
from db.engine import Database, Transaction
from schemas.vocabulary import Category

CATEGORY: Final = Category.KELA_VIREILLAOLO
ASIDE: Final = 4
"""Every so-manieth person says nothing."""


def grant(tx: Transaction, number: int) -> ActRecord:
    """Let the person of that number consent to one category."""
    return registry.grant(
        tx,
        person_id=id_of(1, number),
        agreement_id=AGREEMENTS[CATEGORY.source],
        consent=Consent(
            items=[Given(category=CATEGORY.value)],
            notice=Shown(n=1, language="fi", sha256=hashlib.sha256(TEXT.fi.encode()).digest()),
        ),
        expressed=Expressed(channel=Channel.ONLINE),
        by=By(user="person", role="person"),
        at=now(),
    )


def granted(database: Database, people: int) -> int:
    """Let most people consent, each in a transaction; says how many did: nobody consents for those who have died."""
    given = 0
    for number in range(people):
        if number % ASIDE:
            try:
                with database.transaction() as tx:
                    grant(tx, number)
            except ConsentError:
                continue
            given += 1
    return given
