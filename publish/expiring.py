"""Consents that ran out are told each night, by receipt, to whoever gave them (CONSENT.md 4, 12)."""

from datetime import datetime
from typing import Final

from consent.registry import By
from db.engine import Database, Login
from db.environment import Environment
from publish import changes_of_will

ACTS_AT_ONCE: Final = 1_000
KEEPER: Final = By(user="keeper", role="system")


def expire_due(environment: Environment, *, at: datetime) -> dict[str, int]:
    """Record and receipt every consent that has run out by a moment, and give of how many acts; again, it finds none.

    Under the login of the web, which alone holds the keys of receipts.
    """
    with environment.database(Login.WEB, pool_size=1) as database:
        done = 0
        while some := _some(database, at):
            done += some
    return {"expired": done}


def _some(database: Database, at: datetime) -> int:
    with database.transaction() as tx:
        return changes_of_will.expire(tx, by=KEEPER, at=at, limit=ACTS_AT_ONCE)
