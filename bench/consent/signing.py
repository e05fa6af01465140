"""Receipts measured: the whole content of an act's receipt written and signed, each with its own head."""

from collections.abc import Mapping
from dataclasses import replace
from statistics import median
from time import perf_counter, process_time
from typing import Any, Final

from audit.events import EventType
from bench.consent.granting import CATEGORY, grant
from bench.consent.town import AGREEMENTS
from bench.measure import Work
from consent.queries import receipts as queries
from consent.receipts import claims, jwks, sign, verify
from consent.receipts.claims import Head, Under
from consent.receipts.issuing import under_of
from consent.receipts.verifying import Verdict
from db.clock import now
from db.engine import Login, Transaction
from db.environment import from_environ
from db.ids import uuid7

NUMBER: Final = 0
"""The person who gives the consent that the receipts are of."""


class Unverified(RuntimeError):
    """A receipt of the measurement does not verify."""


def signed(values: Mapping[str, str], receipts: int, rounds: int) -> Work:
    """Give a consent through the registry, then write and sign its receipt so many times over."""
    environment = from_environ(values)
    keyring = environment.keyring(Login.WEB)
    with environment.database(Login.WEB, pool_size=1) as database, database.transaction() as tx:
        row, items, under, head = _granted(tx)

    def once() -> str:
        said = claims.act_claims(row, items, event=head.event) | claims.agreement_claims(under, head.issuer)
        mine = replace(head, jti=uuid7(head.issued_at))
        return sign({**said, **claims.head_claims(mine)}, keyring)

    def work() -> dict[str, Any]:
        taken = [_round(once, receipts) for _ in range(rounds)]
        if verify(once(), jwks(keyring)["keys"]).verdict is not Verdict.VERIFIED:
            raise Unverified("A receipt of the measurement does not verify.")
        return {
            "receipts": receipts,
            "bytes": len(once()),
            "a_second": receipts / median(wall for wall, _ in taken),
            "a_second_by_processor": receipts / median(processor for _, processor in taken),
        }

    return work


def _round(once: Any, receipts: int) -> tuple[float, float]:
    began, processor = perf_counter(), process_time()
    for _ in range(receipts):
        once()
    return perf_counter() - began, process_time() - processor


def _granted(tx: Transaction) -> tuple[Mapping[str, Any], list[Mapping[str, Any]], Under, Head]:
    at, act = now(), grant(tx, NUMBER)
    under = under_of(tx, AGREEMENTS[CATEGORY.source])
    head = Head(
        issuer=queries.issuing(tx),
        jti=uuid7(at),
        subject=uuid7(at),
        event=EventType.CONSENT_GIVEN,
        logged=uuid7(at),
        issued_at=at,
    )
    return queries.act_of(tx, act.act_id), queries.items_of(tx, act.act_id), under, head
