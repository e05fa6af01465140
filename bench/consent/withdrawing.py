"""Withdrawals measured: from the first statement to the commit, with act, event, receipt, feed entry and what is no longer shown."""

from collections.abc import Mapping
from time import perf_counter
from typing import Any

from bench.consent.calling import in_ms
from bench.consent.granting import CATEGORY
from bench.consent.people import id_of
from bench.consent.town import AGREEMENTS
from bench.measure import Work
from consent.queries import receipts
from consent.registry import By, Channel, Expressed
from db.clock import now
from db.engine import Database, Login
from db.environment import from_environ
from publish import changes_of_will


class Unreceipted(RuntimeError):
    """A withdrawal left no receipt."""


def withdrawn(values: Mapping[str, str], people: int, withdrawals: int) -> Work:
    """Withdraw one after the other, each in a transaction of its own that is durable when it ends."""
    environment = from_environ(values)

    def work() -> dict[str, Any]:
        with environment.database(Login.WEB, pool_size=1) as database:
            taken = [_withdraw(database, number % people) for number in range(withdrawals)]
        return {"withdrawals": withdrawals} | in_ms(taken)

    return work


def _withdraw(database: Database, number: int) -> float:
    began = perf_counter()
    with database.transaction() as tx:
        done = changes_of_will.withdraw(
            tx,
            person_id=id_of(1, number),
            agreement_id=AGREEMENTS[CATEGORY.source],
            categories=[CATEGORY.value],
            expressed=Expressed(channel=Channel.ONLINE),
            by=By(user="person", role="person"),
            at=now(),
        )
    taken = perf_counter() - began
    with database.read() as read:
        if not receipts.about(read, done.act_id):
            raise Unreceipted("A withdrawal of the measurement has no receipt.")
    return taken
